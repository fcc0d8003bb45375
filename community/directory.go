package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// Directory is who is one person, as the tables say now. Views read it, because they run beside the events and
// the memory of the Roster belongs to those: no view may ask Person, Called, Who, IDs or Purse.
type Directory struct {
	c   *Community
	of  AliasMap
	ids map[MemberID][]MemberID // of people with several, their own first
}

// Directory reads who is one person.
func (c *Community) Directory(ctx context.Context) (*Directory, error) {
	of, err := Aliases(ctx, c.db)
	if err != nil {
		return nil, err
	}
	d := &Directory{c: c, of: of, ids: map[MemberID][]MemberID{}}
	for alias := range of {
		person := of.Resolve(alias)
		d.ids[person] = append(d.ids[person], alias)
	}
	for person, ids := range d.ids {
		d.ids[person] = sortedIDs(person, ids)
	}
	return d, nil
}

// Who is the person that an id stands for.
func (d *Directory) Who(id MemberID) MemberID { return d.of.Resolve(id) }

// IDs are all ids of the person that an id stands for, the person's own first.
func (d *Directory) IDs(id MemberID) []MemberID {
	id = d.Who(id)
	if ids, ok := d.ids[id]; ok {
		return ids
	}
	return []MemberID{id}
}

// all are the ids of several people.
func (d *Directory) all(people []MemberID) []MemberID {
	ids := make([]MemberID, 0, len(people))
	for _, person := range people {
		ids = append(ids, d.IDs(person)...)
	}
	return ids
}

// Holder is the person whose account it is; ok is false where it is nobody's.
func (d *Directory) Holder(a points.Account) (id MemberID, ok bool) {
	if id, ok = accountOf(a); ok {
		id = d.Who(id)
	}
	return id, ok
}

// Accounts are all accounts of a person.
func (d *Directory) Accounts(id MemberID) []points.Account {
	var list []points.Account
	for _, id := range d.IDs(id) {
		both := twins(id)
		list = append(list, both[:]...)
	}
	return list
}

// People reads whom ids stand for, as Roster.Person does; who is not known is missing.
func (d *Directory) People(ctx context.Context, ids ...MemberID) (map[MemberID]Person, error) {
	found := make(map[MemberID]Person, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	wanted := make([]MemberID, len(ids))
	for i, id := range ids {
		wanted[i] = d.Who(id)
	}
	var rows []struct {
		ID, Name          string
		NameAt, FirstSeen int64
		Role              int
		Bot               bool
	}
	if err := d.c.db.Conn(ctx).Raw(`SELECT id, name, name_at, first_seen, role, bot FROM members WHERE id IN ?`, d.all(wanted)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	for _, row := range rows {
		id := MemberID(row.ID)
		who := d.Who(id)
		p, seen := found[who]
		at := bot.FromMillis(row.NameAt)
		if p.ID = who; id == who {
			p.Role = bot.Role(row.Role) // the role of an id that was merged sleeps
		}
		if !seen || at.After(p.NameAt) {
			p.Name, p.NameAt = row.Name, at
		}
		if first := bot.FromMillis(row.FirstSeen); row.FirstSeen > 0 && (p.FirstSeen.IsZero() || first.Before(p.FirstSeen)) {
			p.FirstSeen = first
		}
		p.Bot = p.Bot || row.Bot || slices.Contains(d.c.opts.Bots, row.ID)
		found[who] = p
	}
	return found, nil
}

// Called are the names of members, safe to echo, by the ids that are asked for. Who is not known is called by their id.
func (d *Directory) Called(ctx context.Context, ids ...MemberID) (map[MemberID]string, error) {
	people, err := d.People(ctx, ids...)
	if err != nil {
		return nil, err
	}
	names := make(map[MemberID]string, len(ids))
	for _, id := range ids {
		if p, ok := people[d.Who(id)]; ok {
			names[id] = d.c.Words.ScreenName(p.Name)
		} else {
			names[id] = bot.Clean(string(id))
		}
	}
	return names, nil
}

// Worth is what people have under all ids, by their own id; below zero is what they owe. See Purse.Worth.
func (d *Directory) Worth(ctx context.Context, people ...MemberID) (map[MemberID]int64, error) {
	var accounts []points.Account
	for _, id := range people {
		accounts = append(accounts, d.Accounts(id)...)
	}
	balances, err := d.c.Purse.ledger.Balances(ctx, accounts...)
	if err != nil {
		return nil, err
	}
	debts, err := d.c.Purse.ledger.Debts(ctx, accounts...)
	if err != nil {
		return nil, err
	}
	worth := make(map[MemberID]int64, len(people))
	for account, n := range balances {
		who, _ := d.Holder(account)
		worth[who] += n
	}
	for _, debt := range debts {
		who, _ := d.Holder(debt.Account)
		if other, ok := d.Holder(debt.To); !ok || other != who {
			worth[who] -= debt.Amount - debt.Paid
		}
	}
	return worth, nil
}

// RuleCell shows what a transfer is for: the first part of its key, in words where there are some.
func RuleCell(q *bot.Query, rule string) bot.Cell {
	key := "rule." + rule
	if text := q.In("community").T(key); text != key {
		return bot.Cell{Text: text, Value: rule}
	}
	return bot.Cell{Text: bot.Clean(rule), Value: rule}
}

// ruleWords are the rules that have a text "rule.<rule>".
var ruleWords = [...]string{"checkin", "checkin-streak", "speaking", "thanks", "picture", "link", "grant", "deduct", "bulk", "gift", "redeem", "fulfil",
	"refund", "reopen", "newcomer", "campaign", "budget", "expire", "opening", "undo", "recall", "repay", "unpay", "settle", "pool", "topic", "topic-best", "topic-proposal"}

// RuleNamed is the rule that somebody calls by the word that RuleCell shows; any other word is a rule itself.
func RuleNamed(q *bot.Query, word string) string {
	for _, rule := range ruleWords {
		if word != "" && bot.Fold(q.In("community").T("rule."+rule)) == bot.Fold(word) {
			return rule
		}
	}
	return word
}

// Cell shows a member, whose page it leads to.
func (d *Directory) Cell(names map[MemberID]string, id MemberID) bot.Cell {
	who := string(d.Who(id))
	return bot.Cell{Text: names[id], Value: who, Member: who}
}

// GroupNames are the names of all groups, safe to echo.
func (c *Community) GroupNames(ctx context.Context) (map[GroupID]string, error) {
	var rows []struct{ ID, Name string }
	if err := c.db.Conn(ctx).Raw(`SELECT id, name FROM groups`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	names := make(map[GroupID]string, len(rows))
	for _, row := range rows {
		names[GroupID(row.ID)] = c.Words.ScreenName(row.Name)
	}
	return names, nil
}

// AdoptedGroups are the groups in which the bot is enabled, as the table says now, in the order of their ids.
// Names are as they were told, and nothing tells whether a group is Unsure.
func (c *Community) AdoptedGroups(ctx context.Context) (list []Place, err error) {
	err = c.db.Conn(ctx).Raw(`SELECT id, name, code, language, adopted FROM groups WHERE adopted ORDER BY LENGTH(id), id`).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	return list, nil
}

// Clock is a cell that shows a time as people of the community read it; the zero time is an empty one.
func (c *Community) Clock(at time.Time) bot.Cell {
	if at.IsZero() {
		return bot.Cell{}
	}
	return bot.Cell{Text: at.In(c.Calendar.Zone()).Format("2006-01-02 15:04"), Value: at.UTC()}
}
