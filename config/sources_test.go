package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/weilu-im/weilu/config"
)

var (
	exactly = cmp.AllowUnexported(settings{})
	empties = cmpopts.EquateEmpty()
)

func TestWhatASourceSays(t *testing.T) {
	three := 3
	note := "n"
	for name, c := range map[string]struct {
		file    string
		environ []string
		set     map[string]string
		want    func(*settings)
	}{
		"without any source the defaults stay":        {want: func(*settings) {}},
		"an empty file changes nothing":               {file: "\n", want: func(*settings) {}},
		"a file of comments changes nothing":          {file: "# nothing\n", want: func(*settings) {}},
		"a section without keys changes nothing":      {file: "points:\n", want: func(*settings) {}},
		"the file beats the default":                  {file: "points: {checkin: 7}", want: func(s *settings) { s.Checkin = 7 }},
		"a BOM and CRLF are read":                     {file: "\ufeffpoints:\r\n  checkin: 7\r\n  open: true\r\n", want: func(s *settings) { s.Checkin, s.Open = 7, true }},
		"a number in quotes is a number":              {file: `points: {checkin: "7"}`, want: func(s *settings) { s.Checkin = 7 }},
		"text keeps how it was written":               {file: "points: {timezone: 1.10}", want: func(s *settings) { s.Timezone = "1.10" }},
		"a date is text for a text field":             {file: "points: {timezone: 2026-01-01}", want: func(s *settings) { s.Timezone = "2026-01-01" }},
		"underscores group digits":                    {file: "points: {checkin: 1_000}", want: func(s *settings) { s.Checkin = 1000 }},
		"yes is true":                                 {file: "points: {open: yes}", want: func(s *settings) { s.Open = true }},
		"a duration has a unit":                       {file: "points: {wait: 1h30m}", want: func(s *settings) { s.Wait = 90 * time.Minute }},
		"days are 24 hours":                           {file: "points: {wait: 90d}", want: func(s *settings) { s.Wait = 90 * 24 * time.Hour }},
		"days go before hours":                        {file: "points: {wait: 1d12h}", want: func(s *settings) { s.Wait = 36 * time.Hour }},
		"a time of day reads itself":                  {file: "points: {day_start: 05:30}", want: func(s *settings) { s.DayStart = 330 }},
		"an embedded struct lends its keys":           {file: "points: {lent: a}", want: func(s *settings) { s.Lent = "a" }},
		"a list in the file replaces the default":     {file: "points: {ladder: [{name: a, note: n}]}", want: func(s *settings) { s.Ladder = []rung{{Name: "a", Note: &note}} }},
		"a map in the file replaces the default":      {file: "points: {names: {a: b}}", want: func(s *settings) { s.Names = map[string]string{"a": "b"} }},
		"an empty map in the file empties it":         {file: "points: {names: {}}", want: func(s *settings) { s.Names = map[string]string{} }},
		"a map of structs":                            {file: "points: {bonus: {x: {min: 3}}}", want: func(s *settings) { s.Bonus = map[string]rung{"x": {Min: 3}} }},
		"a union takes the short form":                {file: "points: {thanks: 3}", want: func(s *settings) { s.Thanks = thanks{3, 10} }},
		"a union takes the long form":                 {file: "points: {thanks: {amount: 3, cap: 4}}", want: func(s *settings) { s.Thanks = thanks{3, 4} }},
		"a pointer takes a value":                     {file: "points: {limit: 3}", want: func(s *settings) { s.Limit = &three }},
		"null is no pointer":                          {file: "points: {limit: null}", want: func(*settings) {}},
		"the environment beats the file":              {file: "points: {checkin: 7}", environ: []string{"WEILU_points__checkin=8"}, want: func(s *settings) { s.Checkin = 8 }},
		"a flag beats the environment":                {environ: []string{"WEILU_points__checkin=8"}, set: map[string]string{"points.checkin": "9"}, want: func(s *settings) { s.Checkin = 9 }},
		"a variable reaches deeper keys":              {file: "points: {thanks: {amount: 3}}", environ: []string{"WEILU_points__thanks__cap=4"}, want: func(s *settings) { s.Thanks = thanks{3, 4} }},
		"a variable gives a union's short form":       {environ: []string{"WEILU_points__thanks=4"}, want: func(s *settings) { s.Thanks = thanks{4, 10} }},
		"commas fill a list":                          {environ: []string{"WEILU_points__groups=大群, 小群"}, want: func(s *settings) { s.Groups = []string{"大群", "小群"} }},
		"an empty variable is an empty list":          {file: "points: {groups: [a]}", environ: []string{"WEILU_points__groups="}, want: func(*settings) {}},
		"brackets hold a list of structs":             {set: map[string]string{"points.ladder": "[{name: a, min: 3}]"}, want: func(s *settings) { s.Ladder = []rung{{Name: "a", Min: 3}} }},
		"braces hold a map":                           {set: map[string]string{"points.names": "{a: b}"}, want: func(s *settings) { s.Names = map[string]string{"a": "b"} }},
		"braces are text for a text field":            {set: map[string]string{"points.timezone": "{a}"}, want: func(s *settings) { s.Timezone = "{a}" }},
		"a variable adds one entry to a map":          {environ: []string{"WEILU_points__names__silver=银"}, want: func(s *settings) { s.Names = map[string]string{"gold": "金", "7": "yes", "silver": "银"} }},
		"a variable's key may contain a dot":          {environ: []string{"WEILU_points__names__v1.2=x"}, want: func(s *settings) { s.Names["v1.2"] = "x" }},
		"a flag's key with a dot stands in quotes":    {set: map[string]string{`points.names."v1.2"`: "x"}, want: func(s *settings) { s.Names["v1.2"] = "x" }},
		"a secret comes from the environment":         {environ: []string{"WEILU_points__password=s3cret"}, want: func(s *settings) { s.Password = "s3cret" }},
		"variables of other programs are passed over": {environ: []string{"WEILU_PORT=tcp://1.2.3.4", "HOME=/", "WEILU=1"}, want: func(*settings) {}},
		"a quoted key with a number is text":          {file: `points: {names: {"7": a}}`, want: func(s *settings) { s.Names = map[string]string{"7": "a"} }},
		"an anchor without an alias is harmless":      {file: "points: &p {checkin: 7}", want: func(s *settings) { s.Checkin = 7 }},
	} {
		t.Run(name, func(t *testing.T) {
			got, f := read(t, c.file, c.environ, c.set)
			if err := f.Err(); err != nil {
				t.Fatal(err)
			}
			want := defaults()
			c.want(&want)
			if diff := cmp.Diff(want, got, empties, exactly); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFileVariableIsReadWithoutItsLastNewline(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	for content, want := range map[string]string{"a b": "a b", "a\n": "a", "a\r\n": "a", "a\n\n": "a\n"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, f := read(t, "", []string{"WEILU_points__password_FILE=" + name}, nil)
		if err := f.Err(); err != nil || got.Password != want {
			t.Errorf("%q: got %q, %v", content, got.Password, err)
		}
	}
}

func TestDefaultsThatAreSharedStayAsTheyWere(t *testing.T) {
	shared := defaults()
	five := 5
	shared.Limit = &five
	cfg := shared
	f, err := config.Open(config.Source{
		File:    file(t, "points: {ladder: [{name: x}], limit: 9}"),
		Environ: []string{"WEILU_points__names__gold=x", "WEILU_points__bonus__a__min=1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Section("points", &cfg)
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Limit = &five
	if diff := cmp.Diff(want, shared, exactly); diff != "" || five != 5 {
		t.Error(diff, five)
	}
}

func TestAPointerKeepsWhatIsNotOverridden(t *testing.T) {
	shared := &thanks{Amount: 2, Cap: 10}
	cfg := struct {
		Thanks *thanks `yaml:"thanks"`
	}{shared}
	f, err := config.Open(config.Source{Set: map[string]string{"points.thanks.cap": "4"}})
	if err != nil {
		t.Fatal(err)
	}
	f.Section("points", &cfg)
	if err := f.Err(); err != nil || *cfg.Thanks != (thanks{2, 4}) || *shared != (thanks{2, 10}) {
		t.Error(err, cfg.Thanks, shared)
	}
}

func TestASectionMayBeAMap(t *testing.T) {
	f, err := config.Open(config.Source{Environ: []string{"WEILU_labels__a.b=1", "WEILU_labels__c=2"}})
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]int{"z": 26}
	f.Section("labels", &labels)
	if diff := cmp.Diff(map[string]int{"a.b": 1, "c": 2, "z": 26}, labels); f.Err() != nil || diff != "" {
		t.Error(f.Err(), diff)
	}
}

func TestAFileThatIsNamedMustBeThere(t *testing.T) {
	_, err := config.Open(config.Source{File: filepath.Join(t.TempDir(), "none.yaml")})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.yaml") {
		t.Error(err)
	}
}
