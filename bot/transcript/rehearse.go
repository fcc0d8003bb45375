package transcript

import (
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// rehearse finds what makes no sense in a script before anything of it is played.
func rehearse(script *Script, start time.Time, botName string) error {
	s := newScene(script, start, botName)
	if err := s.cast(script, func(*bot.Person, Role) error { return nil }); err != nil {
		return err
	}
	for i := range script.turns {
		if line, err := s.rehearse(&script.turns[i]); err != nil {
			return at(script, line, err)
		}
	}
	return nil
}

// rehearse plays a turn to nobody, and gives the line that makes no sense.
func (s *scene) rehearse(t *turn) (line int, err error) {
	if err := s.tick(t); err != nil {
		return t.line, err
	}
	if t.input != nil {
		if _, err := s.event(t.input); err != nil {
			return t.line, err
		}
	}
	for _, w := range t.wants {
		if _, err := s.people.user(w.to); err != nil {
			return w.line(), err
		}
	}
	return 0, nil
}

// cast introduces those who have a role.
func (s *scene) cast(script *Script, appoint func(*bot.Person, Role) error) error {
	for _, role := range script.Roles {
		who, err := s.people.meet(role.Who)
		if err != nil {
			return at(script, role.Line, err)
		}
		if err := appoint(who, role); err != nil {
			return fmt.Errorf("%s:%d: appoint %s: %w", script.Name, role.Line, role.Who, err)
		}
	}
	return nil
}

// at makes a problem of a line a *SyntaxError.
func at(script *Script, line int, err error) error {
	if err == nil {
		return nil
	}
	return &SyntaxError{script.Name, line, err.Error()}
}
