package community

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// Found is somebody that a command could mean.
type Found struct {
	ID      MemberID
	Name    string // as called here, not screened
	Present bool

	origin MemberID // the id that has the name
}

// Target reads who a command is about from the beginning of its arguments: "@小明 10 谢谢", or a member id
// as in "m12 10 谢谢". It answers the member and what follows. Where nobody or several people fit, the error is
// a refusal that says so and, for several, shows how to name one of them.
func (c *Community) Target(ctx context.Context, r *bot.Request) (Person, string, error) {
	args := strings.TrimSpace(r.Args)
	if name, rest, ok := cutID(args); ok {
		p, err := c.Roster.Person(ctx, name)
		if err != nil || p.FirstSeen.IsZero() {
			return Person{}, "", c.refuse(r, "target.unknown", "Name", string(name))
		}
		return p, rest, nil
	}
	after, ok := strings.CutPrefix(strings.Replace(args, "＠", "@", 1), "@")
	if !ok {
		return Person{}, "", c.refuse(r, "target.missing", "Command", r.Command())
	}
	found, rest, err := c.Roster.mentioned(ctx, r, after)
	if err != nil {
		return Person{}, "", err
	}
	switch len(found) {
	case 0:
		name, _, _ := strings.Cut(after, " ")
		return Person{}, "", c.refuse(r, "target.unknown", "Name", c.Words.ScreenName(name))
	case 1:
		p, err := c.Roster.Person(ctx, found[0].ID)
		return p, rest, err
	}
	lines := []string{c.text(r, "target.several", "Count", len(found), "Name", c.Words.ScreenName(found[0].Name))}
	for _, f := range found {
		line, err := c.introduce(ctx, r, f.ID)
		if err != nil {
			return Person{}, "", err
		}
		lines = append(lines, line)
	}
	example := strings.TrimSpace(r.Command() + " " + string(found[0].ID) + " " + rest)
	return Person{}, "", bot.Refuse(strings.Join(append(lines, c.text(r, "target.choose", "Example", example)), "\n"))
}

// introduce tells namesakes apart: by id, last word and number of messages.
func (c *Community) introduce(ctx context.Context, r *bot.Request, id MemberID) (string, error) {
	messages, _, last, err := c.spoke(ctx, id)
	if err != nil {
		return "", err
	}
	if last == 0 {
		return c.text(r, "target.silent", "ID", string(id)), nil
	}
	return c.text(r, "target.who", "ID", string(id), "Messages", messages, "Last", bot.FromMillis(last).In(c.Calendar.Zone()).Format("01-02 15:04")), nil
}

// spoke is how much a person said in groups under all their ids, and when they did first and last.
func (c *Community) spoke(ctx context.Context, id MemberID) (messages int, first, last int64, err error) {
	ids, err := c.IDs(ctx, id)
	if err != nil {
		return 0, 0, 0, err
	}
	err = c.db.Conn(ctx).Raw(`SELECT COALESCE(SUM(messages), 0), COALESCE(MIN(first_at), 0), COALESCE(MAX(last_at), 0) FROM activity
		WHERE member_id IN ?`, ids).Row().Scan(&messages, &first, &last)
	if err != nil {
		return 0, 0, 0, fmt.Errorf("what %s said: %w", id, err)
	}
	return messages, first, last, nil
}

// text is a text of the community whatever feature is speaking.
func (c *Community) text(r *bot.Request, key string, kv ...any) string {
	return r.In("community").T(key, kv...)
}

func (c *Community) refuse(r *bot.Request, key string, kv ...any) error {
	return bot.Refuse(c.text(r, key, kv...))
}

// cutID takes a member id off the beginning of s.
func cutID(s string) (MemberID, string, bool) {
	word, rest, _ := strings.Cut(s, " ")
	folded := bot.Fold(word)
	digits, ok := strings.CutPrefix(folded, "m")
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", s, false
	}
	return MemberID(folded), strings.TrimSpace(rest), true
}
