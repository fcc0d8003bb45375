package welcome

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/weilu-im/weilu/community"
)

// Config says how newcomers are greeted.
type Config struct {
	Enabled      bool     `yaml:"enabled" doc:"whether newcomers are greeted in the group"`
	Window       int      `yaml:"window_seconds" doc:"who joins within so many seconds after somebody is greeted together with them"`
	Names        int      `yaml:"names" doc:"names in one greeting at the most; the others are counted"`
	BurstJoins   int      `yaml:"burst_joins" doc:"with more joins than this in burst_minutes there is one digest without names"`
	BurstMinutes int      `yaml:"burst_minutes" doc:"see burst_joins"`
	AgainDays    int      `yaml:"again_days" doc:"days after which somebody who comes back is greeted again"`
	LateAfter    int      `yaml:"late_after_minutes" doc:"a join learned of later than this many minutes gets the late greeting, and none if the person has spoken"`
	Rules        string   `yaml:"rules" doc:"where the rules are, for {{.Rules}}: a link, or empty for the command 公约"`
	Variants     []string `yaml:"variants" doc:"greetings of your own, one of which is picked each time; they know {{.Name}}, {{.Group}}, {{.Inviter}}, {{.Number}} and {{.Rules}}"`
}

// Defaults greets.
func Defaults() Config {
	return Config{Enabled: true, Window: 60, Names: 5, BurstJoins: 8, BurstMinutes: 5, AgainDays: 30, LateAfter: 10, Variants: []string{}}
}

// Validate tells everything that is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	for _, k := range []struct {
		key            string
		n, least, most int
	}{
		{"window_seconds", c.Window, 1, 600}, {"names", c.Names, 1, 20}, {"burst_joins", c.BurstJoins, 1, 500}, {"burst_minutes", c.BurstMinutes, 1, 60},
		{"again_days", c.AgainDays, 1, 3650}, {"late_after_minutes", c.LateAfter, 1, 1440},
	} {
		if k.n < k.least || k.n > k.most {
			problems = append(problems, community.KeyError{Name: k.key, Problem: fmt.Sprintf("is between %d and %d, not %d", k.least, k.most, k.n)})
		}
	}
	for i, text := range c.Variants {
		if _, err := variant(text); err != nil {
			problems = append(problems, community.KeyError{Name: "variants", Problem: fmt.Sprintf("greeting %d: %v", i+1, err)})
		}
	}
	return errors.Join(problems...)
}

// variables are what a greeting may name.
type variables struct {
	Name    string // of those who are greeted, joined by 、
	Group   string
	Inviter string // who brought them; empty where nobody did, or several
	Number  int    // the how-manieth person in the group this is; 0 where several are greeted
	Rules   string
}

// longestVariant is how many characters a greeting has at the most.
const longestVariant = 500

// variant reads a greeting and tries it.
func variant(text string) (*template.Template, error) {
	if strings.TrimSpace(text) == "" || len([]rune(text)) > longestVariant {
		return nil, fmt.Errorf("has between 1 and %d characters", longestVariant)
	}
	t, err := template.New("greeting").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, err
	}
	for _, v := range []variables{{}, {"小明", "大群", "小红", 7, "公约"}} {
		if err := t.Execute(&strings.Builder{}, v); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (c Config) window() time.Duration { return time.Duration(c.Window) * time.Second }
func (c Config) burst() time.Duration  { return time.Duration(c.BurstMinutes) * time.Minute }
func (c Config) late() time.Duration   { return time.Duration(c.LateAfter) * time.Minute }
func (c Config) again() time.Duration  { return time.Duration(c.AgainDays) * 24 * time.Hour }
