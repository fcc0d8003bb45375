package console

import (
	"context"
	"net/http"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// stillness refuses whatever could change something, where the pages are to look at only. How a reader wants the pages is
// theirs, in their cookies; and where people log in, they may do that, and leave.
func (c *Console) stillness(next http.Handler) http.Handler {
	if !c.opts.ReadOnly {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := r.URL.Path == "/look" || !c.public() && (r.URL.Path == "/logout" || strings.HasPrefix(r.URL.Path, "/login/"))
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !own {
			c.fail(w, r, errReadOnly)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// public tells whether everybody may look, without a session.
func (c *Console) public() bool { return c.opts.ReadOnly && c.opts.Visitor != nil }

// remember finds sessions and keeps them, where there are any.
func (c *Console) remember(next http.Handler) http.Handler {
	if c.public() {
		return next
	}
	found := c.sessions.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), entering{}, new(bool))))
	})
}

// sessionOf is whose session it is; empty: nobody's.
func (c *Console) sessionOf(r *http.Request) (member string, err error) {
	if c.public() {
		return c.opts.Visitor(r.Context())
	}
	return c.sessions.GetString(r.Context(), sessionMember), nil
}

// recognise finds out who asks. Their role is the one that they have now.
func (c *Console) recognise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := c.taste(r)
		member, err := c.sessionOf(r)
		if err == nil && member != "" {
			var p community.Person
			var ok bool
			p, ok, err = community.ReadPerson(r.Context(), c.opts.Storage, community.MemberID(member))
			switch {
			case err != nil:
			case ok && !p.Bot && p.Role >= bot.Moderator:
				who.Member, who.Name, who.Role = string(p.ID), bot.Clean(p.Name), p.Role
			case !c.public():
				who.out, err = true, c.sessions.Destroy(r.Context())
			}
		}
		if err != nil {
			c.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, withReader(r, who))
	})
}
