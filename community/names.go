package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/weilu-im/weilu/bot"
)

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
		if p.User == "" {
			continue
		}
		b, err := ro.member(ctx, r, p)
		if err != nil {
			return nil, "", err
		}
		known, err := ro.Person(ctx, b.member) // whom the origin stands for
		if err != nil {
			return nil, "", err
		}
		here, _, err := ro.Stay(ctx, GroupID(r.Actor.Group), b.member)
		if err != nil {
			return nil, "", err
		}
		for _, name := range [...]string{p.Display, p.Name, here.Display, known.Name, string(p.User)} {
			consider(Found{ID: known.ID, Name: name, Present: true})
		}
	}
	if len(found) == 0 {
		if found, longest, err = ro.byText(ctx, r, after); err != nil {
			return nil, "", err
		}
	}
	if len(found) == 0 {
		return nil, "", nil
	}
	return found, strings.TrimLeft(after[longest:], "，,：:、 \u3000\u2005\t\n"), nil
}

// byText finds who is meant by the text alone. Names that begin with each other fit the same text, so all of
// them are asked about; and where the transport says that only somebody else is mentioned, one is not believed.
func (ro *Roster) byText(ctx context.Context, r *bot.Request, after string) (found []Found, shortest int, err error) {
	named, err := ro.named(ctx, GroupID(r.Actor.Group), after)
	if err != nil {
		return nil, 0, err
	}
	for _, f := range named {
		n := prefix(after, f.Name)
		if n == 0 || slices.ContainsFunc(found, func(o Found) bool { return o.ID == f.ID }) {
			continue
		}
		if shortest == 0 || n < shortest {
			shortest = n
		}
		found = append(found, f)
	}
	if len(found) == 1 && len(r.Mentions) > 0 {
		return nil, 0, nil
	}
	return found, shortest, nil
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
		ID, Origin, Name, Display string
		LeftAt                    int64
	}
	q := ro.db.Conn(ctx).Table("members m").
		Select("COALESCE(a.member_id, m.id) AS id, m.id AS origin, m.name, s.display, s.left_at").
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
		f := Found{ID: MemberID(row.ID), Name: row.Display, Present: row.LeftAt == 0, origin: MemberID(row.Origin)}
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
		if err != nil || !ok && r.Quote.From.User == "" {
			return "", err
		}
		var id string
		if ok {
			err = ro.row(ctx, `SELECT COALESCE(MAX(member_id), '') FROM messages WHERE seq = ?`, seq).Scan(&id)
			return MemberID(id), err
		}
	}
	if r.Quote.From.User != "" {
		if r.Quote.From.Self {
			return "", nil
		}
		b, err := ro.member(ctx, r, r.Quote.From)
		return b.member, err
	}
	if r.Quote.From.Name == "" {
		return "", nil
	}
	found, err := ro.named(ctx, group, r.Quote.From.Name)
	if err != nil || len(found) == 0 || !found[0].Present ||
		slices.ContainsFunc(found, func(f Found) bool { return f.ID != found[0].ID }) {
		return "", err
	}
	return found[len(found)-1].origin, nil
}
