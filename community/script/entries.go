package script

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The states of an entry.
const (
	entered = "in"
	half    = "half" // its words or its picture are still missing
	gone    = "gone" // taken back
)

const (
	// together is how far apart the words and the picture of one entry may be.
	together = 10 * time.Minute
	// remembered is how long after its end a run still answers those who come late.
	remembered = 7 * 24 * time.Hour
)

// said listens for entries.
func (s *scripts) said(ctx context.Context, r *bot.Request) error {
	if r.Actor.Group == "" || r.Actor.Member == "" || r.Actor.Role >= bot.Moderator || r.Actor.Asleep >= bot.Moderator || !s.mayBeEntry(r) {
		return nil
	}
	open, err := s.runs(ctx, `WHERE group_id = ? AND (state = ? OR state = ? AND ended_at > ?) ORDER BY id DESC`,
		r.Actor.Group, running, finished, r.At.Add(-remembered-longestSpan).UnixMilli())
	if err != nil {
		return err
	}
	for _, v := range open {
		for _, st := range slices.Backward(v.steps) {
			if v.collecting(st, r.At) && s.answers(r, st) {
				return s.enter(ctx, r, v, st)
			}
		}
	}
	for _, v := range open {
		for _, st := range slices.Backward(v.steps) {
			if st.Kind.collects() && st.announced() && r.At.Sub(v.until(st)) >= 0 && r.At.Sub(v.until(st)) < remembered {
				if found, _ := tagged(r.Text, st.Tags); found {
					return s.tooLate(ctx, r, v, st)
				}
			}
		}
	}
	return nil
}

// mayBeEntry tells cheaply whether a message can be an entry of anything.
func (s *scripts) mayBeEntry(r *bot.Request) bool {
	return r.Form == bot.Image || r.Form == bot.Text && (r.ToBot || r.Quote != nil || strings.ContainsAny(r.Text, "#＃"))
}

// answers tells whether a message is an entry of a step, or a half of one.
func (s *scripts) answers(r *bot.Request, st step) bool {
	found, more := tagged(r.Text, st.Tags)
	switch {
	case st.Kind == Ask && r.Form == bot.Text:
		byQuote := r.Quote != nil && r.Quote.From.User == "" && quotes(r.Quote.Text, st.said)
		byQuote = byQuote || r.Quote != nil && r.Quote.From.Self && quotes(r.Quote.Text, st.said)
		return found && more || (byQuote || r.ToBot) && says(r.Text)
	case st.Kind == Ask:
		return false
	case st.Picture && len(st.Tags) == 0:
		return r.Form == bot.Image
	case st.Picture:
		return found || r.Form == bot.Image
	}
	return found && more
}

// enter counts a message as an entry of the person who said it.
func (s *scripts) enter(ctx context.Context, r *bot.Request, v run, st step) error {
	if err := s.lock(ctx, v.id); err != nil {
		return err
	}
	ids, err := s.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	var n int
	if err := s.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM script_entries WHERE run_id = ? AND n = ? AND state = ? AND member_id IN ?`,
		v.id, st.n, entered, ids).Row().Scan(&n); err != nil {
		return fmt.Errorf("entries of run %d: %w", v.id, err)
	}
	if n >= st.Most {
		return nil
	}
	whole, id, err := s.keep(ctx, r, v, st, ids)
	if err != nil {
		return err
	}
	if !whole {
		if r.Form == bot.Text {
			s.thank(r, v, "half", r.T("entry.half", "Name", r.Actor.Name), r.T("entry.half.head"))
		}
		return nil
	}
	earned, err := s.pay(ctx, r, v, st, ids, id)
	if err != nil {
		return err
	}
	text, head := r.T("entry.done", "Name", r.Actor.Name), r.T("entry.head", "Title", v.title)
	if earned > 0 {
		text += r.T("entry.points", "Points", earned)
	}
	s.thank(r, v, "in", text, head)
	return nil
}

// keep stores an entry, or completes the half of one that came shortly before.
func (s *scripts) keep(ctx context.Context, r *bot.Request, v run, st step, ids []community.MemberID) (whole bool, id int64, err error) {
	var seq, pic int64 = r.Seq, 0
	lacking := "seq > 0 AND pic = 0" // what a picture completes
	if r.Form == bot.Image {
		seq, pic = 0, r.Seq
	} else {
		lacking = "pic > 0 AND seq = 0"
	}
	found, _ := tagged(r.Text, st.Tags)
	whole = !st.Picture || len(st.Tags) == 0 || r.Form == bot.Image && found
	if !whole {
		err := s.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(id), 0) FROM script_entries WHERE run_id = ? AND n = ? AND state = ? AND member_id IN ? AND at >= ? AND `+lacking,
			v.id, st.n, half, ids, r.At.Add(-together).UnixMilli()).Row().Scan(&id)
		if err != nil {
			return false, 0, fmt.Errorf("entries of run %d: %w", v.id, err)
		}
		if id > 0 {
			_, err := s.db.Exec(ctx, `UPDATE script_entries SET seq = seq + ?, pic = pic + ?, at = ?, state = ? WHERE id = ?`, seq, pic, r.At.UnixMilli(), entered, id)
			return true, id, err
		}
	}
	state := entered
	if !whole {
		state = half
	}
	err = s.db.Row(ctx, `INSERT INTO script_entries (run_id, n, member_id, at, seq, pic, state) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		v.id, st.n, r.Actor.Origin, r.At.UnixMilli(), seq, pic, state).Scan(&id)
	if err != nil {
		return false, 0, fmt.Errorf("entry of run %d: %w", v.id, err)
	}
	return whole, id, nil
}

// thank answers quietly: what comes within one minute is answered in one message.
func (s *scripts) thank(r *bot.Request, v run, kind, text, head string) {
	r.Send(bot.Outgoing{
		Group: r.Actor.Group, Text: text, Priority: bot.Answer, NotBefore: r.At.Truncate(time.Minute).Add(time.Minute),
		Merge: fmt.Sprintf("%s/%d", kind, v.id), MergeHead: head, MergeItem: r.Actor.Name,
	})
}

// tooLate comforts somebody, once, whose entry came after the end.
func (s *scripts) tooLate(ctx context.Context, r *bot.Request, v run, st step) error {
	ids, err := s.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	var n int
	if err := s.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM script_late WHERE run_id = ? AND round = ? AND member_id IN ?`, v.id, st.Round, ids).Row().Scan(&n); err != nil || n > 0 {
		return err
	}
	if _, err := s.db.Exec(ctx, `INSERT INTO script_late (run_id, round, member_id, at) VALUES (?, ?, ?, ?)`, v.id, st.Round, r.Actor.Origin, r.At.UnixMilli()); err != nil {
		return fmt.Errorf("late entry: %w", err)
	}
	s.thank(r, v, "late", r.T("entry.late", "Name", r.Actor.Name, "Title", v.title), r.T("entry.late.head", "Title", v.title))
	return nil
}

// taker is somebody who takes part in a round.
type taker struct {
	id     community.MemberID // the person
	origin community.MemberID // of the first entry
	name   string
	at     time.Time // of the first entry
	n      int       // entries
	picked bool
}

// standing are the people whose entries of a round stand, in the order in which they came.
func (s *scripts) standing(ctx context.Context, v run, round int) (list []taker, err error) {
	var rows []struct {
		MemberID community.MemberID
		N        int
		At       int64
		PickedAt int64
	}
	if err := s.db.Conn(ctx).Raw(`SELECT member_id, n, at, picked_at FROM script_entries WHERE run_id = ? AND state = ? ORDER BY at, id`, v.id, entered).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("entries of run %d: %w", v.id, err)
	}
	for _, row := range rows {
		if v.steps[row.N-1].Round != round {
			continue
		}
		who, err := s.c.Who(ctx, row.MemberID)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(list, func(t taker) bool { return t.id == who })
		if i < 0 {
			called, err := s.c.Called(ctx, who)
			if err != nil {
				return nil, err
			}
			i, list = len(list), append(list, taker{id: who, origin: row.MemberID, name: called, at: bot.FromMillis(row.At)})
		}
		list[i].n++
		list[i].picked = list[i].picked || row.PickedAt > 0
	}
	return list, nil
}
