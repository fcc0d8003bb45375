package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The things of a desk and whose they are.
type (
	ownedWaiting struct {
		Waiting
		feature string
	}
	ownedAlarm struct {
		Alarm
		feature string
	}
	ownedMeasure struct {
		Measure
		feature string
	}
)

// Inbox is what waits for a word of who asks in q, in the order of the features. A feature that fails hides only what
// is its own: the rest is there beside the error.
func (e *Engine) Inbox(ctx context.Context, q Query) (list []WaitingOffer, err error) {
	var failed []error
	for _, w := range e.waitings {
		if w.Role > q.Actor.Role {
			continue
		}
		asked := e.queryOf(q, w.feature)
		n, oldest := 0, time.Time{}
		if err := safely(ctx, nil, func(ctx context.Context, _ *Request) (err error) { n, oldest, err = w.Count(ctx, asked); return err }); err != nil {
			failed = append(failed, fmt.Errorf("waiting %s.%s: %w", w.feature, w.Name, err))
			continue
		}
		if n > 0 {
			list = append(list, WaitingOffer{Name: w.feature + "." + w.Name, Feature: w.feature, Title: asked.T(w.Title),
				View: ViewRef{View: w.feature + "." + w.View, Params: w.Params}, N: n, Oldest: oldest})
		}
	}
	return list, errors.Join(failed...)
}

// Inbox is what waits for a word of who asks; see Engine.Inbox.
func (r *Request) Inbox(ctx context.Context) ([]WaitingOffer, error) {
	return r.engine.Inbox(ctx, Query{At: r.At, Actor: r.Actor})
}

// Warnings are what is wrong, as far as it concerns who asks in q, the grave ones first. A feature that fails hides
// only what is its own.
func (e *Engine) Warnings(ctx context.Context, q Query) (list []Warning, err error) {
	var failed []error
	for _, a := range e.alarms {
		if a.Role > q.Actor.Role {
			continue
		}
		var found []Warning
		if err := safely(ctx, nil, func(ctx context.Context, _ *Request) (err error) {
			found, err = a.Read(ctx, e.queryOf(q, a.feature))
			return err
		}); err != nil {
			failed = append(failed, fmt.Errorf("alarm %s.%s: %w", a.feature, a.Name, err))
			continue
		}
		for _, w := range found {
			w.Key = a.feature + "." + a.Name + "/" + w.Key
			list = append(list, w)
		}
	}
	slices.SortStableFunc(list, func(a, b Warning) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		}
		return 1
	})
	return list, errors.Join(failed...)
}

// Measures are the measures that an actor may see, in the order of the features.
func (e *Engine) Measures(actor Actor) (list []MeasureOffer) {
	for _, m := range e.measures {
		if m.Role > actor.Role {
			continue
		}
		o := MeasureOffer{Name: m.feature + "." + m.Name, Feature: m.feature, Title: e.speech.text(actor.Language, m.feature, m.Title, nil)}
		if m.View != "" {
			o.View = m.feature + "." + m.View
		}
		list = append(list, o)
	}
	return list
}

// Measure reads one measure between two beginnings of Days. ErrNoView hides also what the reader may not see.
func (e *Engine) Measure(ctx context.Context, name string, q Query, from, to time.Time) (n int64, err error) {
	i := slices.IndexFunc(e.measures, func(m *ownedMeasure) bool { return m.feature+"."+m.Name == name && m.Role <= q.Actor.Role })
	if i < 0 {
		return 0, fmt.Errorf("measure %.100q: %w", name, ErrNoView)
	}
	m := e.measures[i]
	if err := safely(ctx, nil, func(ctx context.Context, _ *Request) (err error) {
		n, err = m.Read(ctx, e.queryOf(q, m.feature), from, to)
		return err
	}); err != nil {
		return 0, fmt.Errorf("measure %s: %w", name, err)
	}
	return n, nil
}

// queryOf is a query as a feature sees it.
func (e *Engine) queryOf(q Query, feature string) *Query {
	if q.Actor.Language == "" {
		q.Actor.Language = e.opts.Language
	}
	q.engine, q.feature = e, feature
	return &q
}

// registerDesk checks what can be wrong with what a feature puts on the managers' desk. Its views are known by then.
func (e *Engine) registerDesk(f Feature) (problems []error) {
	seen := map[string]bool{}
	check := func(kind, name, title, view string, complete bool) {
		full := f.Name + "." + name
		if name == "" || name != strings.ToLower(name) || strings.ContainsAny(name, ". /") || !complete || seen[kind+name] {
			problems = append(problems, fmt.Errorf("%s %s: it needs a lower-case name of its own and a function", kind, full))
		}
		seen[kind+name] = true
		if title != "" && !e.speech.keys[f.Name+"."+title] {
			problems = append(problems, fmt.Errorf("%s %s: no text %q", kind, full, title))
		}
		if view != "" && !slices.ContainsFunc(f.Views, func(v View) bool { return v.Name == view }) {
			problems = append(problems, fmt.Errorf("%s %s: the feature has no view %q", kind, full, view))
		}
	}
	for _, w := range f.Inbox {
		check("waiting", w.Name, w.Title, w.View, w.Count != nil && w.Title != "" && w.View != "")
		e.waitings = append(e.waitings, &ownedWaiting{w, f.Name})
	}
	for _, a := range f.Alarms {
		check("alarm", a.Name, "", "", a.Read != nil)
		e.alarms = append(e.alarms, &ownedAlarm{a, f.Name})
	}
	for _, m := range f.Measures {
		check("measure", m.Name, m.Title, m.View, m.Read != nil && m.Title != "")
		e.measures = append(e.measures, &ownedMeasure{m, f.Name})
	}
	return problems
}
