package script

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The states of a run.
const (
	running  = "running"
	finished = "finished" // each step has ended
	stopped  = "stopped"  // by a manager
)

// The states of a step.
const (
	waiting  = "waiting"
	done     = "done"
	late     = "late"
	missed   = "missed"   // too late to be said
	skipped  = "skipped"  // by a manager
	withheld = "withheld" // its turn came, and its words were kept back
	dropped  = "dropped"  // the run was stopped before
)

// run is a script that was started for a group.
type run struct {
	id     int64
	script string
	title  string
	group  community.GroupID
	params map[string]string
	start  time.Time
	state  string
	ended  time.Time
	budget int64
	paid   int64
	steps  []step // by number
}

// step is a step of a run.
type step struct {
	Step
	n     int
	at    time.Time
	state string
	done  time.Time
	said  string
}

const runColumns = `SELECT id, script, title, group_id, params, start_at, state, ended_at, budget, paid FROM script_runs `

// runs reads the runs that a condition chooses, with their steps.
func (s *scripts) runs(ctx context.Context, where string, args ...any) (list []run, err error) {
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		var v run
		var params string
		var start, ended int64
		if err := scan(&v.id, &v.script, &v.title, &v.group, &params, &start, &v.state, &ended, &v.budget, &v.paid); err != nil {
			return err
		}
		v.start, v.ended = bot.FromMillis(start), bot.FromMillis(ended)
		list = append(list, v)
		return json.Unmarshal([]byte(params), &list[len(list)-1].params)
	}, runColumns+where, args...)
	if err != nil {
		return nil, fmt.Errorf("script runs: %w", err)
	}
	for i := range list {
		if list[i].steps, err = s.stepsOf(ctx, list[i].id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// count is how many entries of a run stand.
func (s *scripts) count(ctx context.Context, id int64) (n int, err error) {
	if err = s.db.Row(ctx, `SELECT COUNT(*) FROM script_entries WHERE run_id = ? AND state = ?`, id, entered).Scan(&n); err != nil {
		err = fmt.Errorf("entries of run %d: %w", id, err)
	}
	return n, err
}

// over is how many steps are over.
func (v run) over() (n int) {
	for _, st := range v.steps {
		if st.state != waiting && st.state != dropped {
			n++
		}
	}
	return n
}

// find reads a run by its number; ok is false where there is none.
func (s *scripts) find(ctx context.Context, id int64) (v run, ok bool, err error) {
	list, err := s.runs(ctx, `WHERE id = ?`, id)
	if err != nil || len(list) == 0 {
		return run{}, false, err
	}
	return list[0], true, nil
}

const stepColumns = `n, kind, at, text, none, tags, picture, span, most, points, grace, too_late, round, state, done_at, said`

func scanStep(scan func(...any) error, before ...any) (st step, err error) {
	var tags string
	var at, span, grace, tooLate, doneAt int64
	err = scan(append(before, &st.n, &st.Kind, &at, &st.Text, &st.None, &tags, &st.Picture, &span, &st.Most, &st.Points, &grace, &tooLate,
		&st.Round, &st.state, &doneAt, &st.said)...)
	st.at, st.done, st.Tags = bot.FromMillis(at), bot.FromMillis(doneAt), strings.Fields(tags)
	st.For, st.Grace, st.TooLate = millis(span), millis(grace), millis(tooLate)
	return st, err
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func (s *scripts) stepsOf(ctx context.Context, id int64) (list []step, err error) {
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		st, err := scanStep(scan)
		list = append(list, st)
		return err
	}, `SELECT `+stepColumns+` FROM script_steps WHERE run_id = ? ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("steps of run %d: %w", id, err)
	}
	return list, nil
}

// add stores a run and gives its number.
func (s *scripts) add(ctx context.Context, r *bot.Request, v *run) error {
	params, err := json.Marshal(v.params)
	if err != nil {
		return err
	}
	err = s.db.Row(ctx, `INSERT INTO script_runs (script, title, group_id, params, start_at, made_at, made_by, state, budget)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, v.script, v.title, string(v.group), string(params), v.start.UnixMilli(), r.At.UnixMilli(),
		r.Actor.Member, running, v.budget).Scan(&v.id)
	if err != nil {
		return fmt.Errorf("start a script: %w", err)
	}
	for _, st := range v.steps {
		_, err := s.db.Exec(ctx, `INSERT INTO script_steps (run_id, n, kind, at, text, none, tags, picture, span, most, points, grace, too_late, round, state)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, v.id, st.n, string(st.Kind), st.at.UnixMilli(), st.Text, st.None, strings.Join(st.Tags, " "),
			st.Picture, st.For.Milliseconds(), st.Most, st.Points, st.Grace.Milliseconds(), st.TooLate.Milliseconds(), st.Round, waiting)
		if err != nil {
			return fmt.Errorf("start a script: step %d: %w", st.n, err)
		}
	}
	return nil
}

// turn sets the state of a step that is in another one, and tells whether it was.
func (s *scripts) turn(ctx context.Context, id int64, n int, from, to string, at time.Time, said string) (bool, error) {
	changed, err := s.db.Exec(ctx, `UPDATE script_steps SET state = ?, done_at = ?, said = ? WHERE run_id = ? AND n = ? AND state = ?`,
		to, bot.Millis(at), said, id, n, from)
	if err != nil {
		return false, fmt.Errorf("step %d of run %d: %w", n, id, err)
	}
	return changed > 0, nil
}

// plan makes a step due at its time.
func (s *scripts) plan(ctx context.Context, r *bot.Request, v run, st step) error {
	return r.In(name).Plan(ctx, bot.Plan{
		Job: stepJob, Key: stepKey(v.id, st.n), Title: fmt.Sprintf("%s %d/%d", v.title, st.n, len(v.steps)), Group: string(v.group),
		At: st.at, Grace: max(st.Grace, time.Second), CatchUp: bot.RunAll,
	})
}

func stepKey(id int64, n int) string { return fmt.Sprintf("%d/%d", id, n) }

// readKey is the run and the step of a key.
func readKey(key string) (id int64, n int, err error) {
	a, b, ok := strings.Cut(key, "/")
	if id, err = strconv.ParseInt(a, 10, 64); err == nil {
		n, err = strconv.Atoi(b)
	}
	if !ok || err != nil {
		return 0, 0, errors.Join(fmt.Errorf("a step's key is no %q", key), err)
	}
	return id, n, nil
}

// lock holds the row of a run until the end of the transaction, so that what is read of it stands still.
func (s *scripts) lock(ctx context.Context, id int64) error {
	_, err := s.db.Exec(ctx, `UPDATE script_runs SET state = state WHERE id = ?`, id)
	if err != nil {
		return fmt.Errorf("run %d: %w", id, err)
	}
	return nil
}

// settle ends a run whose steps have all ended.
func (s *scripts) settle(ctx context.Context, id int64, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE script_runs SET state = ?, ended_at = ? WHERE id = ? AND state = ?
		AND NOT EXISTS (SELECT 1 FROM script_steps WHERE run_id = ? AND state = ?)`, finished, at.UnixMilli(), id, running, id, waiting)
	if err != nil {
		return fmt.Errorf("run %d: %w", id, err)
	}
	return nil
}

// resume makes a run that has ended run again.
func (s *scripts) resume(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, `UPDATE script_runs SET state = ?, ended_at = 0 WHERE id = ?`, running, id); err != nil {
		return fmt.Errorf("run %d: %w", id, err)
	}
	return nil
}

// until is when a step stops collecting: after its own time, or at the close of its round. A close that was skipped
// closes at its time all the same.
func (v run) until(st step) time.Time {
	var end time.Time
	if st.For > 0 {
		end = st.at.Add(st.For)
	}
	for _, other := range v.steps {
		if other.Kind == Close && other.n > st.n {
			if at := closed(other); end.IsZero() || at.Before(end) {
				end = at
			}
			break
		}
	}
	return end
}

// announced tells whether a step had its turn.
func (st step) announced() bool { return st.state == done || st.state == late || st.state == withheld }

// stands is how a run stands for people: one whose steps are over may still collect.
func (v run) stands(at time.Time) string {
	if v.state == finished {
		for _, st := range v.steps {
			if v.collecting(st, at) {
				return "open"
			}
		}
	}
	return v.state
}

// closed is when a close ends collecting: when it was said, which may be later than planned.
func closed(st step) time.Time {
	if st.done.After(st.at) {
		return st.done
	}
	return st.at
}

// collecting tells whether a step collects what is said at an instant.
func (v run) collecting(st step, at time.Time) bool {
	if !st.Kind.collects() || v.state == stopped || st.state == missed || st.state == skipped || st.state == dropped {
		return false
	}
	return !at.Before(st.at) && at.Before(v.until(st))
}
