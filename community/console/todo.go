package console

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// todo is 待办: what waits for a decision of who asks, as the first page shows it. It is answered in private.
func todo(ctx context.Context, r *bot.Request) error {
	list, failed := r.Inbox(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	var lines []string
	for _, w := range list {
		ago := ""
		if !w.Oldest.IsZero() {
			ago = said(r.T, r.At.Sub(w.Oldest))
		}
		lines = append(lines, r.T("todo.line", "Title", w.Title, "N", w.N, "Ago", ago))
	}
	switch {
	case failed != nil:
		lines = append(lines, r.T("todo.partial"))
	case len(lines) == 0:
		r.Whisper(r.Actor.Member, r.T("todo.none"))
		return nil
	}
	r.Whisper(r.Actor.Member, strings.Join(append(append([]string{r.T("todo.title")}, lines...), r.T("todo.how")), "\n"))
	return nil
}

// said is how long something lasts, roughly, in the words of t.
func said(t func(key string, kv ...any) string, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return t("ago.days", "N", int(d.Hours()/24))
	case d >= time.Hour:
		return t("ago.hours", "N", int(d.Hours()))
	}
	return t("ago.minutes", "N", max(1, int(d.Minutes())))
}
