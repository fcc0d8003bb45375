package bot

import (
	"context"
	"time"
)

// View is something that a feature shows, as data: the console prints it as a page, the chat as text, the
// command line as JSON or CSV. A feature has its pages as soon as it is registered.
type View struct {
	Name   string // lower case, unique in its feature: "goods"
	Title  string // key of the text that names it
	Role   Role   // who may see it, and everybody above; Member: nobody sees more of others here than in the group
	Params []Param
	// Detail says that it shows one thing, to which others lead: it has no place of its own in the navigation.
	Detail  bool
	Section Section // where it stands in the navigation; empty: where its feature does
	// Acts are commands that are offered above everything; those of a row stand in Row.Acts.
	Acts []Act
	Read func(ctx context.Context, q *Query) (Page, error)
	// Files are the same as files to be kept.
	Files []ViewFile
}

// ViewFile is what a view shows as a file.
type ViewFile struct {
	Name string // with its ending, unique in its view: "report.html"
	Type string // media type
	Read func(ctx context.Context, q *Query) ([]byte, error)
}

// Param is something that a reader may ask a view for.
type Param struct {
	Name    string // "month"
	Label   string // key of the text that names it
	Kind    ParamKind
	Choices []string // Choice: the values; their texts have the keys Label + "." + value. The first is the default.
}

// ParamKind says what a parameter's values look like.
type ParamKind string

// The kinds of parameters.
const (
	Search     ParamKind = "search" // words to look for
	Choice     ParamKind = "choice" // one of Choices
	MemberID   ParamKind = "member" // a member's id
	Month      ParamKind = "month"  // 2024-05
	Date       ParamKind = "date"   // 2024-05-01
	Identifier ParamKind = "id"     // the feature's own id of something
)

// Query is one reader's question to a view.
type Query struct {
	Params map[string]string // by Param.Name, cleaned; what is not declared never arrives
	After  string            // Table.Next of the page before; empty: from the beginning
	Limit  int               // rows that are wanted at the most, above 0
	At     time.Time         // now
	Actor  Actor             // who reads; Member may be empty at the command line

	engine  *Engine
	feature string
}

// T is a text of the view's feature in the reader's language; see Request.T.
func (q *Query) T(key string, kv ...any) string {
	return q.engine.speech.text(q.Actor.Language, q.feature, key, kv)
}

// In is the query seen by another feature, for its texts.
func (q *Query) In(feature string) *Query {
	other := *q
	other.feature = feature
	return &other
}

// Page is what a view shows, in this order.
type Page struct {
	Note    string // a sentence above everything; may be empty
	Login   bool   // the code that logs the bot in is shown with it, where there are pictures and one waits to be scanned
	Figures []Figure
	Charts  []Chart
	Tables  []Table
}

// Figure is one number with its name.
type Figure struct {
	Key   string // its name for programs, in snake_case
	Title string
	Cell  Cell
	Note  string // how it is to be read; may be empty
}

// Chart is numbers over something, usually time. Lines and bars are drawn where the page is.
type Chart struct {
	Title  string
	Labels []string // of the places on the x axis
	Series []Series // each with as many values as there are labels
}

// Series is one line, or one colour of bars.
type Series struct {
	Name   string
	Values []float64
}

// Table is rows under columns.
type Table struct {
	Key     string // its name for programs, in snake_case
	Title   string // may be empty where a page has one table
	Columns []Column
	Rows    []Row
	Empty   string // said in place of the rows where there are none
	Next    string // the Query.After of the next page; empty: this is the last
}

// Column is one column of a table.
type Column struct {
	Key     string // its name for programs, in snake_case
	Title   string
	Numbers bool // aligned for comparing
}

// Row is one line of a table, with a cell for each column.
type Row struct {
	Key   string // of what it is about; stays the same while the thing does
	Cells []Cell
	Acts  []Act
}

// Cell is one value. Text is for people and may hold names and words of members: hostile input, to be escaped
// by who prints it.
type Cell struct {
	Text   string
	Value  any      // for programs: nil, bool, int64, float64, string or time.Time; nil: Text
	Member string   // whom it is about: pages lead from here to the member
	Link   *ViewRef // where more of it is shown
}

// ViewRef is a view with parameters.
type ViewRef struct {
	View   string // "feature.view"
	Params map[string]string
}

// Act is a command that can be given from where it stands. What is acted on is part of it; what else the
// command needs, as its usage says, is asked for.
type Act struct {
	Command string // one of the command's names
	Args    string // the arguments that are known already: "m12", "7"; the rest of the usage follows
	Whole   bool   // Args are all: nothing more is asked for
	Label   string // what the button says; empty: the command's name
	Grave   bool   // it takes something from somebody: drawn as a warning
	Table   bool   // it is given with a file: CSV or xlsx
}
