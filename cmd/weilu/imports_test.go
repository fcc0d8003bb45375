package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is the path of this program's own packages.
const module = "github.com/weilu-im/weilu/"

// importRule says what packages may import of ours. The first rule whose pattern fits a package holds for it.
type importRule struct {
	from    string // as path.Match has it
	may     []string
	because string
}

const (
	leaf      = "a leaf that knows another leaf can't be tested or replaced alone"
	translate = "transports and the schedule translate; they decide nothing"
	trunk     = "the trunk reads no configuration and no storage; it is handed values"
	meet      = "features meet in the words of community, not in each other; cmd wires them"
	asKit     = "it is a test kit: what it needs, a released program does not link"
)

// importRules are the table of docs/architecture.md.
var importRules = []importRule{
	{"bot", nil, leaf},
	{"bot/transcript", []string{"bot"}, "transcripts know the machine and no community: a World is handed to them"},
	{"bot/bottest", []string{"bot", "bot/transcript"}, "the kit of feature authors knows the machine only"},
	{"bot/wechat/wechattest", nil, "the server that stands for WeChat must not share its client's mistakes"},
	{"bot/onebot/onebottest", nil, "what stands for an implementation must not share its client's mistakes"},
	{"bot/*", []string{"bot"}, translate},
	{"points", nil, leaf},
	{"tiers", nil, leaf},
	{"config", nil, leaf},
	{"config/database", nil, leaf},
	{"config/database/dbtest", []string{"config/database"}, asKit},
	{"community", []string{"bot", "points", "tiers"}, trunk},
	{"community/stage", []string{"bot", "bot/transcript", "community"}, "a stage runs any features, so it knows none"},
	{"community/communitytest", []string{"*", "*/*", "*/*/*"}, asKit},
	{"community/draw", nil, "pictures are lines and letters: they know no community"},
	{"community/uplift", nil, "statistics are numbers: they know no community"},
	{"community/*", []string{"community", "community/draw", "community/uplift", "bot", "points", "tiers"}, meet},
	{"cmd/weilu", []string{"bot", "bot/*", "community", "community/*", "config", "config/database", "points", "tiers"},
		"cmd wires everything together, but for the test kits"},
}

// kits are packages that only tests import.
var kits = []string{"bot/bottest", "bot/onebot/onebottest", "bot/wechat/wechattest", "community/communitytest", "config/database/dbtest"}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	for _, p := range ourSource(t) {
		rule, ok := ruleFor(p.dir)
		if !ok {
			t.Errorf("%s stands in no rule: say in cmd/weilu/imports_test.go and docs/architecture.md what it may import, and why", p.dir)
			continue
		}
		for _, imported := range p.ours() {
			if slices.Contains(kits, imported) && !slices.Contains(kits, p.dir) {
				t.Errorf("%s imports %s: %s", p.dir, imported, asKit)
			} else if !slices.ContainsFunc(rule.may, func(pattern string) bool { return fits(pattern, imported) }) {
				t.Errorf("%s imports %s; it may import of ours %s, because %s", p.dir, imported, spelled(rule.may), rule.because)
			}
		}
	}
}

// importerRule says where libraries may be imported, apart from tests: their types and traps stay in one place,
// and they can be replaced. A library that stands in no rule may have one importer, whichever that is.
type importerRule struct {
	libs    []string // modules, or what several begin with
	in      []string
	because string
}

var importerRules = []importerRule{
	{[]string{"gorm.io/gorm"}, []string{"*", "*/*", "*/*/*"}, "storage is handed around as *gorm.DB"},
	{[]string{"github.com/go-gormigrate"}, []string{"*", "*/*", "*/*/*"}, "migrations are part of a feature, as data"},
	{[]string{"go.yaml.in/yaml"}, []string{"bot", "config", "community/script", "community/topic"}, "catalogues, configuration, scripts and topics are YAML"},
	{[]string{"golang.org/x/text"}, []string{"bot", "community"}, "the machine folds words, and the community folds names"},
	{[]string{"github.com/eatmoreapple/openwechat"}, []string{"bot/wechat"}, "only the transport knows WeChat's client"},
	{[]string{"github.com/coder/websocket"}, []string{"bot/onebot", "bot/onebot/onebottest"}, "the transport and, without its code, what stands for the other side"},
	{[]string{"github.com/go-co-op/gocron", "github.com/robfig/cron"}, []string{"bot/schedule"}, "only the schedule knows when something is due"},
	{[]string{"github.com/nicksnyder/go-i18n"}, []string{"bot"}, "features say r.T(key)"},
	{[]string{"github.com/xuri/excelize"}, []string{"community"}, "only ReadTable opens what others hand in"},
	{[]string{"github.com/petar-dambovaliev/aho-corasick"}, []string{"community"}, "only the word lists match many words"},
	{[]string{"github.com/mozillazg/go-pinyin"}, []string{"community"}, "only the search for members spells names"},
	{[]string{"github.com/rivo/uniseg"}, []string{"community", "community/draw", "cmd/weilu"}, "names are cut by what people see, and terminals are as wide as that"},
	{[]string{"golang.org/x/image", "github.com/hajimehoshi/bitmapfont"}, []string{"community/draw"}, "only draw knows fonts and pixels"},
	{[]string{"rsc.io/qr"}, []string{"bot/wechat", "community/draw"}, "a login and a poster are read by phones"},
	{[]string{"github.com/knadh/koanf"}, []string{"config"}, "only config reads configuration"},
	{[]string{"modernc.org/sqlite", "github.com/mattn/go-sqlite3", "gorm.io/driver"}, []string{"config/database"}, "only config/database opens databases"},
	{[]string{"github.com/jackc/pgx"}, []string{"config/database", "config/database/dbtest"}, "dbtest makes the databases that tests open"},
	{[]string{"github.com/alecthomas/kong", "github.com/lmittmann/tint", "github.com/mattn/go-isatty", "github.com/schollz/progressbar"},
		[]string{"cmd/weilu"}, "only cmd has a command line and knows terminals"},
	{[]string{"github.com/prometheus"}, []string{"cmd/weilu"}, "only cmd knows who watches the program"},
	{[]string{"github.com/go-chi/chi"}, []string{"bot/playground", "community/console"}, "both serve pages, and neither knows the other"},
	{[]string{"github.com/chromedp", "github.com/PuerkitoBio/goquery", "github.com/google/go-cmp", "github.com/rogpeppe/go-internal", "github.com/makiuchi-d/gozxing",
		"go.uber.org/goleak", "pgregory.net/rapid"}, nil, "it is for tests"},
}

func importerRuleFor(lib string) (importerRule, bool) {
	for _, r := range importerRules {
		if slices.ContainsFunc(r.libs, func(begin string) bool { return lib == begin || strings.HasPrefix(lib, begin+"/") }) {
			return r, true
		}
	}
	return importerRule{}, false
}

func TestEachLibraryHasOneImporter(t *testing.T) {
	modules := requirements(t)
	seen := map[string][]string{}
	for _, p := range ourSource(t) {
		for _, imported := range p.imports() {
			lib := moduleOf(modules, imported)
			if lib == "" || slices.Contains(seen[lib], p.dir) {
				continue
			}
			seen[lib] = append(seen[lib], p.dir)
			rule, known := importerRuleFor(lib)
			if known && !slices.ContainsFunc(rule.in, func(pattern string) bool { return fits(pattern, p.dir) }) {
				t.Errorf("%s imports %s; only %s may, because %s", p.dir, lib, spelled(rule.in), rule.because)
			}
		}
	}
	for lib, in := range seen {
		if _, known := importerRuleFor(lib); !known && len(in) > 1 {
			t.Errorf("%s is imported by %s; a library has one importer, so that it can be replaced: choose one, or say in importerRules why not", lib, spelled(in))
		}
	}
}

// restricted is something that only some packages may do.
type restricted struct {
	pkg     string   // path of the package that has it
	names   []string // its functions
	in      []string // packages or files that may
	because string
}

var restrictions = []restricted{
	{"context", []string{"Background", "TODO"}, []string{"cmd/weilu", "config/database", "config/database/dbtest", "bot/onebot/onebottest"},
		"ctx carries the transaction: without it a handler waits for itself on SQLite. (config/database must send COMMIT, " +
			"ROLLBACK and its last checkpoint also when the caller's ctx has ended)"},
	{"time", []string{"Now", "Since", "Until"}, []string{
		"cmd/weilu", "config/database", "config/database/dbtest", "bot/schedule", "bot/jsonl", "bot/playground", "bot/wechat", "bot/onebot",
		"bot/wechat/wechattest", "bot/onebot/onebottest", "bot/courier.go", "bot/bottest/conform.go", "bot/bottest/conform_say.go"},
		"time is an argument: handlers read r.At, and only transports, the schedule and the courier read real time"},
	{"math/rand/v2", randomNames, []string{"bot/wechat/guard_pulse.go", "bot/onebot/dial.go"},
		"chance is an argument: handlers use r.Rand(), which is the same in every replay; only a transport's waits are real chance"},
	{"math/rand", append([]string{"Seed", "Intn", "Int63"}, randomNames...), nil, "chance is an argument: handlers use r.Rand()"},
}

var randomNames = []string{"Int", "IntN", "Int64", "Int64N", "Int32N", "N", "Uint64", "Uint32", "Float64", "Float32", "Perm", "Shuffle", "NormFloat64"}

func TestTimeChanceAndContextAreArguments(t *testing.T) {
	for _, p := range ourSource(t) {
		for _, f := range p.files {
			for _, c := range restrictions {
				if slices.Contains(c.in, p.dir) || slices.Contains(c.in, f.name) {
					continue
				}
				for _, at := range f.uses(c) {
					t.Errorf("%s: %s.%s: %s", at.where, path.Base(strings.TrimSuffix(c.pkg, "/v2")), at.what, c.because)
				}
			}
		}
	}
}

// mutable are package variables that change, with the reason why they may.
var mutable = map[string]string{
	"config/database.rebound": "remembers translations of the program's own constants, and is safe for concurrent use",
}

func TestPackagesHaveNoInitAndNoState(t *testing.T) {
	for _, p := range ourSource(t) {
		if slices.Contains(kits, p.dir) {
			continue
		}
		vars := map[string]token.Position{}
		for _, f := range p.files {
			for _, decl := range f.syntax.Decls {
				switch d := decl.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						t.Errorf("%s: func init: what happens on import happens to everybody; make it a New(...) that cmd calls", f.at(d))
					}
				case *ast.GenDecl:
					if d.Tok == token.VAR {
						f.variables(t, p, d, vars)
					}
				}
			}
		}
		for _, f := range p.files {
			for _, name := range f.changes(vars) {
				t.Errorf("%s: %s.%s is a package variable that changes: two programs in one process, and two tests, would share it; put it in a struct", strings.TrimPrefix(vars[name].String(), checkoutDir+"/"), p.dir, name)
			}
		}
	}
}

func (p *pack) imports() []string {
	var paths []string
	for _, f := range p.files {
		for _, spec := range f.syntax.Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil && !slices.Contains(paths, imported) {
				paths = append(paths, imported)
			}
		}
	}
	return paths
}

// ours are the packages of this module that p imports, without the module's path.
func (p *pack) ours() []string {
	var dirs []string
	for _, imported := range p.imports() {
		if dir, ok := strings.CutPrefix(imported, module); ok {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

func (f *sourceFile) at(n ast.Node) string {
	p := f.set.Position(n.Pos())
	return fmt.Sprintf("%s:%d", f.name, p.Line)
}

type use struct{ where, what string }

// uses finds the calls and mentions of a package's functions.
func (f *sourceFile) uses(c restricted) (found []use) {
	local := ""
	for _, spec := range f.syntax.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err == nil && imported == c.pkg {
			local = path.Base(strings.TrimSuffix(c.pkg, "/v2"))
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	if local == "" {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && x.Name == local && slices.Contains(c.names, s.Sel.Name) {
			found = append(found, use{f.at(s), s.Sel.Name})
		}
		return true
	})
	return found
}

// variables collects what a declaration declares, and complains about those that can only be state.
func (f *sourceFile) variables(t *testing.T, p *pack, d *ast.GenDecl, vars map[string]token.Position) {
	t.Helper()
	embedded := d.Doc != nil && strings.Contains(d.Doc.Text()+comments(d.Doc), "go:embed")
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for _, name := range v.Names {
			if _, ok := mutable[p.dir+"."+name.Name]; ok || name.Name == "_" {
				continue
			}
			vars[name.Name] = f.set.Position(name.Pos())
			if len(v.Values) == 0 && !embedded && !strings.Contains(comments(v.Doc), "go:embed") {
				t.Errorf("%s: %s.%s is a package variable without a value: it can only be state; put it in a struct", f.at(name), p.dir, name.Name)
			}
			if name.IsExported() && !strings.HasPrefix(name.Name, "Err") {
				t.Errorf("%s: %s.%s is an exported variable that everybody can change: make it a function or a constant", f.at(name), p.dir, name.Name)
			}
		}
	}
}

func comments(g *ast.CommentGroup) string {
	if g == nil {
		return ""
	}
	var b strings.Builder
	for _, c := range g.List {
		b.WriteString(c.Text)
	}
	return b.String()
}

// changes lists the package variables that the file assigns to, or takes the address of.
func (f *sourceFile) changes(vars map[string]token.Position) (names []string) {
	mark := func(x ast.Expr) {
		for {
			switch e := x.(type) {
			case *ast.IndexExpr:
				x = e.X
				continue
			case *ast.StarExpr:
				x = e.X
				continue
			case *ast.SelectorExpr:
				x = e.X
				continue
			case *ast.Ident:
				// an identifier of the function itself is resolved to something else than the file's
				outer := e.Obj == nil || e.Obj == f.syntax.Scope.Lookup(e.Name)
				if _, ok := vars[e.Name]; ok && outer && !slices.Contains(names, e.Name) {
					names = append(names, e.Name)
				}
			}
			return
		}
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				for _, x := range s.Lhs {
					mark(x)
				}
			}
		case *ast.IncDecStmt:
			mark(s.X)
		case *ast.UnaryExpr:
			if s.Op == token.AND {
				mark(s.X)
			}
		case *ast.CallExpr:
			if name, ok := s.Fun.(*ast.Ident); ok && (name.Name == "delete" || name.Name == "clear") && len(s.Args) > 0 {
				mark(s.Args[0])
			}
		}
		return true
	})
	return names
}

func ruleFor(dir string) (importRule, bool) {
	for _, r := range importRules {
		if fits(r.from, dir) {
			return r, true
		}
	}
	return importRule{}, false
}

func fits(pattern, dir string) bool {
	ok, err := path.Match(pattern, dir)
	return err == nil && ok
}

func spelled(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

var requirement = regexp.MustCompile(`(?m)^\s*(?:require )?([a-z][^\s/]*\.[^\s]+) v\S+`)

// requirements are the modules of go.mod.
func requirements(t *testing.T) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(checkoutDir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, m := range requirement.FindAllStringSubmatch(string(src), -1) {
		modules = append(modules, m[1])
	}
	return modules
}

// moduleOf is the module that a package is in, empty for the standard library and our own.
func moduleOf(modules []string, imported string) string {
	best := ""
	for _, m := range modules {
		if (imported == m || strings.HasPrefix(imported, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	return best
}
