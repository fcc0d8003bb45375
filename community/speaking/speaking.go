// Package speaking lets managers pause the bot, and see what waits to be said and why.
package speaking

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

//go:embed locales
var locales embed.FS

type speaking struct {
	c      *community.Community
	pacing *bot.Pacing
}

// New makes the feature. The courier shares its pacing.
func New(c *community.Community, pacing *bot.Pacing) bot.Feature {
	texts, err := fs.Sub(locales, "locales")
	if err != nil {
		panic(err) // the embedded folder has this name
	}
	f := &speaking{c, pacing}
	c.Undo.Register("speaking.pause", f.undo)
	return bot.Feature{
		Name: "speaking", Locales: texts, Views: []bot.View{f.queueView()}, Section: bot.Tools, Alarms: []bot.Alarm{f.alarm()},
		Commands: []bot.Command{
			{Names: []string{"队列", "queue"}, Help: "help.queue", Role: bot.Manager, Dormant: true, Run: f.queue},
			{Names: []string{"暂停", "pause"}, Usage: "usage.pause", Help: "help.pause", Role: bot.Manager, Dormant: true, Run: f.pause},
			{Names: []string{"继续", "continue"}, Help: "help.resume", Role: bot.Manager, Dormant: true, Run: f.resume},
		},
	}
}

// before is the pause that an undo brings back; without Since there was none.
type before struct {
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	By    string    `json:"by,omitempty"`
}

func (f *speaking) undo(ctx context.Context, _ *bot.Request, payload []byte) error {
	var b before
	if err := json.Unmarshal(payload, &b); err != nil {
		return err
	}
	if b.Since.IsZero() {
		return f.pacing.Resume(ctx)
	}
	return f.pacing.Pause(ctx, b.Since, b.Until, b.By)
}

// pause makes everything but alerts wait.
func (f *speaking) pause(ctx context.Context, r *bot.Request) error {
	length, ok := lengthOf(r.Args)
	if !ok {
		// Not a refusal: that would wait behind a pause that holds already.
		f.answer(r, r.T("pause.length"))
		return nil
	}
	held, err := f.pacing.Paused(ctx, r.At)
	if err != nil {
		return err
	}
	text, until := r.T("pause.done"), time.Time{}
	if length > 0 {
		until = r.At.Add(length)
		text = r.T("pause.done_until", "Until", f.clock(until, r.At))
	}
	if err := f.pacing.Pause(ctx, r.At, until, r.Actor.Member); err != nil {
		return err
	}
	return f.done(ctx, r, "pause", held, int64(length.Seconds()), text)
}

// resume ends a pause.
func (f *speaking) resume(ctx context.Context, r *bot.Request) error {
	held, err := f.pacing.Paused(ctx, r.At)
	if err != nil {
		return err
	}
	if held == nil {
		f.answer(r, r.T("resume.already"))
		return nil
	}
	if err := f.pacing.Resume(ctx); err != nil {
		return err
	}
	v, err := f.pacing.Queue(ctx, r.At)
	if err != nil {
		return err
	}
	text := r.T("resume.idle")
	if v.Waiting > 0 {
		text = r.T("resume.done", "N", v.Waiting-v.Stale, "Stale", v.Stale)
	}
	return f.done(ctx, r, "resume", held, 0, text)
}

// done writes down what a manager did, and answers with the code that takes it back.
func (f *speaking) done(ctx context.Context, r *bot.Request, action string, held *bot.Hold, seconds int64, text string) error {
	if err := f.c.Audit.Record(ctx, r, action, "", map[string]int64{"seconds": seconds}); err != nil {
		return err
	}
	b := before{}
	if held != nil {
		b = before{held.Since, held.Until, held.By}
	}
	code, err := f.c.Undo.Offer(ctx, r, "speaking.pause", b)
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	f.answer(r, text+"\n"+r.T("undo", "Code", code))
	return nil
}

// answer replies also while everything is paused.
func (f *speaking) answer(r *bot.Request, text string) {
	o := bot.Outgoing{Text: text, Priority: bot.Alert, Group: r.Actor.Group}
	if o.Group == "" {
		o.Member = r.Actor.Member
	}
	r.Send(o)
}

// clock is a time as people of the community read it; the date is left out where it is today's.
func (f *speaking) clock(at, now time.Time) string {
	at, now = at.In(f.c.Calendar.Zone()), now.In(f.c.Calendar.Zone())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("01-02 15:04")
}
