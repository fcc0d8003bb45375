package console

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// mineLasts is how long a link to one's own data can be used.
const mineLasts = 24 * time.Hour

// exportMine gives a member a link to everything that is kept of them. A chat has no room for it, and a file that lies in
// a chat stays there; a link works once and for a day.
func exportMine(db bot.Storage, c *community.Community, address func() string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		if err := c.Proven(r); err != nil {
			return err
		}
		if address() == "" {
			return r.Refuse("mine.off", "ID", r.Actor.Member)
		}
		token := tokenOf(r)
		if err := db.Conn(ctx).Exec(`DELETE FROM data_links WHERE made_at < ?`, r.At.Add(-mineLasts).UnixMilli()).Error; err != nil {
			return fmt.Errorf("drop old links: %w", err)
		}
		if err := db.Conn(ctx).Exec(`INSERT INTO data_links (hash, member_id, made_at) VALUES (?, ?, ?)`,
			hashMine(token), r.Actor.Member, r.At.UnixMilli()).Error; err != nil {
			return fmt.Errorf("link to the data of %s: %w", r.Actor.Member, err)
		}
		if err := c.Audit.Record(ctx, r, "data.export", r.Actor.Member, nil); err != nil {
			return err
		}
		link := strings.TrimRight(address(), "/") + "/mine/" + token
		r.Send(bot.Outgoing{Member: r.Actor.Member, Text: r.T("mine.done", "Link", link), Priority: bot.Answer, Secret: true})
		return nil
	}
}

// hashMine is another hash than the one of links that log in, so that none of them is ever the other.
func hashMine(token string) string { return hashLink("mine " + token) }

// takeMine uses up a link and tells whose it was; empty where it is none, or not any more.
func takeMine(ctx context.Context, db bot.Storage, token string, at time.Time) (member community.MemberID, err error) {
	err = db.Tx(ctx, func(ctx context.Context) error {
		hash := hashMine(token)
		used := db.Conn(ctx).Exec(`UPDATE data_links SET used_at = ? WHERE hash = ? AND used_at = 0 AND made_at > ?`,
			at.UnixMilli(), hash, at.Add(-mineLasts).UnixMilli())
		if used.Error != nil || used.RowsAffected == 0 {
			return used.Error
		}
		return db.Conn(ctx).Raw(`SELECT member_id FROM data_links WHERE hash = ?`, hash).Row().Scan(&member)
	})
	if err != nil {
		return "", fmt.Errorf("use a link: %w", err)
	}
	return member, nil
}

// mineButton is what a link leads to: only the button uses it up, so that whoever looks at links for their preview
// does not.
func (c *Console) mineButton(w http.ResponseWriter, r *http.Request) {
	p := c.newPage(r)
	p.Title = p.T("mine.title")
	p.show(w, http.StatusOK, "mine", chi.URLParam(r, "token"))
}

// mine sends everything that is kept of the member of a link, as a file.
func (c *Console) mine(w http.ResponseWriter, r *http.Request) {
	if !c.attempts.may(r.RemoteAddr, c.opts.Wall()) {
		c.fail(w, r, errTries)
		return
	}
	member, err := takeMine(r.Context(), c.opts.Storage, chi.URLParam(r, "token"), c.opts.Clock())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if member == "" {
		c.attempts.failed(r.RemoteAddr, c.opts.Wall())
		c.fail(w, r, errLink)
		return
	}
	e := community.DataExport{
		Storage: c.opts.Storage, Personal: c.opts.Engine.Personal(), KeepDays: c.opts.KeepDays, At: c.opts.Clock(),
		Text: func(feature, key string, kv ...any) string {
			return c.opts.Engine.Text(c.opts.Language, feature, key, kv...)
		},
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="mydata-`+string(member)+`.json"`)
	if err := e.Write(r.Context(), member, w); err != nil {
		c.log.Error("console: a member's data could not be sent", "member", member, "err", err)
		panic(http.ErrAbortHandler) // the browser must not take half of it for a whole file
	}
}
