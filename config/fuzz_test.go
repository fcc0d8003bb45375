package config_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/config"
)

// No input makes the package panic or show a secret, and what was read without a problem is read
// again from its own example.
func FuzzOpen(f *testing.F) {
	f.Add("points: {checkin: 5}\n", "checkin", "7")
	f.Add("points:\n  thanks: {amount: 2}\n  ladder: [{name: a}]\n", "ladder", "[{min: 3}]")
	f.Add("points:\n  names: {a: \"b\\n\"}\n  wait: 90d\n  day_start: 04:00\n", "names__x", "{}")
	f.Add("a: &a [*a]\n<<: *a\n7: x\n", "thanks", "{cap: 1}")
	f.Add("points:\n\t? [a]\n: b\n", "", "")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text, key, value string) {
		const secret = "hunter2-never-shown"
		name := filepath.Join(dir, fmt.Sprintf("%d.yaml", os.Getpid()))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readBoth(name, []string{"WEILU_points__" + key + "=" + value, "WEILU_points__password=" + secret})
		if strings.Contains(errText(err), secret) {
			t.Fatal(err)
		}
		if err != nil {
			return
		}
		again := example(t, got)
		if err := os.WriteFile(name, []byte(again), 0o600); err != nil {
			t.Fatal(err)
		}
		second, err := readBoth(name, []string{"WEILU_points__password=" + got.Password, "WEILU_points__inner__pin=" + fmt.Sprint(got.Inner.Pin)})
		if diff := cmp.Diff(got, second, exactly, empties); err != nil || diff != "" {
			t.Fatalf("%v\n%s\n%s", err, diff, again)
		}
	})
}

func readBoth(name string, environ []string) (settings, error) {
	f, err := config.Open(config.Source{File: name, Environ: environ})
	if err != nil {
		return settings{}, err
	}
	cfg := defaults()
	f.Section("points", &cfg)
	var shop struct{}
	f.Section("shop", &shop)
	if err := f.Print(new(bytes.Buffer)); err != nil {
		return cfg, err
	}
	return cfg, f.Err()
}
