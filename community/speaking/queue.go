package speaking

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// groupsShown is how many groups the details name.
const groupsShown = 10

// queue tells what waits to be said: in a group how much and why, in private all.
func (f *speaking) queue(ctx context.Context, r *bot.Request) error {
	v, err := f.pacing.Queue(ctx, r.At)
	if err != nil {
		return err
	}
	by := ""
	if v.Paused != nil {
		if by, err = f.c.Called(ctx, community.MemberID(v.Paused.By)); err != nil {
			return err
		}
	}
	lines := append(f.summary(r, v), f.reasons(r.T, v, by)...)
	if r.Actor.Group != "" {
		f.answer(r, strings.Join(append(lines, r.T("queue.more")), "\n"))
		return nil
	}
	details, err := f.details(ctx, r, v)
	if err != nil {
		return err
	}
	f.answer(r, strings.Join(append(lines, details...), "\n"))
	return nil
}

func (f *speaking) summary(r *bot.Request, v bot.QueueView) []string {
	lines := []string{r.T("queue.empty")}
	if v.Waiting > 0 {
		lines[0] = r.T("queue.title", "N", v.Waiting, "Age", age(r.T, v.At.Sub(v.Oldest)))
	}
	if v.Stale > 0 {
		lines = append(lines, r.T("queue.stale", "N", v.Stale))
	}
	if v.Later > 0 {
		lines = append(lines, r.T("queue.later", "N", v.Later))
	}
	return lines
}

// reasons tells what is waited for, with the texts that say gives; by is what the one is called who paused.
func (f *speaking) reasons(say func(key string, kv ...any) string, v bot.QueueView, by string) (lines []string) {
	if p := v.Paused; p != nil {
		key := "wait.paused"
		if !p.Until.IsZero() {
			key = "wait.paused_until"
		}
		lines = append(lines, say(key, "Name", by, "Since", f.clock(p.Since, v.At), "Until", f.clock(p.Until, v.At)))
	}
	for _, t := range v.Transports {
		waits := v.Waiting > 0 && t.Wait != bot.NoWait || t.Wait == bot.WaitLimited || t.Wait == bot.WaitDown
		if waits {
			lines = append(lines, say("wait."+string(t.Wait), "Transport", t.Name, "Until", f.clock(t.Until, v.At), "Times", t.Times))
		}
		if v.Waiting > 0 && !t.Night.IsZero() {
			lines = append(lines, say("wait.quiet", "Transport", t.Name, "Until", f.clock(t.Night, v.At)))
		}
	}
	return lines
}

// details tells what waits for whom, how much was said, and what was not.
func (f *speaking) details(ctx context.Context, r *bot.Request, v bot.QueueView) (lines []string, err error) {
	var priorities []string
	for _, p := range v.Priorities {
		priorities = append(priorities, r.T("queue.priority", "What", r.T(fmt.Sprint("priority.", int(p.Priority))), "N", p.Waiting))
	}
	if len(priorities) > 0 {
		lines = append(lines, r.T("queue.priorities", "List", strings.Join(priorities, " · ")))
	}
	for _, g := range v.Groups[:min(len(v.Groups), groupsShown)] {
		name := r.T("queue.private")
		if g.Group != "" {
			place, err := f.c.Place(ctx, community.GroupID(g.Group))
			if err != nil {
				return nil, err
			}
			name = f.c.Words.ScreenName(place.Name)
		}
		lines = append(lines, r.T("queue.group", "Name", name, "N", g.Waiting, "Age", age(r.T, v.At.Sub(g.Oldest))))
	}
	if more := len(v.Groups) - groupsShown; more > 0 {
		lines = append(lines, r.T("queue.groups_more", "N", more))
	}
	for _, t := range v.Transports {
		lines = append(lines, r.T("queue.said", "Name", t.Name, "Minute", share(t.Minute), "Hour", share(t.Hour), "Day", share(t.Day)))
	}
	if len(v.Troubles) > 0 {
		lines = append(lines, r.T("queue.troubles"))
	}
	for _, t := range v.Troubles {
		lines = append(lines, r.T("queue.trouble", "What", r.T("outcome."+string(t.Outcome)), "N", t.Count, "Reason", t.Reason))
	}
	return lines, nil
}

// share is how much was said, against the limit where there is one.
func share(s bot.Share) string {
	if s.Limit == 0 {
		return fmt.Sprint(s.Said)
	}
	return fmt.Sprintf("%d/%d", s.Said, s.Limit)
}

// age is how long something has waited, in the largest unit that fits.
func age(say func(key string, kv ...any) string, d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return say("age.seconds", "N", int(d.Seconds()))
	case d < time.Hour:
		return say("age.minutes", "N", int(d.Minutes()))
	}
	return say("age.hours", "N", int(d.Hours()))
}
