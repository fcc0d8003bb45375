package console

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// inMemory is how much of a file is held in memory; the rest lies in a temporary one meanwhile.
const inMemory = 1 << 20

// answered is what a command brought.
type answered struct {
	Said    string // the command, as it was given
	Answers []answer
	Confirm string // the code that the answer asks to confirm with
	Undo    string // the code that takes it back
	Back    string
}

// answer is one thing that was said.
type answer struct {
	Text    string
	Picture template.URL
}

// act gives a command and shows what is answered.
func (c *Console) act(w http.ResponseWriter, r *http.Request) {
	if err := parse(r); err != nil {
		c.fail(w, r, err)
		return
	}
	who := readerOf(r)
	a, ok := c.asks(who, r.PostForm)
	if !ok {
		c.fail(w, r, errNotFound)
		return
	}
	p := c.newPage(r)
	table, err := c.rows(r, a)
	if err != nil {
		a.Problem = p.T("form.table")
		var wrong *community.TableError
		if errors.As(err, &wrong) {
			a.Problem = c.opts.Engine.Text(who.Lang, "community", wrong.Key, "Line", wrong.Line, "Most", wrong.Most)
		}
		c.showForm(w, r, http.StatusUnprocessableEntity, a)
		return
	}
	filled, err := c.fill(r, &a, p)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if !filled {
		c.showForm(w, r, http.StatusUnprocessableEntity, a)
		return
	}
	text := line(a.Command, a.Args, a.Fields)
	said, err := c.opts.Engine.Ask(r.Context(), bot.Event{
		ID: eventID(who.Member, r.PostForm.Get("token"), text, table), At: c.opts.Clock().UTC(), SeenAt: c.opts.Clock().UTC(),
		Text: text, Len: len([]rune(text)), Table: table, Member: who.Member,
	})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p.Title, p.At = a.Label, belongs(a.Back)
	p.show(w, http.StatusOK, "answer", answersOf(text, said, a.Back))
}

// parse reads a form, with a file or without.
func parse(r *http.Request) error {
	err := r.ParseForm()
	if err == nil {
		if err = r.ParseMultipartForm(inMemory); errors.Is(err, http.ErrNotMultipart) {
			err = nil
		}
	}
	if err == nil {
		return nil
	}
	var long *http.MaxBytesError
	if errors.As(err, &long) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return errTooLong
	}
	return errBad
}

// rows reads the file that came with a command that takes one; nil: there is none, and the lines of its last field are
// instead.
func (c *Console) rows(r *http.Request, a asking) ([][]string, error) {
	if !a.Table {
		return nil, nil
	}
	file, _, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the file of %s: %w", a.Command, err)
	}
	defer file.Close()
	return c.opts.ReadTable(file)
}

// eventID is the same for the same command out of the same form of the same member, so that a form that is sent
// twice happens once. Nobody can know it of others.
func eventID(member, token, text string, table [][]string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q", member, token, text, table)
	return "console/" + hex.EncodeToString(h.Sum(nil)[:20])
}

// What answers hold that can be answered by a button. Codes are the community's words; see Confirmations and Undo.
var (
	confirmCode = regexp.MustCompile(`(?:确认|confirm) (\d{4})\b`)
	undoCode    = regexp.MustCompile(`(?:撤销|undo) ([A-Z0-9]{4,12})\b`)
)

func answersOf(text string, said []bot.Outgoing, back string) answered {
	a := answered{Said: text, Back: back}
	for _, o := range said {
		if m := confirmCode.FindStringSubmatch(o.Text); m != nil {
			a.Confirm = m[1]
		}
		if m := undoCode.FindStringSubmatch(o.Text); m != nil {
			a.Undo = m[1]
		}
		next := answer{Text: strings.TrimSpace(o.Text)}
		if len(o.Picture) > 0 {
			next.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(o.Picture)) // our own bytes
		}
		a.Answers = append(a.Answers, next)
	}
	return a
}
