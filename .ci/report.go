//go:build ignore

// Command report reads what go test -json prints and tells a person what matters: the result of each package,
// the output of the tests that failed, and which tests were skipped. It fails when a test failed, when none
// ran, and when one was skipped that the list of -skips does not name.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

const module = "github.com/weilu-im/weilu/"

type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

type key struct{ pkg, test string }

func main() {
	file := flag.String("skips", "", "file of skips that are right: package test reason")
	flag.Parse()
	allowed, err := readSkips(*file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	r := &report{output: map[key][]string{}, allowed: allowed, used: map[string]bool{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var ev event
		if err := json.Unmarshal(lines.Bytes(), &ev); err != nil {
			fmt.Println(lines.Text()) // not a line of go test: never swallow it
			continue
		}
		r.take(ev)
	}
	if err := lines.Err(); err != nil {
		fmt.Println(err)
		r.bad = true
	}
	r.close()
}

func readSkips(name string) (map[string]string, error) {
	allowed := map[string]string{}
	if name == "" {
		return allowed, nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for i, line := range strings.Split(string(src), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 3 {
			return nil, fmt.Errorf("%s:%d: a line is package, test and reason", name, i+1)
		}
		allowed[words[0]+" "+words[1]] = strings.Join(words[2:], " ")
	}
	return allowed, nil
}

type report struct {
	output  map[key][]string
	allowed map[string]string
	used    map[string]bool
	skipped []string
	passed  int
	failed  int
	bad     bool
}

func (r *report) take(ev event) {
	k := key{ev.Package, ev.Test}
	switch ev.Action {
	case "output":
		r.output[k] = append(r.output[k], ev.Output)
	case "build-output":
		fmt.Print(ev.Output)
	case "build-fail":
		r.bad = true
	case "pass":
		r.ended(ev, "ok")
	case "fail":
		r.ended(ev, "FAIL")
	case "skip":
		r.skip(ev)
	}
}

func (r *report) ended(ev event, verdict string) {
	k := key{ev.Package, ev.Test}
	defer delete(r.output, k)
	if ev.Test != "" {
		if verdict == "ok" {
			r.passed++
			return
		}
		r.failed++
		fmt.Print(strings.Join(r.output[k], ""))
		return
	}
	if verdict == "FAIL" {
		r.bad = true
		r.unfinished(ev.Package)
		for _, line := range r.output[k] {
			if !strings.HasPrefix(line, "FAIL\t") && line != "FAIL\n" {
				fmt.Print(line)
			}
		}
	}
	fmt.Printf("%-4s\t%s\t%.3fs\n", verdict, ev.Package, ev.Elapsed)
}

// unfinished shows what tests said that never ended: where the process died.
func (r *report) unfinished(pkg string) {
	for k, lines := range r.output {
		if k.pkg == pkg && k.test != "" {
			fmt.Print(strings.Join(lines, ""))
			delete(r.output, k)
		}
	}
}

func (r *report) skip(ev event) {
	k := key{ev.Package, ev.Test}
	defer delete(r.output, k)
	if ev.Test == "" {
		fmt.Printf("?   \t%s\t[no test files]\n", ev.Package)
		return
	}
	name := strings.TrimPrefix(ev.Package, module) + " " + ev.Test
	if _, ok := r.allowed[name]; ok {
		r.used[name] = true
		return
	}
	why := ""
	for _, line := range r.output[k] {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			why += " " + line
		}
	}
	r.skipped = append(r.skipped, name+":"+why)
}

func (r *report) close() {
	slices.Sort(r.skipped)
	for _, s := range r.skipped {
		fmt.Println("skipped " + s)
	}
	fmt.Printf("%d tests passed, %d failed, %d skipped, %d skipped as listed\n", r.passed, r.failed, len(r.skipped), len(r.used))
	if r.bad || r.failed > 0 || len(r.skipped) > 0 || r.passed == 0 {
		os.Exit(1)
	}
}
