package community

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// OpeningOptions say how opening balances are imported.
type OpeningOptions struct {
	At     time.Time // now
	Of     time.Time // when the balances were those of the old system
	Event  string    // what the audit calls the import
	Reason string    // of the transfers of rows without a note
}

// OpeningSummary is what an import of opening balances did. The names of its JSON are a contract.
type OpeningSummary struct {
	Rows     int   `json:"rows"`
	New      int   `json:"new"`      // members who were not known before
	Known    int   `json:"known"`    // rows that are members who were seen already
	Repeated int   `json:"repeated"` // rows that were imported before
	Groups   int   `json:"groups"`   // groups that were not known before
	Points   int64 `json:"points"`   // that were given now
}

// Open makes members of the people of an old system and gives them their balances, once per id. A new member is known and
// was never seen: logins find them by remark, tag, or a name that nobody else has. Who was seen already and is found in
// this way among the members of the group gets the balance at once. Where any row is wrong nothing is done, and all
// problems are told. It runs in a transaction between events.
func (c *Community) Open(ctx context.Context, rows []OpeningRow, o OpeningOptions) (sum OpeningSummary, problems []LineProblem, err error) {
	sum.Rows = len(rows)
	fresh, problems, err := c.freshRows(ctx, rows)
	if err != nil {
		return sum, nil, err
	}
	sum.Repeated = len(rows) - len(fresh)
	places, more, err := c.openingPlaces(ctx, fresh)
	if problems = append(problems, more...); err != nil || len(problems) > 0 {
		return sum, problems, err
	}
	groups := make([]GroupID, len(fresh))
	for i, row := range fresh {
		p := places[row.Group]
		if p.ID == "" {
			if p.ID, err = c.addGroup(ctx, "", p.Name, "", p.Code, o.At); err != nil {
				return sum, nil, err
			}
			sum.Groups++
		}
		groups[i] = p.ID
	}
	members, err := c.openingMembers(ctx, fresh, groups)
	if err != nil {
		return sum, nil, err
	}
	sum.Known = len(fresh) - countEmpty(members)
	sum.New = len(fresh) - sum.Known
	if err := c.enrol(ctx, fresh, groups, members, o.At); err != nil {
		return sum, nil, err
	}
	sum.Points, err = c.openAccounts(ctx, fresh, members, o)
	return sum, nil, err
}

func countEmpty(ids []MemberID) (n int) {
	for _, id := range ids {
		if id == "" {
			n++
		}
	}
	return n
}

// freshRows leaves out the rows that were imported before. A balance that is another one by now is a problem.
func (c *Community) freshRows(ctx context.Context, rows []OpeningRow) (fresh []OpeningRow, problems []LineProblem, err error) {
	var stored []struct {
		ID     string
		Points int64
	}
	if err := c.db.Conn(ctx).Raw(`SELECT id, points FROM openings`).Scan(&stored).Error; err != nil {
		return nil, nil, fmt.Errorf("earlier opening balances: %w", err)
	}
	before := make(map[string]int64, len(stored))
	for _, s := range stored {
		before[s.ID] = s.Points
	}
	for _, row := range rows {
		switch n, known := before[row.ID]; {
		case !known:
			fresh = append(fresh, row)
		case n != row.Points:
			problems = append(problems, LineProblem{row.Line, fmt.Sprintf(
				"id %s was imported with %d points, and now has %d: an opening balance never changes; correct it with 加分 or 扣分", row.ID, n, row.Points)})
		}
	}
	return fresh, problems, nil
}

// openingPlaces says which group each name or code in the rows is. One that is not known yet has no id.
func (c *Community) openingPlaces(ctx context.Context, rows []OpeningRow) (map[string]*Place, []LineProblem, error) {
	var known []Place
	if err := c.db.Conn(ctx).Raw(`SELECT id, name, code FROM groups ORDER BY LENGTH(id), id`).Scan(&known).Error; err != nil {
		return nil, nil, fmt.Errorf("groups: %w", err)
	}
	places, made := map[string]*Place{}, map[string]*Place{} // by what the rows say, and by what it comes to
	var problems []LineProblem
	for _, row := range rows {
		if _, ok := places[row.Group]; ok {
			continue
		}
		found := slices.DeleteFunc(slices.Clone(known), func(p Place) bool { return row.Group != "" && !p.answers(row.Group) })
		p := &Place{Name: row.Group, Code: codeAlone(row.Group)}
		switch {
		case len(found) == 1:
			p = &found[0]
		case len(found) > 1 && row.Group == "":
			problems = append(problems, LineProblem{row.Line, "there are several groups: name one in a column group, by its name or code"})
		case len(found) > 1:
			problems = append(problems, LineProblem{row.Line, fmt.Sprintf("%d groups are called %s: name it by its code", len(found), row.Group)})
		case row.Group == "":
			problems = append(problems, LineProblem{row.Line, "no group is known yet: name one in a column group, by its name or code"})
		default:
			key := cmp.Or(p.Code, bot.Fold(p.Name))
			if made[key] == nil {
				made[key] = p
			}
			p = made[key]
		}
		places[row.Group] = p
	}
	return places, problems, nil
}

// answers tells whether a group is meant by a name or a code.
func (g Place) answers(word string) bool {
	if code := codeAlone(word); code != "" && code == g.Code {
		return true
	}
	return bot.Fold(word) == bot.Fold(g.Name)
}

// codeAlone is the code that a word is, like G7 from g07; empty where it is something else.
func codeAlone(word string) string {
	digits := bot.Fold(word)
	if len(digits) < 2 || digits[0] != 'g' {
		return ""
	}
	if _, err := strconv.ParseUint(digits[1:], 10, 32); err != nil {
		return ""
	}
	return GroupCode("#" + word)
}

// openingMembers says which rows are members who were seen already, by the rules by which a login finds people.
func (c *Community) openingMembers(ctx context.Context, rows []OpeningRow, groups []GroupID) ([]MemberID, error) {
	var crowds []crowd
	var remarked []Known
	for _, group := range slices.Compact(slices.Sorted(slices.Values(groups))) {
		people, err := c.peopleOf(ctx, group)
		if err != nil {
			return nil, err
		}
		room := crowd{group: group}
		for _, p := range people {
			if p.Told {
				room.known = append(room.known, p.Known) // nobody whose balance this can be, but a namesake
			} else {
				room.present = append(room.present, Present{p.Trait, bot.UserID(p.Member)})
			}
		}
		for i, row := range rows {
			if groups[i] == group {
				k := row.known()
				room.known = append(room.known, k)
				if k.Remark != "" {
					remarked = append(remarked, k)
				}
			}
		}
		crowds = append(crowds, room)
	}
	members := make([]MemberID, len(rows))
	at := make(map[MemberID]int, len(rows))
	for i, row := range rows {
		at[row.known().Member] = i
	}
	for user, f := range agree(crowds, remarked) {
		if i, ok := at[f.member]; ok {
			members[i] = MemberID(user)
		}
	}
	return members, nil
}

// known is somebody of whom only the row tells.
func (row OpeningRow) known() Known {
	return Known{Trait: Trait{Nick: row.Name, Display: row.Display, Remark: row.Remark}, Member: MemberID("opening/" + row.ID), Told: true}
}

// enrol makes members of the rows that are nobody yet, and fills in who they are.
func (c *Community) enrol(ctx context.Context, rows []OpeningRow, groups []GroupID, members []MemberID, at time.Time) error {
	first, err := c.numbers(ctx, "member", countEmpty(members))
	if err != nil {
		return err
	}
	var made, origins [][]any
	var sights []glimpse
	var stays []stayed
	for i, row := range rows {
		if members[i] == "" {
			id := MemberID("m" + strconv.FormatInt(first+int64(len(made)), 10))
			members[i] = id
			made = append(made, []any{string(id), row.Name, bot.Fold(row.Name), 0, 0, 0, false, 0})
			// What an operator writes down is beyond doubt, so a remark proves who they are.
			sights = append(sights, glimpse{groups[i], id, sight{Trait: row.known().Trait, proven: row.Remark != "", at: at.UnixMilli()}})
			stays = append(stays, stayed{stayKey{groups[i], id}, Stay{Display: cmp.Or(row.Display, row.Name), Joined: at}})
		}
		origins = append(origins, []any{row.ID, string(members[i]), row.Points, at.UnixMilli()})
	}
	if err := c.bulk(ctx, `INSERT INTO members (id, name, folded, name_at, first_seen, role, bot, provisional) VALUES `, made, ``); err != nil {
		return fmt.Errorf("members of an old system: %w", err)
	}
	if err := c.keepSights(ctx, "", sights); err != nil {
		return err
	}
	if err := c.keepStays(ctx, stays); err != nil {
		return err
	}
	if err := c.bulk(ctx, `INSERT INTO openings (id, member_id, points, at) VALUES `, origins, ``); err != nil {
		return fmt.Errorf("opening balances: %w", err)
	}
	return nil
}

// openAccounts gives the balances, and audits them.
func (c *Community) openAccounts(ctx context.Context, rows []OpeningRow, members []MemberID, o OpeningOptions) (total int64, err error) {
	for i, row := range rows {
		if row.Points > 0 {
			to, err := c.Account(ctx, members[i])
			if err != nil {
				return 0, err
			}
			t := points.Transfer{Key: "opening/" + row.ID, From: points.Issued, To: to, Amount: row.Points, Reason: cmp.Or(row.Note, o.Reason), At: o.Of}
			if _, err := c.Purse.Post(ctx, t); err != nil {
				return 0, fmt.Errorf("line %d: %w", row.Line, err)
			}
			total += row.Points
		}
		audited := auditRow{At: o.At.UnixMilli(), Event: o.Event, Role: "operator", Action: "opening", Target: string(members[i]),
			Detail: fmt.Sprintf(`{"points":%d}`, row.Points)}
		if err := c.db.Conn(ctx).Create(&audited).Error; err != nil {
			return 0, fmt.Errorf("audit opening: %w", err)
		}
	}
	return total, nil
}
