package community

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// MostEarned is the greatest amount that something may earn at once.
const MostEarned = 100_000

// Earning is a rule: what something earns. In the configuration it is a number of points, or keys below it:
//
//	speaking: 1
//	thanks: {amount: 2, cap: 3}
type Earning struct {
	Amount   int64         `yaml:"amount" doc:"points each time; 0: nothing"`
	Cap      int           `yaml:"cap" doc:"times a Day at the most, 0 for no limit"`
	Cooldown time.Duration `yaml:"cooldown" doc:"time that must pass before it earns again"`
}

// UnmarshalConfig reads the short form, a number.
func (e *Earning) UnmarshalConfig(value any) error {
	n, ok := value.(int64)
	if !ok {
		return errors.ErrUnsupported
	}
	e.Amount = n
	return nil
}

// MarshalConfig is the short form where it says everything.
func (e Earning) MarshalConfig() any {
	if e.Cap == 0 && e.Cooldown == 0 {
		return e.Amount
	}
	return map[string]any{"amount": e.Amount, "cap": e.Cap, "cooldown": e.Cooldown}
}

// Check tells what is wrong with the rule called name, of which only some keys mean anything.
func (e Earning) Check(name string, keys ...string) error {
	var problems []error
	wrong := func(key, format string, args ...any) {
		problems = append(problems, KeyError{Name: name + "." + key, Problem: fmt.Sprintf(format, args...)})
	}
	if e.Amount < 0 || e.Amount > MostEarned {
		problems = append(problems, KeyError{Name: name, Problem: fmt.Sprintf("is between 0 and %d points, not %d", MostEarned, e.Amount)})
	}
	switch {
	case !slices.Contains(keys, "cap") && e.Cap != 0:
		wrong("cap", "%s has no cap of its own", name)
	case e.Cap < 0 || e.Cap > 10_000:
		wrong("cap", "is between 0 (no limit) and 10000 times a Day, not %d", e.Cap)
	}
	switch {
	case !slices.Contains(keys, "cooldown") && e.Cooldown != 0:
		wrong("cooldown", "%s has no cooldown", name)
	case e.Cooldown < 0 || e.Cooldown > 24*time.Hour:
		wrong("cooldown", "is between 0s and 24h, not %s", e.Cooldown)
	}
	return errors.Join(problems...)
}
