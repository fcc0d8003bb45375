package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/config"
)

// till has secrets of kinds that report what they were given.
type till struct {
	Pin   int     `yaml:"pin" secret:"true"`
	Time  clock   `yaml:"time" secret:"true"`
	Key   chatty  `yaml:"key" secret:"true"`
	Sum   thanks  `yaml:"sum" secret:"true"`
	Desks []desk  `yaml:"desks"`
	Spare *string `yaml:"spare" secret:"true"`
}

type desk struct {
	Pass string `yaml:"pass" secret:"true"`
	Seat int    `yaml:"seat"`
}

type chatty string

func (chatty) UnmarshalText(text []byte) error { return fmt.Errorf("I got %s", text) }

func (c till) Validate() error {
	if c.Spare != nil {
		return errors.New("not " + *c.Spare)
	}
	return nil
}

func TestASecretIsNeverShown(t *testing.T) {
	const secret = "hunter2"
	for _, key := range []string{"pin", "time", "key", "sum", "spare", "desks"} {
		value := secret
		if key == "desks" {
			value = "[{pass: hunter2, seat: x}]"
		}
		for name, src := range map[string]config.Source{
			"the file":        {File: file(t, "till:\n  "+key+": "+value+"\n")},
			"the environment": {Environ: []string{"WEILU_till__" + key + "=" + value}},
			"a file variable": {Environ: []string{"WEILU_till__" + key + "_FILE=" + value}},
			"a flag":          {Set: map[string]string{"till." + key: value}},
		} {
			f, err := config.Open(src)
			if err != nil {
				t.Fatal(err)
			}
			var cfg till
			f.Section("till", &cfg)
			var out bytes.Buffer
			if err := f.Print(&out); err != nil {
				t.Fatal(err)
			}
			all := fmt.Sprintf("%v\n%s\n%v %+v %#v", f.Err(), out.String(), f, f, f)
			if strings.Contains(all, secret) || f.Err() == nil {
				t.Errorf("%s in %s: %s", key, name, all)
			}
			if name == "the file" && !strings.Contains(all, "a secret is not read from the file") {
				t.Errorf("%s in %s: %s", key, name, all)
			}
			if name == "a flag" && !strings.Contains(all, "a secret is not read from flags") {
				t.Errorf("%s in %s: %s", key, name, all)
			}
		}
	}
}

func TestASecretInTheFileIsToldEvenWhenItIsOverridden(t *testing.T) {
	cfg, f := read(t, "points:\n  password: hunter2\n", []string{"WEILU_points__password=other"}, nil)
	want := "weilu.yaml:2: points.password: a secret is not read from the file; set WEILU_points__password or WEILU_points__password_FILE"
	if got := errText(f.Err()); got != want || cfg.Password != "other" {
		t.Error(got, cfg.Password)
	}
}

func TestValidateMayQuoteASecretAndNobodySeesIt(t *testing.T) {
	_, f := read(t, "", []string{"WEILU_points__password=wrong horse"}, nil)
	if got := errText(f.Err()); got != `WEILU_points__password: "********" is well known` {
		t.Error(got)
	}
}

// pair repeats its secrets in its errors.
type pair struct {
	Short string `yaml:"short" secret:"true"`
	Long  string `yaml:"long" secret:"true"`
	Desks []desk `yaml:"desks"`
}

func (c pair) Validate() error {
	var errs []error
	for _, d := range c.Desks {
		errs = append(errs, errors.New("desk "+d.Pass))
	}
	return errors.Join(append(errs, errors.New("long "+c.Long))...)
}

func TestASecretThatBeginsAnotherLeavesNothingOfIt(t *testing.T) {
	f, err := config.Open(config.Source{Environ: []string{
		"WEILU_pair__short=hunter", "WEILU_pair__long=hunter2", "WEILU_pair__desks=[{pass: swordfish}]",
	}})
	if err != nil {
		t.Fatal(err)
	}
	var cfg pair
	f.Section("pair", &cfg)
	if got := errText(f.Err()); got != "pair: desk ********\npair: long ********" {
		t.Error(got)
	}
}
