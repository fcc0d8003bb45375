package system

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// outagesOf is how far back outages are shown.
const outagesOf = 30 * 24 * time.Hour

// status shows how the program fares.
func (s *system) status(ctx context.Context, q *bot.Query) (page bot.Page, err error) {
	if err := s.program(ctx, q, &page); err != nil {
		return page, err
	}
	if err := s.queue(ctx, q, &page); err != nil {
		return page, err
	}
	s.checks(ctx, q, &page)
	if err := s.jobs(ctx, q, &page); err != nil {
		return page, err
	}
	return page, s.outages(ctx, q, &page)
}

func (s *system) program(ctx context.Context, q *bot.Query, page *bot.Page) error {
	if s.o.Program == nil {
		return nil
	}
	p, err := s.o.Program(ctx, q.At)
	if err != nil {
		return err
	}
	state := bot.Figure{Key: "transport", Title: q.T("figure.transport"), Cell: bot.Cell{Text: q.T("transport.none"), Value: ""}, Note: q.T("transport.none.note")}
	if p.Transport != "" {
		state.Cell, state.Note = bot.Cell{Text: q.T("transport." + cmp.Or(p.State, "running")), Value: cmp.Or(p.State, "running")}, bot.Clean(p.Transport)
		if !p.Since.IsZero() {
			state.Note += " · " + q.T("since", "Time", s.clock(p.Since))
		}
		if p.State == "scanning" || p.State == "confirming" {
			page.Note, page.Login = q.T("transport.scan"), true
		}
	}
	page.Figures = append(page.Figures, state)
	if !p.Started.IsZero() {
		page.Figures = append(page.Figures, bot.Figure{Key: "started", Title: q.T("figure.started"), Cell: s.time(p.Started), Note: q.T("running", "Time", age(q.T, q.At.Sub(p.Started)))})
	}
	page.Figures = append(page.Figures,
		bot.Figure{Key: "database_bytes", Title: q.T("figure.database"), Cell: bot.Cell{Text: Bytes(p.Size), Value: p.Size}, Note: p.Database},
		bot.Figure{Key: "unsealed", Title: q.T("figure.unsealed"), Cell: number(p.Unsealed), Note: q.T("unsealed.note")},
		bot.Figure{Key: "version", Title: q.T("figure.version"), Cell: bot.Cell{Text: p.Version}})
	t := table(q, "backups", "file at size#")
	for _, b := range p.Backups {
		t.Rows = append(t.Rows, bot.Row{Key: b.Name, Cells: []bot.Cell{{Text: b.Name}, s.time(b.At), {Text: Bytes(b.Size), Value: b.Size}}})
	}
	page.Tables = append(page.Tables, t)
	return nil
}

func (s *system) queue(ctx context.Context, q *bot.Query, page *bot.Page) error {
	if s.o.Pacing == nil {
		return nil
	}
	v, err := s.o.Pacing.Queue(ctx, q.At)
	if err != nil {
		return err
	}
	waiting := bot.Figure{Key: "waiting", Title: q.T("figure.waiting"), Cell: number(int64(v.Waiting))}
	if s.o.Queue != "" {
		waiting.Cell.Link = &bot.ViewRef{View: s.o.Queue}
	}
	var notes []string
	if v.Waiting > 0 {
		notes = append(notes, q.T("waiting.oldest", "Time", age(q.T, q.At.Sub(v.Oldest))))
	}
	if v.Paused != nil {
		notes = append(notes, q.T("waiting.paused"))
	}
	for _, t := range v.Transports {
		if t.Wait == bot.WaitLimited {
			notes = append(notes, q.T("waiting.limited", "Time", s.clock(t.Until)))
		}
	}
	waiting.Note = strings.Join(notes, "；")
	if q.Actor.Language == "en" {
		waiting.Note = strings.Join(notes, "; ")
	}
	failed := 0
	t := table(q, "troubles", "outcome count# reason")
	for i, tr := range v.Troubles {
		if tr.Outcome != bot.Withheld {
			failed += tr.Count
		}
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(i), Cells: []bot.Cell{
			{Text: q.T("outcome." + string(tr.Outcome)), Value: string(tr.Outcome)}, number(int64(tr.Count)), {Text: bot.Clean(tr.Reason)}}})
	}
	page.Figures = append(page.Figures, waiting,
		bot.Figure{Key: "failed", Title: q.T("figure.failed"), Cell: number(int64(failed)), Note: q.T("failed.note")})
	page.Tables = append(page.Tables, t)
	return nil
}

func (s *system) checks(ctx context.Context, q *bot.Query, page *bot.Page) {
	if s.o.Checks == nil {
		return
	}
	t := table(q, "checks", "check level found do")
	for i, f := range s.o.Checks(ctx, q.At) {
		told := f.Tell(q.T)
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprintf("%s/%d", f.Check, i), Cells: []bot.Cell{
			{Text: told.Title, Value: told.Check}, {Text: q.T("level." + string(f.Level)), Value: string(f.Level)}, {Text: told.Text, Value: told.Code}, {Text: told.Do}}})
	}
	page.Tables = append([]bot.Table{t}, page.Tables...)
}

func (s *system) jobs(ctx context.Context, q *bot.Query, page *bot.Page) error {
	if s.o.Jobs == nil {
		return nil
	}
	list, err := s.o.Jobs(ctx, q.At)
	if err != nil {
		return err
	}
	t := table(q, "jobs", "job spec last next waiting# ending")
	for _, j := range list {
		name := bot.Cell{Text: j.Name, Value: j.Name}
		own := q.In(j.Feature)
		if title := own.T("feature"); title != "feature" {
			name.Text = title + " · " + strings.TrimPrefix(j.Name, j.Feature+".")
		}
		if j.Title != "" {
			name.Text = own.T(j.Title)
		}
		next := bot.Cell{Text: q.T("job.asked"), Value: ""}
		if due := j.Due(); !due.IsZero() {
			next = s.time(due)
			if late := q.At.Sub(due); late > time.Minute {
				next.Text += " · " + q.T("job.late", "Time", age(q.T, late))
			}
		}
		ending := bot.Cell{Value: string(j.Ending)}
		if j.Ending != bot.ToCome {
			ending.Text = q.T("ending."+string(j.Ending)) + " · " + s.clock(j.Ended)
		}
		t.Rows = append(t.Rows, bot.Row{Key: j.Name, Cells: []bot.Cell{name, {Text: j.Spec}, s.time(j.Last), next, number(int64(j.Waiting)), ending}})
	}
	page.Tables = append(page.Tables, t)
	return nil
}

func (s *system) outages(ctx context.Context, q *bot.Query, page *bot.Page) error {
	list, err := bot.Outages(ctx, s.o.Storage, q.At.Add(-outagesOf), q.At)
	if err != nil {
		return err
	}
	t := table(q, "outages", "from to lasted# what")
	for i := len(list) - 1; i >= 0; i-- {
		o := list[i]
		what := bot.Cell{Text: q.T("outage.program"), Value: o.Transport}
		if o.Transport != "" {
			what.Text = q.T("outage.login", "Name", bot.Clean(o.Transport))
		}
		t.Rows = append(t.Rows, bot.Row{Key: o.Transport + o.From.Format("20060102T150405"), Cells: []bot.Cell{
			s.time(o.From), s.time(o.To), {Text: age(q.T, o.To.Sub(o.From)), Value: int64(o.To.Sub(o.From) / time.Second)}, what}})
	}
	page.Tables = append(page.Tables, t)
	return nil
}
