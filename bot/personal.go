package bot

import (
	"context"
	"errors"
	"fmt"
)

// Personal is one kind of thing that a feature keeps of members, as data: a member is told of it, gets it exported and
// has it erased without anybody knowing the feature. Every column of the database that holds a member stands in one.
type Personal struct {
	// Text is the key of the sentence that says to the member what it is and why it is kept; {{.N}} is how many rows of
	// the first table are theirs.
	Text   string
	Tables []PersonalTable // those whose rows are found through others before these

	// Busy says why a member can't be erased yet, as a sentence for them; nil: nothing stands against it.
	Busy func(ctx context.Context, r *Request, ids []string) (reason string, err error)
	// Erase is what erasing needs besides the tables; it runs before them. Running it again changes nothing.
	Erase func(ctx context.Context, r *Request, ids []string) error
}

// PersonalTable is a table that holds something of members. Erasing leaves its rows with the member's id, which says no
// name any more, unless Drop or Blank say more.
type PersonalTable struct {
	Name string
	Of   []string // columns with a member's id: a row with it in one of them is theirs
	By   []string // columns with the id of whoever did something to it as staff: the row is not theirs by that
	// Prefix stands before the id in the columns Of ("member:"); empty: nothing.
	Prefix []string
	// Where finds rows that hold no member's id: a condition with ? for the ids.
	Where string
	Hide  []string // columns that an export leaves out: hashes, and words of others
	Drop  bool     // erasing deletes the rows
	Blank []string // erasing empties these columns
	Null  []string // and these, which may be NULL
}

// PersonalOf is a Personal with the name of its feature, for its texts.
type PersonalOf struct {
	Feature string
	Personal
}

// Personal is what all features keep of members, in their order.
func (e *Engine) Personal() []PersonalOf { return e.personal }

// Personal is what all features keep of members, in their order.
func (r *Request) Personal() []PersonalOf { return r.engine.personal }

func (e *Engine) registerPersonal(feature string, p Personal) (problems []error) {
	if !e.speech.keys[feature+"."+p.Text] {
		problems = append(problems, fmt.Errorf("what %s keeps of members: no text %q", feature, p.Text))
	}
	if len(p.Tables) == 0 {
		problems = append(problems, fmt.Errorf("what %s keeps of members as %q is in no table", feature, p.Text))
	}
	for _, t := range p.Tables {
		if t.Name == "" || len(t.Of) == 0 && t.Where == "" && len(t.By) == 0 {
			problems = append(problems, errors.New("what "+feature+" keeps of members in "+t.Name+": nothing says whose the rows are"))
		}
	}
	e.personal = append(e.personal, PersonalOf{feature, p})
	return problems
}
