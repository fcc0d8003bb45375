package admission

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

const (
	patienceJob = "patience"
	everyone    = "all" // all who are asked share one key, so that one tick waits
)

func (f *admission) answerTime() time.Duration { return time.Duration(f.cfg.AnswerHours) * time.Hour }

// waitFor looks again when an answer that was asked for at a time is late.
func (f *admission) waitFor(ctx context.Context, r *bot.Request, asked time.Time) error {
	return r.Later(ctx, f.c.Noise.Awake(asked.Add(f.answerTime())), patienceJob, everyone)
}

// patience asks once more who has not answered, and ends the applications of who was.
func (f *admission) patience(ctx context.Context, r *bot.Request) error {
	list, err := f.each(ctx, `WHERE state = ? ORDER BY id`, string(asking))
	if err != nil {
		return err
	}
	var due []application
	for i, a := range list {
		switch {
		case a.reminded.IsZero() && !r.At.Before(a.asked.Add(f.answerTime())):
			due = append(due, a)
		case !a.reminded.IsZero() && !r.At.Before(a.reminded.Add(f.answerTime())):
			if err := f.lapse(ctx, r, a); err != nil {
				return err
			}
			list[i].state = lapsed
		}
	}
	reminded, later, err := f.put(ctx, r, "remind", due)
	if err != nil {
		return err
	}
	for _, a := range reminded {
		if _, err := f.db.Exec(ctx, `UPDATE admissions SET reminded_at = ? WHERE id = ?`, r.At.UnixMilli(), a.id); err != nil {
			return err
		}
	}
	return f.lookAgain(ctx, r, later)
}

// lookAgain sets the next look for the first who may be late then. later, if it is not zero, is when the withheld may be
// said.
func (f *admission) lookAgain(ctx context.Context, r *bot.Request, later time.Time) error {
	var first int64
	err := f.db.Row(ctx, `SELECT COALESCE(MIN(CASE WHEN reminded_at > 0 THEN reminded_at ELSE asked_at END), 0) FROM admissions WHERE state = ?`, string(asking)).Scan(&first)
	if err != nil || first == 0 {
		return err
	}
	next := bot.FromMillis(first).Add(f.answerTime())
	if !next.After(r.At) { // of those who were withheld, or of whom a newer application counts
		next = r.At.Add(time.Hour)
		if !later.IsZero() {
			next = later
		}
	}
	return r.Later(ctx, f.c.Noise.Awake(next), patienceJob, everyone)
}

// lapse ends an application without an answer. It is told only in private.
func (f *admission) lapse(ctx context.Context, r *bot.Request, a application) error {
	if late, err := f.move(ctx, &a, lapsed, ""); err != nil || late {
		return err
	}
	open, err := f.c.Reachable(ctx, string(a.member))
	if err == nil && open {
		r.Send(bot.Outgoing{Member: string(a.member), Text: r.T("lapsed"), Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	}
	return err
}

// forget removes the words of applicants, and what managers said about them, after some days.
func (f *admission) forget(ctx context.Context, r *bot.Request) error {
	before := r.At.AddDate(0, 0, -f.keepDays).UnixMilli()
	if _, err := f.db.Exec(ctx, `UPDATE admission_answers SET answer = '' WHERE answer <> '' AND answered_at < ?`, before); err != nil {
		return err
	}
	_, err := f.db.Exec(ctx, `UPDATE admissions SET note = '' WHERE note <> '' AND decided_at < ?`, before)
	return err
}
