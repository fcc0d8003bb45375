package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// register builds the tables of the engine from the features and tells everything that is wrong with them.
func (e *Engine) register() error {
	e.speech = newSpeech()
	e.commands, e.listeners = map[string]*owned{}, map[Kind][]listener{}
	e.jobs, e.guards = map[string]*job{}, map[string]Guard{}
	var problems []error
	if e.opts.Storage == nil || e.opts.Observe == nil || e.opts.Resolve == nil {
		problems = append(problems, errors.New("storage, observe and resolve are required"))
	}
	seen := map[string]bool{}
	for _, f := range e.opts.Features {
		if f.Name == "" || f.Name != strings.ToLower(f.Name) || strings.Contains(f.Name, ".") {
			problems = append(problems, fmt.Errorf("feature %q: a name is lower case without dots", f.Name))
		}
		if seen[f.Name] {
			problems = append(problems, fmt.Errorf("feature %s is listed twice", f.Name))
		}
		seen[f.Name] = true
		problems = append(problems, e.registerFeature(f)...)
	}
	if err := e.speech.override(e.opts.Language, e.opts.Texts); err != nil {
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func (e *Engine) registerFeature(f Feature) (problems []error) {
	if f.Locales != nil {
		if err := e.speech.add(f.Name, f.Locales); err != nil {
			problems = append(problems, err)
		}
	}
	for _, c := range f.Commands {
		problems = append(problems, e.registerCommand(f.Name, c)...)
	}
	for _, l := range f.On {
		if l.Run == nil || len(l.Kinds) == 0 {
			problems = append(problems, fmt.Errorf("feature %s: a listener needs kinds and a handler", f.Name))
		}
		for _, k := range l.Kinds {
			e.listeners[k] = append(e.listeners[k], listener{f.Name, l.Run})
		}
	}
	for _, v := range f.Views {
		problems = append(problems, e.registerView(f, v)...)
	}
	problems = append(problems, e.registerChapters(f)...)
	problems = append(problems, e.registerDesk(f)...)
	if f.Observe != nil {
		e.observers = append(e.observers, listener{f.Name, f.Observe})
	}
	for _, p := range f.Personal {
		problems = append(problems, e.registerPersonal(f.Name, p)...)
	}
	for name, g := range f.Guards {
		if g == nil {
			problems = append(problems, fmt.Errorf("guard %s.%s: it has no function", f.Name, name))
		}
		e.guards[f.Name+"."+name] = g
	}
	for _, j := range f.Jobs {
		full := f.Name + "." + j.Name
		if e.jobs[full] != nil || j.Name == "" {
			problems = append(problems, fmt.Errorf("job %s: a feature's jobs have different names", full))
		}
		if j.Run == nil {
			problems = append(problems, fmt.Errorf("job %s: it has no handler", full))
		}
		if j.Spec != "" {
			if e.opts.Next == nil {
				problems = append(problems, fmt.Errorf("job %s: no schedule to read its spec", full))
			} else if _, err := e.opts.Next(j.Spec, time.Unix(0, 0)); err != nil {
				problems = append(problems, fmt.Errorf("job %s: %w", full, err))
			}
		}
		e.jobs[full] = &job{Job: j, name: full}
		e.jobOrder = append(e.jobOrder, e.jobs[full])
	}
	return problems
}

func (e *Engine) registerCommand(feature string, c Command) (problems []error) {
	own := &owned{Command: c, feature: feature}
	if len(c.Names) == 0 || c.Run == nil {
		return []error{fmt.Errorf("feature %s: a command needs names and a handler", feature)}
	}
	for _, key := range [...]string{c.Usage, c.Help} {
		if key != "" && !e.speech.keys[feature+"."+key] {
			problems = append(problems, fmt.Errorf("command %s of %s: no text %q", c.Names[0], feature, key))
		}
	}
	if c.Help == "" {
		problems = append(problems, fmt.Errorf("command %s of %s: no help", c.Names[0], feature))
	}
	for _, name := range c.Names {
		folded, _, whole := split(name)
		if folded == "" || !whole || folded != Fold(name) {
			problems = append(problems, fmt.Errorf("command %q of %s: a name is one word without closing punctuation", name, feature))
			continue
		}
		if other := e.commands[folded]; other != nil {
			problems = append(problems, fmt.Errorf("command %s has two owners: %s and %s", name, other.feature, feature))
			continue
		}
		e.commands[folded] = own
	}
	e.offered = append(e.offered, own)
	return problems
}
