package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoView says that there is no such view, or none that this reader may see.
var ErrNoView = errors.New("no such view")

// rowsAtOnce is how many rows are read where nobody says otherwise; mostRows is the limit.
const (
	rowsAtOnce = 50
	mostRows   = 1000
)

// ViewOffer is a view as it is shown to somebody, with its texts in their language.
type ViewOffer struct {
	Name    string // "feature.view"
	Feature string
	Title   string
	Role    Role
	Section Section
	Lead    bool // it stands before others of its section
	Detail  bool
	Params  []ParamOffer
	Acts    []Act
	Files   []string // names of its files
}

// ParamOffer is a parameter with its texts.
type ParamOffer struct {
	Param
	Title   string
	Options []string // the texts of Choices, in their order
}

// ownedView is a view and whose it is.
type ownedView struct {
	View
	feature string
	lead    bool
}

func (v *ownedView) name() string { return v.feature + "." + v.Name }

// Views are the views that an actor may see, in the order of the features.
func (e *Engine) Views(actor Actor) []ViewOffer {
	var offers []ViewOffer
	for _, v := range e.views {
		if v.Role > actor.Role {
			continue
		}
		o := ViewOffer{Name: v.name(), Feature: v.feature, Title: e.speech.text(actor.Language, v.feature, v.Title, nil), Role: v.Role, Acts: v.Acts,
			Section: v.Section, Lead: v.lead, Detail: v.Detail}
		for _, p := range v.Params {
			offer := ParamOffer{Param: p, Title: e.speech.text(actor.Language, v.feature, p.Label, nil)}
			for _, c := range p.Choices {
				offer.Options = append(offer.Options, e.speech.text(actor.Language, v.feature, p.Label+"."+c, nil))
			}
			o.Params = append(o.Params, offer)
		}
		for _, file := range v.Files {
			o.Files = append(o.Files, file.Name)
		}
		offers = append(offers, o)
	}
	return offers
}

// View reads one view, by its name "feature.view", for who asks in q. Parameters that the view does not declare are
// left out, and choices that are none are the first one. ErrNoView hides also what the reader may not see. It reads
// outside any transaction unless ctx carries one.
func (e *Engine) View(ctx context.Context, name string, q Query) (Page, error) {
	v, err := e.asked(name, &q)
	if err != nil {
		return Page{}, err
	}
	page, err := v.Read(ctx, &q)
	if err != nil {
		return Page{}, fmt.Errorf("view %s: %w", name, err)
	}
	return page, nil
}

// ViewFile reads one of a view's files, like View. ErrNoView also says that it has no such file.
func (e *Engine) ViewFile(ctx context.Context, name, file string, q Query) (data []byte, mediaType string, err error) {
	v, err := e.asked(name, &q)
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(v.Files, func(f ViewFile) bool { return f.Name == file })
	if i < 0 {
		return nil, "", fmt.Errorf("file %.100q of view %s: %w", file, name, ErrNoView)
	}
	if data, err = v.Files[i].Read(ctx, &q); err != nil {
		return nil, "", fmt.Errorf("file %s of view %s: %w", file, name, err)
	}
	return data, v.Files[i].Type, nil
}

// asked is the view of a name that the reader may see, and makes their question one that it can answer.
func (e *Engine) asked(name string, q *Query) (*ownedView, error) {
	i := slices.IndexFunc(e.views, func(v *ownedView) bool { return v.name() == name && v.Role <= q.Actor.Role })
	if i < 0 {
		return nil, fmt.Errorf("view %.100q: %w", name, ErrNoView)
	}
	v := e.views[i]
	asked := q.Params
	q.engine, q.feature, q.Params = e, v.feature, map[string]string{}
	if q.Actor.Language == "" {
		q.Actor.Language = e.opts.Language
	}
	for _, p := range v.Params {
		value := strings.TrimSpace(Clean(asked[p.Name]))
		if p.Kind == Choice && !slices.Contains(p.Choices, value) {
			value = p.Choices[0]
		}
		q.Params[p.Name] = shorten(value)
	}
	if q.Limit <= 0 {
		q.Limit = rowsAtOnce
	}
	q.Limit, q.After = min(q.Limit, mostRows), shorten(Clean(q.After))
	return v, nil
}

// registerView checks what can be wrong with a view.
func (e *Engine) registerView(f Feature, v View) (problems []error) {
	feature := f.Name
	if v.Section = cmp.Or(v.Section, f.Section, Tools); !slices.Contains(Sections(), v.Section) {
		problems = append(problems, fmt.Errorf("view %s.%s: there is no section %q", feature, v.Name, v.Section))
	}
	own := &ownedView{v, feature, f.Lead}
	if v.Name == "" || v.Name != strings.ToLower(v.Name) || strings.ContainsAny(v.Name, ". /") || v.Read == nil {
		problems = append(problems, fmt.Errorf("view %s: it needs a lower-case name and a function", own.name()))
	}
	if slices.ContainsFunc(e.views, func(o *ownedView) bool { return o.name() == own.name() }) {
		problems = append(problems, fmt.Errorf("view %s is there twice", own.name()))
	}
	keys := []string{v.Title}
	for _, p := range v.Params {
		keys = append(keys, p.Label)
		for _, c := range p.Choices {
			keys = append(keys, p.Label+"."+c)
		}
		if p.Kind == Choice && len(p.Choices) == 0 {
			problems = append(problems, fmt.Errorf("view %s: parameter %s has no choices", own.name(), p.Name))
		}
	}
	for _, key := range keys {
		if !e.speech.keys[feature+"."+key] {
			problems = append(problems, fmt.Errorf("view %s: no text %q", own.name(), key))
		}
	}
	e.views = append(e.views, own)
	return problems
}
