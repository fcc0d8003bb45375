// Package bottest holds the test kits for those who write features, whose transcripts it plays as tests, and for those who
// write transports, which must pass [Conform].
package bottest

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/transcript"
)

var update = flag.Bool("update", false, "rewrite the > lines of transcripts with what is said")

// Replay plays the transcript in the file to a World that build makes, as two subtests: "once", and "twice"
// with every event delivered twice, where the same must be said. Each expectation that fails is shown with
// its line. With -update the file is rewritten first; review its diff like prose. With -short there is only "twice", in
// which all that "once" plays happens and is judged too.
func Replay(t *testing.T, build transcript.Build, file string) {
	t.Helper()
	script := read(t, file)
	if *update {
		rewrite(t, build, script, file)
		script = read(t, file)
	}
	var once *transcript.Result
	if !testing.Short() {
		t.Run("once", func(t *testing.T) { once = play(t, build, script, transcript.Options{}) })
	}
	t.Run("twice", func(t *testing.T) {
		twice := play(t, build, script, transcript.Options{Twice: true})
		if once != nil {
			same(t, file, once.Said, twice.Said)
		}
	})
}

// ReplayAll is Replay for each file that matches the pattern, as a subtest of its own. It fails when none does.
func ReplayAll(t *testing.T, build transcript.Build, glob string) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil {
		t.Fatalf("find transcripts %s: %v", glob, err)
	}
	if len(files) == 0 {
		t.Fatalf("no transcript matches %s", glob)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".chat"), func(t *testing.T) { Replay(t, build, file) })
	}
}

func read(t *testing.T, file string) *transcript.Script {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := transcript.Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func play(t *testing.T, build transcript.Build, script *transcript.Script, opts transcript.Options) *transcript.Result {
	t.Helper()
	result, err := transcript.Run(t.Context(), script, build, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, failure := range result.Failures {
		t.Error(failure)
	}
	return result
}

func rewrite(t *testing.T, build transcript.Build, script *transcript.Script, file string) {
	t.Helper()
	result, err := transcript.Run(t.Context(), script, build, transcript.Options{Update: true})
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(file)
	if err == nil && !bytes.Equal(old, result.Updated) {
		err = os.WriteFile(file, result.Updated, 0o644)
	}
	if err != nil {
		t.Fatalf("update %s: %v", file, err)
	}
}

// same fails at the first thing that is said otherwise when every event comes twice.
func same(t *testing.T, file string, once, twice []transcript.Spoken) {
	t.Helper()
	if slices.EqualFunc(once, twice, equal) {
		return
	}
	for i := range max(len(once), len(twice)) {
		switch {
		case i >= len(twice):
			t.Fatalf("%s:%d: not said when every event comes twice:\n  - %s", file, once[i].Line, once[i])
		case i >= len(once):
			t.Fatalf("%s:%d: said only when every event comes twice:\n  + %s", file, twice[i].Line, twice[i])
		case !equal(once[i], twice[i]):
			t.Fatalf("%s:%d: said otherwise when every event comes twice (-once +twice):\n  - %s %s\n  + %s %s",
				file, once[i].Line, once[i].At, once[i], twice[i].At, twice[i])
		}
	}
}

func equal(a, b transcript.Spoken) bool {
	sameTime := a.At.Equal(b.At)
	a.At = b.At
	return sameTime && a == b
}
