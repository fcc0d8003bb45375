package onebot

import (
	"context"
	"errors"
	"slices"
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

// takeOver asks for what was said in a group since the account that heard it before stored something: it may have been
// deaf for a while before it was gone.
func (a *account) takeOver(ctx context.Context, group id, since time.Time) {
	list, err := a.history(ctx, "get_group_msg_history", frame{Kind: "group", GroupID: group}, since.Add(-overlap))
	if err != nil {
		a.t.log.Warn("onebot: what was said before another account took over can't be had", "account", string(a.self), "group", string(group), "since", since, "err", says(err))
		return
	}
	var events []bot.Event
	for _, f := range list {
		events = append(events, a.translate(ctx, f, a.t.now())...)
	}
	for i := range events {
		events[i].Backlog = true
	}
	_ = a.deliver(ctx, events) // an error is the end of the run
}

// refused tells that an error is an answer: the other side heard the question and says no.
func refused(err error) bool {
	var failed *failedError
	return errors.As(err, &failed)
}

// history is what was said in a chat since a time, in order: more where the oldest of it is later than what is known, and
// page by page where an implementation gives less than it is asked for.
func (a *account) history(ctx context.Context, action string, chat frame, since time.Time) ([]frame, error) {
	got := past{known: map[id]bool{}, oldest: a.t.now()}
	const pages = 200
	for _, n := range [...]int{50, 400, 3000} {
		given, _, err := a.page(ctx, action, chat, n, "", &got)
		if err != nil {
			return nil, err
		}
		if got.oldest.Before(since) {
			return got.since(since, a.t.now()), nil
		}
		if given == n {
			continue
		}
		// It is all that there is, or all that is given at once.
		for range pages {
			given, fresh, err := a.page(ctx, action, chat, n, got.first, &got)
			if err != nil && !refused(err) {
				return nil, err
			}
			if err != nil || given == 0 || fresh == 0 || got.oldest.Before(since) {
				return got.since(since, a.t.now()), nil
			}
		}
	}
	list := got.since(since, a.t.now())
	a.t.log.Warn("onebot: more was said in a chat than can be asked for; what is older is lost", "group", string(chat.GroupID), "user", string(chat.UserID), "messages", len(list))
	return list, nil
}

// past is what is known of a chat's history.
type past struct {
	frames []frame
	known  map[id]bool
	oldest time.Time
	first  id // the oldest message of the last page
}

// since are the messages from a time on, in order.
func (p *past) since(since, now time.Time) (list []frame) {
	for _, f := range p.frames {
		if !f.at(now).Before(since) {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(x, y frame) int { return x.at(now).Compare(y.at(now)) })
	return list
}

// page asks for up to n messages of a chat: the latest, or those up to the message before.
func (a *account) page(ctx context.Context, action string, chat frame, n int, before id, into *past) (given, fresh int, err error) {
	var got struct {
		Messages []frame `json:"messages"`
	}
	params := map[string]any{"count": n}
	if chat.GroupID.none() {
		params["user_id"] = chat.UserID
	} else {
		params["group_id"] = chat.GroupID
	}
	if before != "" { // implementations differ in what they call it
		params["message_seq"], params["message_id"] = before, before
	}
	if err := a.ask(ctx, a.t.timing.Answer, action, params, &got); err != nil {
		return 0, 0, err
	}
	now := a.t.now()
	oldest := now
	var older, newer []frame // what is said meanwhile comes behind what is known
	met := false
	for _, f := range got.Messages {
		if into.known[f.MessageID] {
			met = true
			continue
		}
		into.known[f.MessageID] = true
		if at := f.at(now); !met && (at.Before(oldest) || len(older) == 0) {
			oldest, into.first = at, f.MessageID
		}
		f.Post, f.Kind, f.GroupID = "message", chat.Kind, chat.GroupID
		if !f.Sender.UserID.none() {
			f.UserID = f.Sender.UserID
		}
		if met {
			newer = append(newer, f)
		} else {
			older = append(older, f)
		}
	}
	if oldest.Before(into.oldest) {
		into.oldest = oldest
	}
	into.frames = slices.Concat(older, into.frames, newer)
	return len(got.Messages), len(older) + len(newer), nil
}
