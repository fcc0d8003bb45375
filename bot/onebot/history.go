package onebot

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// overlap is how much of what is known is asked for again: clocks differ, and the mark is written late.
const overlap = 10 * time.Second

// catchUp delivers what was said in the groups since the last event that is stored. It needs an extension that the
// common implementations have.
func (a *account) catchUp(ctx context.Context) {
	began, since := a.t.now(), a.mark.until()
	if since.IsZero() {
		a.mark.set(began, began)
		return
	}
	since = since.Add(-overlap)
	const atOnce = 8
	groups := a.book.groupIDs()
	histories := make([][]frame, len(groups))
	work := make(chan int)
	done := make(chan error, atOnce)
	for range atOnce {
		go func() {
			var worst error
			for i := range work {
				if worst == nil && a.t.ear(groups[i], a.self) {
					histories[i], worst = a.history(ctx, groups[i], since)
				}
			}
			done <- worst
		}()
	}
	for i := range groups {
		work <- i
	}
	close(work)
	var problem error
	for range atOnce {
		if err := <-done; err != nil {
			problem = err
		}
	}
	if problem != nil {
		a.t.log.Warn("onebot: what was said while we were away can't be had in full", "account", string(a.self), "since", since, "err", says(problem))
	}
	now, n := a.t.now(), 0
	for _, list := range histories {
		var events []bot.Event
		for _, f := range list {
			made := a.translate(ctx, f, now)
			for i := range made {
				made[i].Backlog = true
			}
			events = append(events, made...)
		}
		n += len(events)
		if a.deliver(ctx, events) != nil {
			return
		}
	}
	if n > 0 {
		a.t.log.Info("onebot: asked for what was said while we were away", "account", string(a.self), "since", since, "events", n)
	}
	if problem == nil {
		a.mark.set(began, now)
	}
}

// history is what was said in a group since a time, in order.
func (a *account) history(ctx context.Context, g id, since time.Time) (list []frame, err error) {
	for _, n := range [...]int{50, 400, 3000} { // more where the oldest of it is later than what is known
		var got struct {
			Messages []frame `json:"messages"`
		}
		if err := a.ask(ctx, a.t.timing.Answer, "get_group_msg_history", map[string]any{"group_id": g, "count": n}, &got); err != nil {
			return nil, err
		}
		list = list[:0]
		oldest := a.t.now()
		for _, f := range got.Messages {
			at := f.at(a.t.now())
			if at.Before(oldest) {
				oldest = at
			}
			if at.Before(since) {
				continue
			}
			if f.Post == "" || f.Post == "message_sent" {
				f.Post = "message"
			}
			if f.Kind == "" {
				f.Kind = "group"
			}
			if f.GroupID.none() {
				f.GroupID = g
			}
			if f.UserID.none() {
				f.UserID = f.Sender.UserID
			}
			list = append(list, f)
		}
		if oldest.Before(since) || len(got.Messages) < n {
			return list, nil
		}
	}
	a.t.log.Warn("onebot: more was said in a group than can be asked for; what is older is lost", "group", string(g), "messages", len(list))
	return list, nil
}
