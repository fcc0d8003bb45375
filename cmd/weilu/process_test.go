package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program: in a process that is called weilu it is main.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"weilu": main, "weilu-hurried": hurried})
}

// deadline is how long anything that a test waits for may take.
const deadline = 60 * time.Second

// outLine is one line of a jsonl transport's output.
type outLine struct {
	Ack   string `json:"ack"`
	Say   string `json:"say"`
	Chat  string `json:"chat"`
	To    string `json:"to"`
	Error string `json:"error"`
	Line  int    `json:"line"`
	ID    string `json:"id"`
}

// lines collects what a process writes and wakes those who wait for some of it.
type lines struct {
	mu    sync.Mutex
	all   []string
	ended bool
	news  chan struct{} // closed and made anew at each change
}

func newLines() *lines { return &lines{news: make(chan struct{})} }

func (l *lines) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	close(l.news)
	l.news = make(chan struct{})
}

// collect reads until the end and calls add for each line first, if it is not nil.
func (l *lines) collect(r io.Reader, add func(string)) {
	in := bufio.NewReader(r)
	for {
		s, err := in.ReadString('\n')
		if err == nil {
			s = strings.TrimSuffix(s, "\n")
			if add != nil {
				add(s)
			}
			l.change(func() { l.all = append(l.all, s) })
			continue
		}
		l.change(func() { l.ended = true }) // half a line of a killed process says nothing
		return
	}
}

// wait returns when ok holds of all lines so far. It fails at the deadline and when the lines end before.
func (l *lines) wait(t *testing.T, what string, ok func(all []string) bool) {
	t.Helper()
	timeout := time.After(deadline)
	for {
		l.mu.Lock()
		all, ended, news := l.all[:len(l.all):len(l.all)], l.ended, l.news
		l.mu.Unlock()
		if ok(all) {
			return
		}
		if ended {
			t.Fatalf("the program ended before %s; its last lines: %q", what, all[max(0, len(all)-5):])
		}
		select {
		case <-news:
		case <-timeout:
			t.Fatalf("no %s within %s; the last lines: %q", what, deadline, all[max(0, len(all)-5):])
		}
	}
}

// process is the real program as a process, talking jsonl.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *lines
	errs *lines
	read sync.WaitGroup

	mu    sync.Mutex
	acked map[string]int // how often each id was acknowledged
	said  []outLine
	bad   []outLine
}

// startBot runs `weilu run --transport jsonl` on dir.
func startBot(t *testing.T, dir string, env ...string) *process {
	t.Helper()
	b := &process{t: t, out: newLines(), errs: newLines(), acked: map[string]int{}}
	b.cmd = exec.Command("weilu", "run", "--transport", "jsonl", "--data", dir)
	b.cmd.Env = append(os.Environ(), env...)
	b.cmd.Dir = t.TempDir()
	var err error
	if b.in, err = b.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	errs, err := b.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.read.Go(func() { b.out.collect(out, b.hear) })
	b.read.Go(func() { b.errs.collect(errs, nil) })
	t.Cleanup(func() {
		if b.cmd.ProcessState == nil {
			b.kill()
		}
	})
	return b
}

func (b *process) hear(s string) {
	var o outLine
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		b.t.Errorf("output is no JSON: %q", s)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case o.Ack != "":
		b.acked[o.Ack]++
	case o.Error != "":
		b.bad = append(b.bad, o)
	default:
		b.said = append(b.said, o)
	}
}

// send writes lines. It tells false when the program does not read any more.
func (b *process) send(list ...string) bool {
	if in, ok := b.in.(interface{ SetWriteDeadline(time.Time) error }); ok {
		_ = in.SetWriteDeadline(time.Now().Add(deadline)) // without a deadline it only waits longer
	}
	_, err := io.WriteString(b.in, strings.Join(list, "\n")+"\n")
	return err == nil
}

// event is a line of the import format, from fields and values in turn.
func event(id, at string, kv ...any) string {
	fields := map[string]any{"id": id, "time": at}
	for i := 0; i < len(kv); i += 2 {
		fields[kv[i].(string)] = kv[i+1]
	}
	line, err := json.Marshal(fields)
	if err != nil {
		panic(err) // tests write what can be marshalled
	}
	return string(line)
}

func (b *process) isAcked(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.acked[id] > 0
}

func (b *process) ackedIDs() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := make(map[string]int, len(b.acked))
	for id, n := range b.acked {
		c[id] = n
	}
	return c
}

// words is everything said so far.
func (b *process) words() []outLine {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.said)
}

func (b *process) waitAcks(ids ...string) {
	b.t.Helper()
	b.out.wait(b.t, fmt.Sprintf("acknowledgement of %d events", len(ids)), func([]string) bool {
		for _, id := range ids {
			if !b.isAcked(id) {
				return false
			}
		}
		return true
	})
}

// waitSaid waits until something said holds and answers it.
func (b *process) waitSaid(what string, ok func(outLine) bool) (found outLine) {
	b.t.Helper()
	b.out.wait(b.t, what, func([]string) bool {
		i := slices.IndexFunc(b.words(), ok)
		if i >= 0 {
			found = b.words()[i]
		}
		return i >= 0
	})
	return found
}

// finish ends the input and waits for a clean end.
func (b *process) finish() {
	b.t.Helper()
	if err := b.in.Close(); err != nil {
		b.t.Error(err)
	}
	if code := b.wait(); code != 0 {
		b.t.Fatalf("the program ended with %d: %q", code, b.errs.all)
	}
}

// wait answers the exit code, -1 after a signal.
func (b *process) wait() int {
	b.t.Helper()
	done := make(chan struct{})
	go func() { b.read.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(deadline):
		b.t.Error("the program does not end")
		_ = b.cmd.Process.Kill()
		<-done
	}
	_ = b.cmd.Wait() // the state tells more
	return b.cmd.ProcessState.ExitCode()
}

// kill is kill -9.
func (b *process) kill() {
	_ = b.cmd.Process.Kill()
	b.wait()
}

// weilu runs the program to its end.
func weilu(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command("weilu", args...)
	cmd.Dir = t.TempDir()
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// read runs a command that must succeed and decodes the JSON that it prints.
func read[T any](t *testing.T, args ...string) (v T) {
	t.Helper()
	out, errs, code := weilu(t, "", args...)
	if code != 0 {
		t.Fatalf("weilu %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("weilu %s: %v in %s", strings.Join(args, " "), err, out)
	}
	return v
}
