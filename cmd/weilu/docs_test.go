package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// checkoutDir is the checkout, seen from this package.
const checkoutDir = "../.."

// TestExampleIsWhatInitWrites keeps docs/weilu.example.yaml equal to what weilu init writes. -update rewrites it.
func TestExampleIsWhatInitWrites(t *testing.T) {
	var want bytes.Buffer
	if err := example(&want); err != nil {
		t.Fatal(err)
	}
	mustBe(t, "docs/weilu.example.yaml", want.String())
}

// links are those of Markdown to files of the repository.
var links = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)\s]*)?\)`)

func TestLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	for _, name := range documents(t) {
		for _, m := range links.FindAllStringSubmatch(readDocument(t, name), -1) {
			target := path.Join(path.Dir(name), m[1])
			if _, err := os.Stat(filepath.Join(checkoutDir, target)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, target)
			}
		}
	}
}

// tables are names of tables as docs/storage.md lists them, and as migrations make them.
var (
	listedTable = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|")
	madeTable   = regexp.MustCompile(`CREATE TABLE ([a-z_]+) ?\(`)
)

func TestStorageDocumentListsEveryTable(t *testing.T) {
	var listed, made []string
	for _, m := range listedTable.FindAllStringSubmatch(readDocument(t, "docs/storage.md"), -1) {
		listed = append(listed, m[1])
	}
	for _, name := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range madeTable.FindAllStringSubmatch(readDocument(t, name), -1) {
			if !slices.Contains(made, m[1]) && !strings.HasSuffix(m[1], "_new") { // a migration renames those
				made = append(made, m[1])
			}
		}
	}
	for _, table := range made {
		if !slices.Contains(listed, table) {
			t.Errorf("docs/storage.md does not say what the table %s holds and how long", table)
		}
	}
	for _, table := range listed {
		if !slices.Contains(made, table) {
			t.Errorf("docs/storage.md lists the table %s, which nobody makes", table)
		}
	}
}

// tooLong is the number of lines at which a file surely holds two ideas. Most are 40 to 150; at 300 look for the second.
const tooLong = 400

func TestFilesAreShort(t *testing.T) {
	for _, name := range goFiles(t) {
		src, err := os.ReadFile(filepath.Join(checkoutDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), "\n"); n > tooLong {
			t.Errorf("%s has %d lines: a reader would thank you for a second file, where its second idea begins", name, n)
		}
	}
}

func TestTopLevelIsFixed(t *testing.T) {
	folders := []string{".ci", ".git", ".github", "bot", "cmd", "community", "config", "docs", "points", "tiers", "weilu-data"}
	vague := []string{"internal", "pkg", "store", "models", "types", "util", "utils", "common", "helpers", "manager", "misc"}
	entries, err := os.ReadDir(checkoutDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains(folders, e.Name()) {
			t.Errorf("%s/: the top level is fixed (docs/architecture.md): cmd, bot, community, points, tiers, config and docs", e.Name())
		}
		if strings.HasSuffix(e.Name(), ".go") {
			t.Errorf("%s: no Go file lies at the top level", e.Name())
		}
	}
	for _, name := range goFiles(t) {
		for _, part := range strings.Split(path.Dir(name), "/") {
			if slices.Contains(vague, part) {
				t.Errorf("%s: a folder called %q says nothing about what is in it", name, part)
			}
		}
	}
}

// documents are all Markdown files.
func documents(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.md", "docs/*.md", ".github/*.md"} {
		found, err := fs.Glob(os.DirFS(checkoutDir), pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	return names
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(checkoutDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

func goFiles(t *testing.T) []string {
	t.Helper()
	names, err := goFileNames()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func goFileNames() (names []string, err error) {
	err = fs.WalkDir(os.DirFS(checkoutDir), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || name == "weilu-data"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, ".go"):
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// pack is one of our packages without its tests.
type pack struct {
	dir   string
	files []*sourceFile
}

type sourceFile struct {
	name   string // from the checkoutDir
	set    *token.FileSet
	syntax *ast.File
}

// ourSource is everything that is compiled into the program and its test kits, whatever the build tags.
func ourSource(t *testing.T) []*pack {
	t.Helper()
	packs, err := parsedSource()
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

var parsedSource = sync.OnceValues(func() ([]*pack, error) {
	byDir := map[string]*pack{}
	set := token.NewFileSet()
	names, err := goFileNames()
	if err != nil {
		return nil, err
	}
	var packs []*pack
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, ".ci/") || strings.Contains(name, "/testdata/") {
			continue
		}
		syntax, err := parser.ParseFile(set, filepath.Join(checkoutDir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		dir := path.Dir(name)
		if byDir[dir] == nil {
			byDir[dir] = &pack{dir: dir}
			packs = append(packs, byDir[dir])
		}
		byDir[dir].files = append(byDir[dir].files, &sourceFile{name, set, syntax})
	}
	return packs, nil
})
