package onebot

import (
	"context"
	"errors"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// overlap is how much of what is known is asked for again: clocks differ, and the mark is written late.
const overlap = 10 * time.Second

// catchUp delivers what was said in the groups since the last event that is stored. It needs an extension that the
// common implementations have: where one answers that it can't tell, nothing more is to be had. ok is false where there
// was no answer, so that it is worth asking again; what was told is delivered all the same.
func (a *account) catchUp(ctx context.Context) (ok bool) {
	now, since := a.t.now(), a.mark.until()
	if since.IsZero() {
		a.mark.release(now, now)
		return true
	}
	since = since.Add(-overlap)
	const atOnce = 8
	groups, friends := a.book.groupIDs(), a.book.friendIDs()
	histories := make([][]frame, len(groups)+len(friends))
	work := make(chan int)
	done := make(chan error, atOnce)
	for range atOnce {
		go func() {
			var worst error
			for i := range work {
				var err error
				switch {
				case worst != nil && (unsupported(worst) || !refused(worst)):
				case i >= len(groups):
					histories[i], err = a.history(ctx, "get_friend_msg_history", frame{Kind: "private", UserID: friends[i-len(groups)]}, since)
				case a.t.ear(groups[i], a.self):
					histories[i], err = a.history(ctx, "get_group_msg_history", frame{Kind: "group", GroupID: groups[i]}, since)
				}
				if err != nil {
					worst = err
				}
			}
			done <- worst
		}()
	}
	for i := range histories {
		work <- i
	}
	close(work)
	var problem error
	for range atOnce {
		if err := <-done; err != nil && (problem == nil || refused(problem)) {
			problem = err
		}
	}
	if problem != nil {
		a.t.log.Warn("onebot: what was said while we were away can't be had in full", "account", string(a.self), "since", since, "err", says(problem))
	}
	n, newest := 0, since
	for _, list := range histories {
		var events []bot.Event
		for _, f := range list {
			if at := f.at(now); at.After(newest) {
				newest = at
			}
			made := a.translate(ctx, f, now)
			for i := range made {
				made[i].Backlog = true
			}
			events = append(events, made...)
		}
		n += len(events)
		if a.deliver(ctx, events) != nil {
			return false
		}
	}
	if n > 0 {
		a.t.log.Info("onebot: asked for what was said while we were away", "account", string(a.self), "since", since, "events", n)
	}
	if problem != nil && !refused(problem) {
		return false
	}
	a.mark.release(newest, now) // by the platform's clock, as all that is stored
	return true
}

// refused tells that an error is an answer: the other side heard the question and says no.
func refused(err error) bool {
	var failed *failedError
	return errors.As(err, &failed)
}

// history is what was said in a chat since a time, in order.
func (a *account) history(ctx context.Context, action string, chat frame, since time.Time) (list []frame, err error) {
	for _, n := range [...]int{50, 400, 3000} { // more where the oldest of it is later than what is known
		var got struct {
			Messages []frame `json:"messages"`
		}
		params := map[string]any{"count": n}
		if chat.GroupID.none() {
			params["user_id"] = chat.UserID
		} else {
			params["group_id"] = chat.GroupID
		}
		if err := a.ask(ctx, a.t.timing.Answer, action, params, &got); err != nil {
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
			f.Post, f.Kind, f.GroupID = "message", chat.Kind, chat.GroupID
			if !f.Sender.UserID.none() {
				f.UserID = f.Sender.UserID
			}
			list = append(list, f)
		}
		if oldest.Before(since) || len(got.Messages) < n {
			return list, nil
		}
	}
	a.t.log.Warn("onebot: more was said in a chat than can be asked for; what is older is lost", "group", string(chat.GroupID), "user", string(chat.UserID), "messages", len(list))
	return list, nil
}
