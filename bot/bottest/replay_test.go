package bottest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/transcript"
)

// parrot is a World that repeats what it hears in a group, and tells in private how much that was. A
// forgetful one doesn't know an event again.
type parrot struct {
	forgetful bool
	seen      map[string]bool
	heard     int
	said      []transcript.Said
}

func build(_ context.Context, settings map[string]string, _ time.Time) (transcript.World, error) {
	return &parrot{forgetful: settings["forgetful"] != "", seen: map[string]bool{}}, nil
}

func (p *parrot) Advance(context.Context, time.Time) error                       { return nil }
func (p *parrot) Sleep(context.Context, time.Time) error                         { return nil }
func (p *parrot) Appoint(context.Context, bot.Person, bot.Role, time.Time) error { return nil }
func (p *parrot) Zone() *time.Location                                           { return time.UTC }
func (p *parrot) Close() error                                                   { return nil }

func (p *parrot) Said(context.Context) ([]transcript.Said, error) {
	said := p.said
	p.said = nil
	return said, nil
}

func (p *parrot) Deliver(_ context.Context, batch []bot.Event) error {
	for _, ev := range batch {
		if ev.Kind != bot.Message || p.seen[ev.ID] && !p.forgetful {
			continue
		}
		p.seen[ev.ID] = true
		said := transcript.Said{At: ev.At, Chat: ev.Chat, Text: ev.Text}
		if ev.Private {
			said = transcript.Said{At: ev.At, To: ev.From.User, Text: strconv.Itoa(p.heard)}
		} else {
			p.heard++
		}
		p.said = append(p.said, said)
	}
	return nil
}

func TestReplay(t *testing.T) { bottest.Replay(t, build, "testdata/greet.chat") }

func TestReplayAll(t *testing.T) { bottest.ReplayAll(t, build, "testdata/*.chat") }

// TestOutside is run by the other tests, in a process of its own, on the files that the variable names.
func TestOutside(t *testing.T) {
	if glob := os.Getenv("BOTTEST_GLOB"); glob != "" {
		bottest.ReplayAll(t, build, glob)
	}
}

// outside plays a transcript in a process of its own and gives what it prints, and the file afterwards.
func outside(t *testing.T, src string, args ...string) (output, after string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "story.chat")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], append(args, "-test.run=^TestOutside$", "-test.v")...)
	cmd.Env = append(os.Environ(), "BOTTEST_GLOB="+file)
	printed, _ := cmd.CombinedOutput() // a test that fails is what is looked for
	left, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(printed), string(left)
}

func TestAFailureFailsTheTestAndShowsTheDifference(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want []string
	}{
		"other words": {"[g] a: b\n> [g] c\n", []string{"story.chat:2: it says something else (-want +got):",
			"- > [g] c", "+ > [g] b", "--- FAIL: TestOutside/story/once", "--- FAIL: TestOutside/story/twice"}},
		"words said twice, expected": {"! set forgetful=1\n[g] a: b\n> [g] b\n", []string{
			"story.chat:2: it says more than is expected", "--- PASS: TestOutside/story/once", "--- FAIL: TestOutside/story/twice"}},
		"words said twice, not expected": {"! set forgetful=1\n[g] a: b\n", []string{
			"story.chat:2: said only when every event comes twice:", "+ > [g] b", "--- FAIL: TestOutside/story/twice"}},
		"no sense": {"[g] a dances\n", []string{`story.chat:1: unknown verb "dances"`, "--- FAIL: TestOutside/story"}},
	} {
		t.Run(name, func(t *testing.T) {
			output, after := outside(t, c.src)
			for _, want := range c.want {
				if !strings.Contains(output, want) {
					t.Errorf("%q is not in\n%s", want, output)
				}
			}
			if after != c.src {
				t.Errorf("the file was changed to\n%s", after)
			}
		})
	}
}

func TestUpdateRewritesTheFileAndThenHolds(t *testing.T) {
	output, after := outside(t, "# x\n[g] a: b\n> [g] c\n", "-update")
	if want := "# x\n[g] a: b\n> [g] b\n"; after != want {
		t.Errorf("got %q, want %q", after, want)
	}
	if !strings.Contains(output, "--- PASS: TestOutside/story/twice") {
		t.Error(output)
	}
}

func TestNoFileIsAFailure(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOutside$")
	cmd.Env = append(os.Environ(), "BOTTEST_GLOB=testdata/none*.chat")
	if printed, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(printed), "no transcript matches testdata/none*.chat") {
		t.Errorf("%v %s", err, printed)
	}
}
