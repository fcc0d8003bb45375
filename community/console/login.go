package console

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// loginHelp says how one gets in.
func (c *Console) loginHelp(w http.ResponseWriter, r *http.Request) {
	if readerOf(r).Member != "" {
		http.Redirect(w, r, c.base+"/", http.StatusSeeOther)
		return
	}
	p := c.newPage(r)
	p.Title = p.T("login.title")
	p.show(w, http.StatusOK, "login", "")
}

// loginButton is what a link leads to: only the button uses it up, so that who merely looks at it does not.
func (c *Console) loginButton(w http.ResponseWriter, r *http.Request) {
	p := c.newPage(r)
	p.Title = p.T("login.title")
	p.show(w, http.StatusOK, "login", chi.URLParam(r, "token"))
}

// login makes a session for the member of a link.
func (c *Console) login(w http.ResponseWriter, r *http.Request) {
	if !c.attempts.may(r.RemoteAddr, c.opts.Wall()) {
		c.fail(w, r, errTries)
		return
	}
	member, err := takeLink(r.Context(), c.opts.Storage, chi.URLParam(r, "token"), c.opts.Clock())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if member == "" {
		c.attempts.failed(r.RemoteAddr, c.opts.Wall())
		c.fail(w, r, errLink)
		return
	}
	c.enter(w, r, string(member))
}

// enter begins the session of a member who may be here.
func (c *Console) enter(w http.ResponseWriter, r *http.Request, member string) {
	p, ok, err := community.ReadPerson(r.Context(), c.opts.Storage, community.MemberID(member))
	if err == nil && (!ok || p.Bot || p.Role < bot.Moderator) {
		err = errRole
	}
	if err == nil {
		err = c.sessions.RenewToken(r.Context())
	}
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.sessions.Put(r.Context(), sessionMember, string(p.ID))
	if is, ok := r.Context().Value(entering{}).(*bool); ok {
		*is = true
	}
	c.log.Info("console: logged in", "member", p.ID, "role", p.Role)
	http.Redirect(w, r, c.base+"/", http.StatusSeeOther)
}

// visit lets everybody in as the visitor of a demo. A page of somebody else can't do that to a reader: it has to be
// asked for by a page of ours or by hand.
func (c *Console) visit(w http.ResponseWriter, r *http.Request) {
	if readerOf(r).Member != "" {
		http.Redirect(w, r, c.base+"/", http.StatusSeeOther)
		return
	}
	switch from := r.Header.Get("Sec-Fetch-Site"); {
	case r.Method == http.MethodPost, from == "", from == "none", from == "same-origin":
	default:
		http.Redirect(w, r, c.base+"/login", http.StatusSeeOther)
		return
	}
	member, err := c.opts.Visitor(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.enter(w, r, member)
}

// logout ends the session, or all sessions of the member.
func (c *Console) logout(w http.ResponseWriter, r *http.Request) {
	all, token := r.PostFormValue("all") != "", cookieOf(r)
	err := c.sessions.Destroy(r.Context())
	if err == nil && all {
		err = c.store.deleteOf(r.Context(), readerOf(r).Member)
		token = ""
	}
	c.hub.end(token, readerOf(r).Member)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, c.base+"/login", http.StatusSeeOther)
}
