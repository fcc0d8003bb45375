package bot

import (
	"context"
	"fmt"
	"time"
)

// Span is what a chapter is about: from <= instant < to, in one group or in the whole community.
type Span struct {
	From, To time.Time
	Group    string // empty: the community
}

// Chapter is what a feature tells in a report. Its texts are the feature's.
type Chapter struct {
	Key   string // its name for programs, in snake_case, unique over all features: "topics"
	Title string // key of the text that names it
	// Read gives the chapter. A page without figures, tables and charts says that there is nothing to tell; the note says why.
	Read func(ctx context.Context, q *Query, s Span) (Page, error)
}

// ToldChapter is a chapter as it was read for somebody.
type ToldChapter struct {
	Key   string
	Title string
	Page  Page
}

// ownedChapter is a chapter and whose it is.
type ownedChapter struct {
	Chapter
	feature string
}

// Chapters are what the features tell of a span, in the order of the features, in the language of who asks.
func (q *Query) Chapters(ctx context.Context, s Span) (list []ToldChapter, err error) {
	for _, c := range q.engine.chapters {
		own := q.In(c.feature)
		page, err := c.Read(ctx, own, s)
		if err != nil {
			return nil, fmt.Errorf("chapter %s of %s: %w", c.Key, c.feature, err)
		}
		list = append(list, ToldChapter{c.Key, own.T(c.Title), page})
	}
	return list, nil
}

// Query is a question in the request's language by its actor, for what answers to both.
func (r *Request) Query() *Query {
	return &Query{Limit: rowsAtOnce, At: r.At, Actor: r.Actor, engine: r.engine, feature: r.feature}
}

// Query is a question outside of any view, for a feature's texts and the chapters of all.
func (e *Engine) Query(q Query, feature string) *Query {
	q.engine, q.feature = e, feature
	if q.Limit <= 0 {
		q.Limit = rowsAtOnce
	}
	if q.Actor.Language == "" {
		q.Actor.Language = e.opts.Language
	}
	return &q
}

func (e *Engine) registerChapters(f Feature) (problems []error) {
	for _, c := range f.Chapters {
		if c.Key == "" || c.Read == nil || !e.speech.keys[f.Name+"."+c.Title] {
			problems = append(problems, fmt.Errorf("feature %s: a chapter needs a key, a text that names it and something to read", f.Name))
			continue
		}
		for _, other := range e.chapters {
			if other.Key == c.Key {
				problems = append(problems, fmt.Errorf("the chapter %s has two owners: %s and %s", c.Key, other.feature, f.Name))
			}
		}
		e.chapters = append(e.chapters, ownedChapter{c, f.Name})
	}
	return problems
}
