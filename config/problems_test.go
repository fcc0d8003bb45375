package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config"
)

func TestWhatIsWrongIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		environ []string
		set     map[string]string
		want    string
	}{
		"a misspelt key in the file":               {file: "points:\n  chekin: 7", want: `weilu.yaml:2: points.chekin: unknown key (did you mean "checkin"?)`},
		"a misspelt variable":                      {environ: []string{"WEILU_points__chekin=7"}, want: `WEILU_points__chekin: unknown key (did you mean "checkin"?)`},
		"a misspelt flag":                          {set: map[string]string{"points.chekin": "7"}, want: `--set points.chekin: unknown key (did you mean "checkin"?)`},
		"a hyphen for an underscore":               {file: "points: {day-start: 04:00}", want: `weilu.yaml:1: points.day-start: unknown key (did you mean "day_start"?)`},
		"a misspelt key deeper down":               {file: "points:\n  ladder:\n    - name: a\n      mim: 3", want: `weilu.yaml:4: points.ladder[0].mim: unknown key (did you mean "min"?)`},
		"an unknown key like no other":             {file: "points: {thanks: {frequency: 3}}", want: `weilu.yaml:1: points.thanks.frequency: unknown key; there is amount, cap`},
		"a misspelt section":                       {file: "pionts:\n  checkin: 3", want: `weilu.yaml:1: pionts: unknown section (did you mean "points"?)`},
		"a misspelt section of a variable":         {environ: []string{"WEILU_POINTS__checkin=3"}, want: `WEILU_POINTS__checkin: unknown section (did you mean "points"?)`},
		"one underscore for two":                   {environ: []string{"WEILU_points_checkin=3"}, want: `WEILU_points_checkin: expected WEILU_section__key, with two underscores between section and key`},
		"a variable that ends early":               {environ: []string{"WEILU_points__=3"}, want: `WEILU_points__: expected WEILU_section__key, with two underscores between section and key`},
		"a flag without a section":                 {set: map[string]string{"points": "3"}, want: `--set points: expected section.key=value`},
		"a flag with an empty key":                 {set: map[string]string{"points..a": "3"}, want: `--set points..a: expected section.key=value`},
		"text for a whole number":                  {file: "points: {checkin: many}", want: `weilu.yaml:1: points.checkin: expected a whole number, got many`},
		"a fraction for a whole number":            {file: "points: {checkin: 2.5}", want: `weilu.yaml:1: points.checkin: expected a whole number, got 2.5`},
		"full-width digits":                        {file: "points: {checkin: １５}", want: `weilu.yaml:1: points.checkin: expected a whole number in half-width digits: write 15, not １５`},
		"a leading zero":                           {file: "points: {checkin: 010}", want: `weilu.yaml:1: points.checkin: expected a whole number, got 010`},
		"a number that no int64 holds":             {file: "points: {checkin: 99999999999999999999}", want: `weilu.yaml:1: points.checkin: expected a whole number, got 99999999999999999999`},
		"a number too large for its field":         {file: "points: {small: 128}", want: `weilu.yaml:1: points.small: expected a whole number from -128 to 127, got 128`},
		"a negative number of things":              {file: "points: {places: -1}", want: `weilu.yaml:1: points.places: expected a whole number from 0 to 65535, got -1`},
		"a number that is none":                    {file: "points: {rate: .nan}", want: `weilu.yaml:1: points.rate: expected a number, got .nan`},
		"a boolean that is none":                   {file: "points: {open: 1}", want: `weilu.yaml:1: points.open: expected true or false, got 1`},
		"a duration without a unit":                {environ: []string{"WEILU_points__wait=90"}, want: `WEILU_points__wait: expected a duration with its unit, like 90s, 15m, 24h or 90d, got 90`},
		"a duration beyond all":                    {file: "points: {wait: 999999d}", want: `weilu.yaml:1: points.wait: expected a duration with its unit, like 90s, 15m, 24h or 90d, got 999999d`},
		"a time of day that is none":               {file: "points: {day_start: 25:00}", want: `weilu.yaml:1: points.day_start: expected a time of day, like 04:00 (got 25:00)`},
		"a key without a value":                    {file: "points:\n  timezone:", want: `weilu.yaml:2: points.timezone: expected text, got nothing`},
		"an empty variable for a number":           {environ: []string{"WEILU_points__checkin="}, want: `WEILU_points__checkin: expected a whole number, got nothing`},
		"a list for a number":                      {file: "points: {checkin: [1]}", want: `weilu.yaml:1: points.checkin: expected a whole number, got a list`},
		"keys for a number":                        {file: "points:\n  checkin:\n    a: 1", want: `weilu.yaml:2: points.checkin: expected a whole number; found keys below it`},
		"a number for keys":                        {file: "points: {inner: 3}", want: `weilu.yaml:1: points.inner: expected keys below it (pin, title, tags), found a single value`},
		"a number for a map":                       {file: "points: {names: 3}", want: `weilu.yaml:1: points.names: expected keys below it, found a single value`},
		"a single value for a list":                {file: "points: {groups: a}", want: `weilu.yaml:1: points.groups: expected a list, like [a, b], got a`},
		"keys for a list":                          {file: "points: {groups: {a: b}}", want: `weilu.yaml:1: points.groups: expected a list, like [a, b]; found keys below it`},
		"a union that refuses names its key":       {file: "points:\n  thanks: lots", want: `weilu.yaml:2: points.thanks.amount: "lots" is no number of points`},
		"a wrong value in brackets":                {environ: []string{"WEILU_points__ladder=[{min: x}]"}, want: `WEILU_points__ladder: points.ladder[0].min: expected a whole number, got x`},
		"brackets that don't close":                {environ: []string{"WEILU_points__ladder=[{min: 3}"}, want: `WEILU_points__ladder: not YAML: did not find expected ',' or ']'`},
		"a value that fails Validate":              {file: "points:\n  checkin: -1", want: `weilu.yaml:2: points.checkin: must not be negative`},
		"a variable that fails Validate":           {environ: []string{"WEILU_points__checkin=-1"}, want: `WEILU_points__checkin: must not be negative`},
		"Validate about an entry of a list":        {file: "points:\n  ladder:\n  - name: a\n  - min: -1", want: `weilu.yaml:4: points.ladder[1].min: must not be negative`},
		"Validate about a default":                 {file: "points:\n  thanks:\n    amount: 11", want: `weilu.yaml:2: points.thanks.cap: is less than amount`},
		"Validate about the section":               {set: map[string]string{"points.timezone": ""}, want: `points: timezone or place is needed`},
		"a mistake in the file that is overridden": {file: "points: {checkin: x}", environ: []string{"WEILU_points__checkin=3"}, want: `weilu.yaml:1: points.checkin: expected a whole number, got x`},
		"keys from outside over a single value":    {file: "points: {thanks: 3}", environ: []string{"WEILU_points__thanks__cap=4"}, want: `WEILU_points__thanks__cap: weilu.yaml:1 gives points.thanks as one value; set that, or write it with keys there`},
		"a variable within another":                {environ: []string{"WEILU_points__thanks__cap=4", "WEILU_points__thanks=4"}, want: `WEILU_points__thanks__cap: WEILU_points__thanks sets all of points.thanks already`},
		"a variable given twice over":              {environ: []string{"WEILU_points__lent=4", "WEILU_points__lent_FILE=/dev/null"}, want: `WEILU_points__lent_FILE: set WEILU_points__lent or WEILU_points__lent_FILE, not both`},
		"a file variable that can't be read":       {environ: []string{"WEILU_points__lent_FILE=/nowhere/it"}, want: `WEILU_points__lent_FILE: read the file it names: no such file or directory`},
		"a variable that is not text":              {environ: []string{"WEILU_points__lent=\xff"}, want: `WEILU_points__lent: not UTF-8 text`},
	} {
		t.Run(name, func(t *testing.T) {
			_, f := read(t, c.file, c.environ, c.set)
			if diff := cmp.Diff(c.want, errText(f.Err())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAllIsToldAtOnceInTheOrderOfTheFile(t *testing.T) {
	text := lines("shop: {}", "points:", "  zeta: 1", "  checkin: -4", "  checkin: 5", "  password: hunter2", "  wait: 5")
	_, f := read(t, text, []string{"WEILU_points__open=x", "WEILU_b__c=1"}, map[string]string{"points.small": "x"})
	want := lines(
		`weilu.yaml:1: shop: unknown section; there is points`,
		`weilu.yaml:3: points.zeta: unknown key`,
		`weilu.yaml:4: points.checkin: must not be negative`,
		`weilu.yaml:5: points.checkin: written twice (first on line 4)`,
		`weilu.yaml:6: points.password: a secret is not read from the file; set WEILU_points__password or WEILU_points__password_FILE`,
		`weilu.yaml:7: points.wait: expected a duration with its unit, like 90s, 15m, 24h or 90d, got 5`,
		`WEILU_b__c: unknown section; there is points`,
		`WEILU_points__open: expected true or false, got x`,
		`--set points.small: expected a whole number from -128 to 127, got x`,
	)
	if diff := cmp.Diff(want, errText(f.Err())); diff != "" {
		t.Error(diff)
	}
	var problems *config.Problems
	if !errors.As(f.Err(), &problems) {
		t.Fatal("no *Problems")
	}
	first := config.Problem{Source: "weilu.yaml", Line: 1, Key: "shop", Message: "unknown section; there is points"}
	if diff := cmp.Diff(first, problems.List[0]); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatSaysNothingIsTheOnlyProblem(t *testing.T) {
	var cfg settings
	f, err := config.Open(config.Source{File: file(t, "points: [")})
	if err != nil {
		t.Fatal(err)
	}
	f.Section("points", &cfg)
	if got := errText(f.Err()); strings.Count(got, "\n") > 0 || !strings.HasPrefix(got, "weilu.yaml:1: not YAML") {
		t.Error(got)
	}
}

func TestTwoReadersOfOneSectionAreToldApart(t *testing.T) {
	_, f := read(t, "", nil, nil)
	other := defaults()
	f.Section("points", &other)
	if got := errText(f.Err()); got != "points: two readers want this section" {
		t.Error(got)
	}
}
