package script_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/community/script"
)

const head = "name: a\ntitle: A\nsteps:\n" // steps begin in line 4

func TestEverythingThatIsWrongWithAScriptIsToldWithItsLine(t *testing.T) {
	post := "- {at: {after: 0m}, kind: post, text: hi}\n"
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"nothing":                     {"", []string{"line 1: it is empty"}},
		"only a comment":              {"# hm\n", []string{"line 1: it is empty"}},
		"a list":                      {"- a\n", []string{"line 1: expected keys here, like key: value"}},
		"two documents":               {head + post + "---\nname: b\n", []string{"line 5: one script at a time"}},
		"no YAML":                     {"name: a\n\tb: c\n", []string{"line 2: this is no YAML (found a tab character that violates indentation)"}},
		"missing keys":                {"name: a\n", []string{`line 1: "title" is missing`, `line 1: "steps" is missing`}},
		"an unknown key":              {head + post + "stepz: 1\n", []string{`line 5: unknown key "stepz"`}},
		"a key twice":                 {"name: b\n" + head + post, []string{`line 2: "name" is there twice`}},
		"an alias":                    {"name: a\ntitle: &t A\ndescription: *t\nsteps:\n" + post, []string{"line 2: anchors and aliases (& and *) are not supported", "line 3: anchors and aliases (& and *) are not supported"}},
		"a name of two words":         {"name: a b\ntitle: A\nsteps:\n" + post, []string{`line 1: a name is one word of letters, digits, - and _, 20 characters at the most, not "a b"`}},
		"an empty title":              {"name: a\ntitle: ''\nsteps:\n" + post, []string{"line 2: expected text here"}},
		"no title":                    {"name: a\ntitle:\nsteps:\n" + post, []string{"line 2: expected text here"}},
		"a title of two lines":        {"name: a\ntitle: |\n  A\n  B\nsteps:\n" + post, []string{"line 2: one line only"}},
		"a language nobody speaks":    {"language: fr\n" + head + post, []string{`line 1: one of zh, en, not "fr"`}},
		"no steps":                    {"name: a\ntitle: A\nsteps: []\n", []string{`line 3: expected a list here, each item with "- " in front`}},
		"steps that are no list":      {"name: a\ntitle: A\nsteps: {at: 1}\n", []string{`line 3: expected a list here, each item with "- " in front`}},
		"too many steps":              {head + strings.Repeat(post, 41), []string{"line 4: too many, or none; 40 at the most"}},
		"a step that is a word":       {head + "- hello\n", []string{"line 4: expected keys here, like key: value"}},
		"a step without anything":     {head + "- {}\n", []string{`line 4: "at" is missing`, `line 4: "kind" is missing`, `line 4: "text" is missing`}},
		"an unknown kind":             {head + "- {at: {after: 0m}, kind: shout, text: hi}\n", []string{`line 4: one of post, ask, collect, close, not "shout"`}},
		"a time of two kinds":         {head + "- {at: {after: 0m, time: '20:00'}, kind: post, text: hi}\n", []string{"line 4: at is either after (like 30m) or time (with day)"}},
		"a day without a time":        {head + "- {at: {day: 1}, kind: post, text: hi}\n", []string{"line 4: at is either after (like 30m) or time (with day)"}},
		"after and a day":             {head + "- {at: {day: 1, after: 1h}, kind: post, text: hi}\n", []string{"line 4: at is either after (like 30m) or time (with day)"}},
		"a day before the start":      {head + "- {at: {day: -1, time: '20:00'}, kind: post, text: hi}\n", []string{`line 4: a number from 0 to 365, not "-1"`}},
		"an hour that is none":        {head + "- {at: {time: '25:00'}, kind: post, text: hi}\n", []string{`line 4: a time like "20:00", in quotes, not "25:00"`}},
		"a span that is none":         {head + "- {at: {after: soon}, kind: post, text: hi}\n", []string{`line 4: a time span like 30m, 48h or 7d, a year at the most, not "soon"`}},
		"a span beyond a year":        {head + "- {at: {after: 400d}, kind: post, text: hi}\n", []string{`line 4: a time span like 30m, 48h or 7d, a year at the most, not "400d"`}},
		"an unknown variable":         {head + "- {at: {after: 0m}, kind: post, text: 'hi {{.Who}}'}\n", []string{`line 4: unknown variable "{{.Who}}"; there are the parameters, Group, Count, Names and Best`}},
		"a program":                   {head + "- {at: {after: 0m}, kind: post, text: '{{range .Names}}x{{end}}'}\n", []string{`line 4: unknown variable "{{range .Names}}x{{e…"; there are the parameters, Group, Count, Names and Best`}},
		"braces that are not opened":  {head + "- {at: {after: 0m}, kind: post, text: 'hi }}'}\n", []string{`line 4: unknown variable "}}"; there are the parameters, Group, Count, Names and Best`}},
		"a text that is too long":     {head + "- {at: {after: 0m}, kind: post, text: " + strings.Repeat("长", 1001) + "}\n", []string{"line 4: too long, 1000 characters at the most"}},
		"a hashtag that is a comment": {head + "- at: {after: 0m}\n  kind: post\n  text: say #hi# to all\n", []string{`line 6: "#hi# to all" would be dropped as a comment: put a text that holds # in quotes`}},
		"a script that is too long":   {head + post + "# " + strings.Repeat("长", 10_000), []string{"line 1: it is too long, 10000 characters at the most"}},
		"a parameter with a space":    {"parameters: {a b: c}\n" + head + post, []string{`line 1: a parameter's name is one word that begins with a letter, not "a b"`}},
		"a parameter of ours":         {"parameters: {Names: c}\n" + head + post, []string{`line 1: "Names" is taken; choose another name`}},
		"a parameter twice":           {"parameters:\n  x: c\n  x: d\n" + head + post, []string{`line 3: "x" is taken; choose another name`}},
		"a parameter that is a list":  {"parameters: {x: [c]}\n" + head + post, []string{"line 1: expected text here"}},
		"collecting nothing":          {head + "- {at: {after: 0m}, kind: collect, for: 1h, text: hi}\n", []string{"line 4: a collect step needs hashtag or picture, to know what to collect"}},
		"collecting without an end":   {head + "- {at: {after: 0m}, kind: collect, picture: true, text: hi}\n", []string{"line 4: collecting must end: give it for, or a close step after it"}},
		"an end without collecting":   {head + post + "- {at: {after: 1m}, kind: close, text: bye}\n", []string{"line 5: nothing is collected before this close"}},
		"collecting for too long":     {head + "- {at: {after: 0m}, kind: ask, for: 61d, text: hi}\n", []string{"line 4: for is 60 days at the most"}},
		"a hashtag of a post":         {head + "- {at: {after: 0m}, kind: post, text: hi, hashtag: x}\n", []string{`line 4: "hashtag" does not belong to a post step`}},
		"a picture of a question":     {head + "- {at: {after: 0m}, kind: ask, for: 1h, text: hi, picture: true}\n", []string{`line 4: "picture" does not belong to a ask step`}},
		"nothing of a post":           {head + "- {at: {after: 0m}, kind: post, text: hi, none: ho}\n", []string{`line 4: "none" does not belong to a post step`}},
		"a hashtag of two words":      {head + "- {at: {after: 0m}, kind: ask, for: 1h, text: hi, hashtag: a b}\n", []string{`line 4: a hashtag is one word, not "a b"`}},
		"points without a budget":     {head + "- {at: {after: 0m}, kind: ask, for: 1h, text: hi, points: 5}\n", []string{"line 4: points need a budget at the top, the most that one run pays"}},
		"points below one":            {"budget: 5\n" + head + "- {at: {after: 0m}, kind: ask, for: 1h, text: hi, points: -5}\n", []string{`line 5: a number from 1 to 1000, not "-5"`}},
		"a budget that is no number":  {"budget: much\n" + head + post, []string{`line 1: a number from 1 to 1000000, not "much"`}},
		"a picture that is no answer": {head + "- {at: {after: 0m}, kind: collect, for: 1h, text: hi, picture: perhaps}\n", []string{`line 4: one of true, false, not "perhaps"`, "line 4: a collect step needs hashtag or picture, to know what to collect"}},
		"several at once":             {"name: a\ntitel: A\nsteps:\n- {at: {after: x}, kind: post}\n", []string{`line 1: "title" is missing`, `line 2: unknown key "titel"`, `line 4: a time span like 30m, 48h or 7d, a year at the most, not "x"`, `line 4: "text" is missing`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := script.Parse(c.src)
			var got []string
			for _, p := range script.Problems(err) {
				got = append(got, p.Error())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAScriptIsRead(t *testing.T) {
	got, err := script.Parse(`
name: 晒单
title: 晒单周
description: 两天
parameters:
  谁:
  主题: 杯子
budget: 50
steps:
  - at: {day: 1, time: "20:00"}
    kind: collect
    hashtag: ["#晒单#", 晒]
    picture: true
    each: 2
    points: 5
    text: "{{.谁}} 和 {{ .主题 }}"
  - at: {after: 2d}
    kind: close
    grace: 1h
    too_late: 12h
    text: 谢谢 {{.Names}}
    none: 下次见
`)
	if err != nil {
		t.Fatal(err)
	}
	want := script.Script{
		Name: "晒单", Title: "晒单周", Description: "两天", Budget: 50, Parameters: []script.Parameter{{Name: "谁", Required: true}, {Name: "主题", Default: "杯子"}},
		Steps: []script.Step{
			{At: script.At{Day: 1, Clock: 20 * time.Hour, Dated: true}, Kind: script.Collect, Tags: []string{"晒单", "晒"}, Picture: true, Most: 2, Points: 5,
				Text: "{{.谁}} 和 {{ .主题 }}", Grace: 30 * time.Minute, TooLate: 6 * time.Hour},
			{At: script.At{After: 48 * time.Hour}, Kind: script.Close, Most: 1, Text: "谢谢 {{.Names}}", None: "下次见", Grace: time.Hour, TooLate: 12 * time.Hour},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheScriptsThatComeWithTheProgramAreSound(t *testing.T) {
	var names []string
	for _, sc := range script.Embedded() {
		names = append(names, sc.Name)
	}
	if diff := cmp.Diff([]string{"founder-meetup", "主理人见面会", "unboxing-challenge", "开箱挑战"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestFilesOfTheConfigurationAreReadFromItsFolder(t *testing.T) {
	dir := t.TempDir()
	write := func(file, src string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := head + "- {at: {after: 0m}, kind: post, text: hi}\n"
	write("good.yaml", good)
	write("same.yaml", good)
	write("bad.yaml", "name: a\n")
	cfg := script.Config{Files: []string{"good.yaml"}}
	if err := cfg.Load(dir); err != nil {
		t.Error(err)
	}
	cfg.Files = []string{"good.yaml", "bad.yaml", "same.yaml", "none.yaml"}
	err := cfg.Load(dir)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{`bad.yaml: line 1: "title" is missing`, `bad.yaml: line 1: "steps" is missing`, "good.yaml and same.yaml are both called a", "none.yaml"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told:\n%s", want, err)
		}
	}
	if (script.Config{Files: []string{""}}).Validate() == nil {
		t.Error("a file without a name is fine")
	}
}
