package wallet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// award is a line of a bulk grant that can be done.
type award struct {
	line   int
	id     community.MemberID
	name   string // as called
	amount int64  // below zero: it is taken
	reason string // empty: the one of the whole
}

// plan is a bulk grant that can be done: what is given stands before what is taken, so that both can be done, and
// taken back from the end.
type plan struct {
	awards       []award
	people       int
	given, taken int64
	largest      award // by its size
}

// plan resolves lines to members and checks them. by is who grants, and gets nothing.
func (w *wallet) plan(ctx context.Context, by community.MemberID, lines []bulkLine) (p plan, problems []problem, err error) {
	known, err := w.directory(ctx)
	if err != nil {
		return p, nil, err
	}
	for _, l := range lines {
		a, wrong := known.resolve(l)
		if wrong == nil && a.id == by {
			wrong = &problem{line: l.n, key: "self"}
		}
		if wrong != nil {
			problems = append(problems, *wrong)
			continue
		}
		p.awards = append(p.awards, a)
	}
	slices.SortStableFunc(p.awards, func(a, b award) int { return cmp.Compare(sign(b.amount), sign(a.amount)) })
	poor, err := w.tooPoor(ctx, p.awards)
	if err != nil {
		return p, nil, err
	}
	problems = append(problems, poor...)
	slices.SortStableFunc(problems, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	ids := make([]community.MemberID, 0, len(p.awards))
	for _, a := range p.awards {
		ids = append(ids, a.id)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	names, err := w.c.Names(ctx, ids...)
	if err != nil {
		return p, nil, err
	}
	p.people = len(ids)
	for i := range p.awards {
		a := &p.awards[i]
		a.name = names[a.id]
		p.given, p.taken = p.given+max(0, a.amount), p.taken+max(0, -a.amount)
		if abs(a.amount) > abs(p.largest.amount) {
			p.largest = *a
		}
	}
	return p, problems, nil
}

func sign(n int64) int { return cmp.Compare(n, 0) }

func abs(n int64) int64 { return max(n, -n) }

// tooPoor finds what can't be taken, because it is more than somebody has then.
func (w *wallet) tooPoor(ctx context.Context, awards []award) (problems []problem, err error) {
	has := map[community.MemberID]int64{}
	for _, a := range awards {
		if a.amount >= 0 {
			continue
		}
		if _, ok := has[a.id]; ok {
			continue
		}
		balance, debt, err := w.c.Purse.Worth(ctx, a.id)
		if err != nil {
			return nil, err
		}
		has[a.id] = balance - debt
	}
	for _, a := range awards { // what is given comes first
		n, taken := has[a.id]
		if !taken {
			continue
		}
		if a.amount < 0 && n+a.amount < 0 {
			problems = append(problems, problem{a.line, "poor", []any{"ID", string(a.id), "Points", max(0, n)}})
			continue
		}
		has[a.id] = n + a.amount
	}
	return problems, nil
}

// hash tells bulk grants of other content apart.
func (p plan) hash(reason string) string {
	rows := [][3]string{{reason}}
	for _, a := range p.awards {
		rows = append(rows, [3]string{string(a.id), fmt.Sprint(a.amount), a.reason})
	}
	data, err := json.Marshal(rows)
	if err != nil {
		panic(err) // strings can be written
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// table is the plan with members instead of names: what is confirmed is what was shown.
func (p plan) table() [][]string {
	rows := make([][]string, len(p.awards))
	for i, a := range p.awards {
		rows[i] = []string{string(a.id), fmt.Sprint(a.amount), a.reason}
	}
	return rows
}

// directory is who can be meant by a line.
type directory struct {
	people map[community.MemberID]community.MemberID // from an id to the person
	bots   map[community.MemberID]bool
	names  map[string][]community.MemberID // by folded name
}

// directory reads everybody who was ever seen or came from an old system.
func (w *wallet) directory(ctx context.Context) (*directory, error) {
	aliases, err := community.Aliases(ctx, w.db)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID, Folded string
		Bot        bool
	}
	err = w.db.Conn(ctx).Raw(`SELECT id, folded, bot FROM members WHERE first_seen > 0 OR id IN (SELECT member_id FROM openings)`).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("members: %w", err)
	}
	var stays []struct{ MemberID, Folded string }
	if err := w.db.Conn(ctx).Raw(`SELECT member_id, folded FROM stays`).Scan(&stays).Error; err != nil {
		return nil, fmt.Errorf("names in groups: %w", err)
	}
	d := &directory{map[community.MemberID]community.MemberID{}, map[community.MemberID]bool{}, map[string][]community.MemberID{}}
	for _, row := range rows {
		id := community.MemberID(row.ID)
		d.people[id] = aliases.Resolve(id)
		d.bots[d.people[id]] = d.bots[d.people[id]] || row.Bot
		d.call(row.Folded, d.people[id])
	}
	for _, s := range stays {
		if id, ok := d.people[community.MemberID(s.MemberID)]; ok {
			d.call(s.Folded, id)
		}
	}
	return d, nil
}

func (d *directory) call(name string, id community.MemberID) {
	if name != "" && !slices.Contains(d.names[name], id) {
		d.names[name] = append(d.names[name], id)
	}
}

// resolve finds the one member that a line means, and what it gives.
func (d *directory) resolve(l bulkLine) (a award, wrong *problem) {
	refuse := func(key string, kv ...any) (award, *problem) { return a, &problem{l.n, key, kv} }
	who := strings.TrimSpace(strings.TrimLeft(l.who, "@＠"))
	if who == "" {
		return refuse("nobody")
	}
	id, known := d.people[community.MemberID(bot.Fold(who))]
	if !known {
		switch found := d.names[bot.Fold(who)]; len(found) {
		case 0:
			return refuse("unknown", "Name", who)
		case 1:
			id = found[0]
		default:
			return refuse("several", "Name", who, "Count", len(found), "IDs", found)
		}
	}
	if d.bots[id] {
		return refuse("bot", "ID", string(id))
	}
	amount, err := signed(l.points)
	var bad *community.AmountError
	if errors.As(err, &bad) {
		return refuse("amount", "Text", l.points)
	}
	if utf8.RuneCountInString(l.reason) > community.MostReason {
		return refuse("reason", "Most", community.MostReason)
	}
	return award{line: l.n, id: id, amount: amount, reason: l.reason}, nil
}
