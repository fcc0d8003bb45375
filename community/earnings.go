package community

import (
	"errors"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// Earnings is what the features say about how points are earned: 规则 shows it without knowing them.
type Earnings struct {
	names    []string
	explains []func(r *bot.Request) string
	problems []error
}

// Register says how a feature explains what it pays, while the program is put together: lines like
// "· 每日签到 +5" in the language of r, or nothing where it pays nothing. r is of another feature, so
// texts come from r.In(name).
func (e *Earnings) Register(name string, explain func(r *bot.Request) string) {
	for _, n := range e.names {
		if n == name {
			e.problems = append(e.problems, fmt.Errorf("earnings %s: registered twice", name))
			return
		}
	}
	e.names, e.explains = append(e.names, name), append(e.explains, explain)
}

// Explain is what all features say, in the order in which they registered.
func (e *Earnings) Explain(r *bot.Request) (lines []string) {
	for _, explain := range e.explains {
		if text := explain(r); text != "" {
			lines = append(lines, text)
		}
	}
	return lines
}

// Build tells everything that is wrong with what was registered.
func (e *Earnings) Build() error { return errors.Join(e.problems...) }
