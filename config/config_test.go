package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/config"
)

// settings is a section with every kind of field.
type settings struct {
	Checkin  int               `yaml:"checkin" doc:"Points for a check-in."`
	Small    int8              `yaml:"small"`
	Places   uint16            `yaml:"places"`
	Rate     float64           `yaml:"rate" doc:"Share of points that expire, 0 to 1."`
	Open     bool              `yaml:"open"`
	Timezone string            `yaml:"timezone" doc:"IANA name of the community's time zone."`
	Wait     time.Duration     `yaml:"wait" doc:"How long a greeting waits for the next newcomer."`
	DayStart clock             `yaml:"day_start" doc:"When a day begins."`
	Groups   []string          `yaml:"groups" doc:"Groups that are adopted."`
	Ladder   []rung            `yaml:"ladder" doc:"Tiers, lowest first."`
	Names    map[string]string `yaml:"names"`
	Bonus    map[string]rung   `yaml:"bonus"`
	Thanks   thanks            `yaml:"thanks" doc:"Points for a thank-you: a number, or amount and cap."`
	Limit    *int              `yaml:"limit" doc:"At most so many a day; null for no limit."`
	Inner    inner             `yaml:"inner"`
	Password string            `yaml:"password" secret:"true" doc:"Opens the till."`
	lent
}

type lent struct {
	Lent string `yaml:"lent"`
}

type inner struct {
	Pin   int      `yaml:"pin" secret:"true" doc:"The till's number."`
	Title string   `yaml:"title"`
	Tags  []string `yaml:"tags"`
}

type rung struct {
	Name string  `yaml:"name" doc:"What members see."`
	Min  int64   `yaml:"min" doc:"Points from which on."`
	Note *string `yaml:"note"`
}

type thanks struct {
	Amount int `yaml:"amount"`
	Cap    int `yaml:"cap"`
}

// UnmarshalConfig reads the shorthand 2 for {amount: 2}.
func (t *thanks) UnmarshalConfig(value any) error {
	switch v := value.(type) {
	case int64:
		t.Amount = int(v)
		return nil
	case string:
		return keyed{"amount", fmt.Errorf("%q is no number of points", v)}
	}
	return errors.ErrUnsupported
}

// clock is a time of day in minutes.
type clock int

func (c *clock) UnmarshalText(text []byte) error {
	t, err := time.Parse("15:04", string(text))
	if err != nil {
		return errors.New("expected a time of day, like 04:00")
	}
	*c = clock(t.Hour()*60 + t.Minute())
	return nil
}

func (c clock) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", c/60, c%60), nil
}

type keyed struct {
	key string
	error
}

func (k keyed) Key() string { return k.key }

func (s *settings) Validate() error {
	var errs []error
	if s.Checkin < 0 {
		errs = append(errs, keyed{"checkin", errors.New("checkin: must not be negative")})
	}
	for i, r := range s.Ladder {
		if r.Min < 0 {
			errs = append(errs, keyed{fmt.Sprintf("ladder[%d].min", i), errors.New("must not be negative")})
		}
	}
	if s.Thanks.Cap > 0 && s.Thanks.Cap < s.Thanks.Amount {
		errs = append(errs, keyed{"thanks.cap", errors.New("is less than amount")})
	}
	if s.Timezone == "" {
		errs = append(errs, errors.New("timezone or place is needed"))
	}
	if s.Password == "wrong horse" {
		errs = append(errs, keyed{"password", fmt.Errorf("%q is well known", s.Password)})
	}
	return errors.Join(errs...)
}

func defaults() settings {
	return settings{
		Checkin: 5, Rate: 0.25, Timezone: "Asia/Shanghai", Wait: 60 * time.Second, DayStart: 240,
		Ladder:   []rung{{Name: "铜", Min: 0}, {Name: "银: bright", Min: 100}},
		Names:    map[string]string{"gold": "金", "7": "yes"},
		Thanks:   thanks{Amount: 2, Cap: 10},
		Password: "",
	}
}

// file writes text to weilu.yaml in a directory of its own, makes it the working directory, and
// returns the name.
func file(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "weilu.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if t, ok := t.(*testing.T); ok {
		t.Chdir(dir)
	}
	return "weilu.yaml"
}

// read decodes section points of all sources.
func read(t testing.TB, text string, environ []string, set map[string]string) (settings, *config.File) {
	t.Helper()
	src := config.Source{Environ: environ, Set: set}
	if text != "" {
		src.File = file(t, text)
	}
	f, err := config.Open(src)
	if err != nil {
		t.Fatal(err)
	}
	cfg := defaults()
	f.Section("points", &cfg)
	return cfg, f
}

// errText is what err says, "" for nil.
func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func lines(text ...string) string { return strings.Join(text, "\n") }
