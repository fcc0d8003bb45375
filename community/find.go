package community

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

// Found is somebody that a command could mean.
type Found struct {
	ID      MemberID
	Name    string // as called here, not screened
	Present bool
}

// Target reads who a command is about from the beginning of its arguments: "@小明 10 谢谢", or a member id
// as in "m12 10 谢谢". It answers the member and what follows. Where nobody or several people fit, the error is
// a refusal that says so and, for several, shows how to name one of them.
func (c *Community) Target(ctx context.Context, r *bot.Request, command string) (Person, string, error) {
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
		return Person{}, "", c.refuse(r, "target.missing", "Command", command)
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
	example := strings.TrimSpace(command + " " + string(found[0].ID) + " " + rest)
	return Person{}, "", bot.Refuse(strings.Join(append(lines, c.text(r, "target.choose", "Example", example)), "\n"))
}

// introduce tells namesakes apart: by id, last word and number of messages.
func (c *Community) introduce(ctx context.Context, r *bot.Request, id MemberID) (string, error) {
	var messages int
	var last int64
	err := c.row(ctx, `SELECT COALESCE(SUM(messages), 0), COALESCE(MAX(last_at), 0) FROM activity WHERE member_id = ?`, string(id)).Scan(&messages, &last)
	if err != nil {
		return "", fmt.Errorf("introduce %s: %w", id, err)
	}
	if last == 0 {
		return c.text(r, "target.silent", "ID", string(id)), nil
	}
	return c.text(r, "target.who", "ID", string(id), "Messages", messages, "Last", fromMillis(last).In(c.Calendar.Zone()).Format("01-02 15:04")), nil
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

// mentioned finds who "小明 10 谢谢" begins with: people that the transport says are mentioned, then names of
// this group, then, in private, names of the community. The longest name that fits wins, since names may hold spaces.
func (ro *Roster) mentioned(ctx context.Context, r *bot.Request, after string) (found []Found, rest string, err error) {
	longest := 0
	consider := func(f Found) {
		n := prefix(after, f.Name)
		if n == 0 || n < longest {
			return
		}
		if n > longest {
			longest, found = n, nil
		}
		for _, other := range found {
			if other.ID == f.ID {
				return
			}
		}
		found = append(found, f)
	}
	for _, p := range r.Mentions {
		b, err := ro.member(ctx, r.Transport, p, r.At)
		if err != nil {
			return nil, "", err
		}
		for _, name := range [...]string{p.Display, p.Name, string(p.User)} {
			consider(Found{ID: b.member, Name: name, Present: true})
		}
	}
	if len(found) == 0 {
		named, err := ro.named(ctx, GroupID(r.Actor.Group), after)
		if err != nil {
			return nil, "", err
		}
		for _, f := range named {
			consider(f)
		}
	}
	if len(found) == 0 {
		return nil, "", nil
	}
	return found, strings.TrimSpace(after[longest:]), nil
}

// prefix is how many bytes of s the name takes at its beginning; 0 where s does not begin with it as a whole word.
func prefix(s, name string) int {
	if name == "" {
		return 0
	}
	want := []rune(bot.Fold(name))
	n := 0
	for i, r := range s {
		if n == len(want) {
			if unicode.IsSpace(r) || r == '@' || unicode.IsPunct(r) {
				return i
			}
			return 0
		}
		folded := []rune(bot.Fold(string(r)))
		if len(folded) == 0 {
			continue
		}
		if folded[0] != want[n] {
			return 0
		}
		n++
	}
	if n == len(want) {
		return len(s)
	}
	return 0
}

// named are the present people whose name in the group, or nickname, is a beginning of s; where nobody present
// fits, those who left.
func (ro *Roster) named(ctx context.Context, group GroupID, s string) ([]Found, error) {
	var beginnings []string
	runes := []rune(bot.Fold(s))
	for i := 1; i <= len(runes) && i <= 64; i++ {
		if i == len(runes) || unicode.IsSpace(runes[i]) || runes[i] == '@' || unicode.IsPunct(runes[i]) {
			beginnings = append(beginnings, string(runes[:i]))
		}
	}
	if len(beginnings) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID, Name, Display, Folded, FoldedHere string
		LeftAt                                int64
	}
	q := ro.db.Conn(ctx).Table("members m").
		Select("COALESCE(a.member_id, m.id) AS id, m.name, s.display, m.folded, s.folded AS folded_here, s.left_at").
		Joins("JOIN stays s ON s.member_id = m.id").Joins("LEFT JOIN aliases a ON a.alias = m.id").
		Where("(m.folded IN ? OR s.folded IN ?) AND m.first_seen > 0", beginnings, beginnings).Order("m.id")
	if group != "" {
		q = q.Where("s.group_id = ?", string(group))
	}
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("find by name: %w", err)
	}
	var present, left []Found
	for _, row := range rows {
		f := Found{ID: MemberID(row.ID), Name: row.Display, Present: row.LeftAt == 0}
		if prefix(s, f.Name) == 0 {
			f.Name = row.Name
		}
		if f.Present {
			present = append(present, f)
		} else {
			left = append(left, f)
		}
	}
	if len(present) > 0 {
		return present, nil
	}
	return left, nil
}

// quoted is whose message a quote answers: by the message's event, or by a name that only one person here has.
func (ro *Roster) quoted(ctx context.Context, r *bot.Request, group GroupID) (MemberID, error) {
	if r.Quote.ID != "" {
		seq, ok, err := bot.Accepted(ctx, ro.db, r.Quote.ID)
		if err != nil || !ok {
			return "", err
		}
		var id string
		if err := ro.row(ctx, `SELECT COALESCE(MAX(member_id), '') FROM messages WHERE seq = ?`, seq).Scan(&id); err != nil {
			return "", err
		}
		return MemberID(id), nil
	}
	if r.Quote.From.User != "" {
		if r.Quote.From.Self {
			return "", nil
		}
		b, err := ro.member(ctx, r.Transport, r.Quote.From, r.At)
		return b.member, err
	}
	if r.Quote.From.Name == "" {
		return "", nil
	}
	found, err := ro.named(ctx, group, r.Quote.From.Name)
	if err != nil || len(found) != 1 || !found[0].Present {
		return "", err
	}
	return found[0].ID, nil
}

// Resolve fills in where something said goes: the chat of its group or the user of its member. Its error is
// the reason why it can't be sent.
func (ro *Roster) Resolve(ctx context.Context, o *bot.Outgoing) error {
	var err error
	if o.Group != "" {
		err = ro.row(ctx, `SELECT transport, chat FROM chats WHERE group_id = ? ORDER BY at DESC LIMIT 1`, o.Group).
			Scan(&o.Route.Transport, &o.Route.Chat)
	} else {
		o.Route.Transport, o.Route.User, err = ro.user(ctx, MemberID(o.Member))
	}
	if err != nil {
		return fmt.Errorf("nobody is known by this address: %w", err)
	}
	for _, id := range o.Mention {
		p, err := ro.Person(ctx, MemberID(id))
		if err != nil {
			return err
		}
		_, user, err := ro.user(ctx, p.ID)
		if err != nil {
			return err
		}
		o.Mentions = append(o.Mentions, bot.Person{User: user, Name: p.Name})
	}
	return nil
}

// user is the latest binding of a member, or of somebody merged into them.
func (ro *Roster) user(ctx context.Context, id MemberID) (transport string, user bot.UserID, err error) {
	err = ro.row(ctx, `SELECT b.transport, b.user_id FROM bindings b LEFT JOIN aliases a ON a.alias = b.member_id
		WHERE COALESCE(a.member_id, b.member_id) = ? ORDER BY b.at DESC LIMIT 1`, string(id)).Scan(&transport, &user)
	if err != nil {
		err = errors.Join(fmt.Errorf("member %s has no binding", id), err)
	}
	return transport, user, err
}
