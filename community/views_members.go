package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// recently is how many Days a member's messages are counted over in views.
const recently = 28

// viewMembers lists the members in the order of their ids, each person once.
func (c *Community) viewMembers(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	t := bot.Table{Key: "members", Empty: q.T("members.none"), Columns: columns(q, "member name points# messages# role last_seen groups")}
	list, next, err := c.listed(ctx, d, q)
	if err != nil {
		return bot.Page{}, err
	}
	for _, p := range list {
		t.Rows = append(t.Rows, bot.Row{Key: string(p.ID), Acts: c.actsOn(q, p.ID, len(d.IDs(p.ID)), p.waits), Cells: []bot.Cell{
			{Text: string(p.ID), Member: string(p.ID), Link: MemberLink(p.ID)},
			{Text: c.Words.ScreenName(p.Name), Member: string(p.ID), Link: MemberLink(p.ID)},
			number(p.worth), number(p.messages), {Text: roleOf(q, p.Person, p.waits), Value: p.Role.String()},
			c.Clock(p.last), {Text: c.places(p.groups)},
		}})
	}
	if t.Next = string(next); q.After != "" {
		return bot.Page{Tables: []bot.Table{t}}, nil
	}
	var people int64
	if err := c.db.Conn(ctx).Raw(`SELECT (SELECT COUNT(*) FROM members WHERE first_seen > 0) -
		(SELECT COUNT(*) FROM aliases a JOIN members m ON m.id = a.alias WHERE m.first_seen > 0)`).Row().Scan(&people); err != nil {
		return bot.Page{}, fmt.Errorf("count members: %w", err)
	}
	waiting, _, err := c.countProvisional(ctx, q)
	if err != nil {
		return bot.Page{}, err
	}
	return bot.Page{Figures: []bot.Figure{figure(q, "members", number(people)), figure(q, "waiting", number(waiting))}, Tables: []bot.Table{t}}, nil
}

// roleOf is what somebody is, in words.
func roleOf(q *bot.Query, p Person, waits bool) string {
	switch {
	case p.Bot:
		return q.T("role.bot")
	case waits:
		return q.T("role.waits")
	}
	return q.T("role." + p.Role.String())
}

// profile is a person as views show them.
type profile struct {
	Person
	waits    bool
	groups   []string // names of those where they are now
	messages int64    // in the last 28 Days
	said     int64    // altogether
	last     time.Time
	worth    int64
}

// notMerged is the condition that m is a person of their own.
const notMerged = `NOT EXISTS (SELECT 1 FROM aliases a WHERE a.alias = m.id)`

// listed finds the members that a query asks for, from its cursor on, and the cursor of the next page.
func (c *Community) listed(ctx context.Context, d *Directory, q *bot.Query) (list []profile, next MemberID, err error) {
	where, args, err := c.filtered(ctx, d, q)
	if err != nil {
		return nil, "", err
	}
	sought := []MemberID{""} // one round without names, or one for so many who have the name
	if words := q.Params["search"]; words != "" {
		if sought, err = c.sought(ctx, d, words); err != nil {
			return nil, "", err
		}
	}
	after := MemberID(q.After)
	for part := range slices.Chunk(sought, 500) {
		for {
			found, err := c.nextPeople(ctx, where, args, part, after, q.Limit+1)
			if err != nil {
				return nil, "", err
			}
			people, err := c.profiles(ctx, d, q.At, found)
			if err != nil {
				return nil, "", err
			}
			for _, p := range people {
				if after = p.ID; !fitsState(q.Params["state"], p) {
					continue
				}
				if len(list) == q.Limit {
					return list, list[len(list)-1].ID, nil
				}
				list = append(list, p)
			}
			if len(found) <= q.Limit {
				break
			}
		}
	}
	return list, "", nil
}

// fitsState looks at what the tables don't say by themselves: an id of an older login is never told to leave.
func fitsState(state string, p profile) bool {
	return state != "present" && state != "gone" || (len(p.groups) > 0) == (state == "present")
}

// filtered is the condition that a query sets, as wide as the tables can tell it.
func (c *Community) filtered(ctx context.Context, d *Directory, q *bot.Query) (where string, args []any, err error) {
	// The people of stays; who has several ids may be in it by any of them. Asked one by one, a page ends where it is full.
	stays := func(which string) string {
		return `(EXISTS (SELECT 1 FROM stays s WHERE s.member_id = m.id AND ` + which + `) OR
			m.id IN (SELECT a.member_id FROM aliases a JOIN stays s ON s.member_id = a.alias WHERE ` + which + `))`
	}
	conditions := []string{notMerged, `(m.first_seen > 0 OR EXISTS (SELECT 1 FROM aliases a JOIN members o ON o.id = a.alias WHERE a.member_id = m.id AND o.first_seen > 0))`}
	add := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	switch q.Params["state"] {
	case "present":
		add(stays(`s.left_at = 0`))
	case "gone":
		add(`(NOT EXISTS (SELECT 1 FROM stays s WHERE s.member_id = m.id AND s.left_at = 0) OR EXISTS (SELECT 1 FROM aliases a WHERE a.member_id = m.id))`)
	case "provisional":
		add(`m.provisional > 0`)
	case "staff":
		add(`m.role >= ?`, int(bot.Moderator))
	case "bots":
		bots, err := c.bots(ctx, d)
		if err != nil {
			return "", nil, err
		}
		add(`m.id IN ?`, bots)
	}
	if role, ok := bot.ParseRole(q.Params["role"]); ok {
		add(`m.role = ?`, int(role))
	}
	switch tier := q.Params["tier"]; tier {
	case "", "any":
	case "lurker": // who has nothing on record is one
		add(`NOT EXISTS (SELECT 1 FROM tier_standings t WHERE t.member_id = m.id AND t.tier <> ?)`, tier)
	default:
		add(`m.id IN (SELECT member_id FROM tier_standings WHERE tier = ?)`, tier)
	}
	if tag := bot.Fold(q.Params["tag"]); tag != "" {
		add(`m.id IN (SELECT COALESCE(a.member_id, t.member_id) FROM tags t LEFT JOIN aliases a ON a.alias = t.member_id WHERE t.folded = ?)`, tag)
	}
	if words := q.Params["group"]; words != "" {
		groups, err := c.groupsNamed(ctx, words)
		if err != nil {
			return "", nil, err
		}
		add(stays(`s.group_id IN ?`), groups, groups)
	}
	return strings.Join(conditions, " AND "), args, nil
}

// nextPeople are the next people that a condition picks, among some where these are named.
func (c *Community) nextPeople(ctx context.Context, where string, args []any, among []MemberID, after MemberID, limit int) (ids []MemberID, err error) {
	args = slices.Clone(args)
	if among[0] != "" {
		where, args = where+` AND m.id IN ?`, append(args, among)
	}
	if after != "" {
		where, args = where+` AND (LENGTH(m.id), m.id) > (?, ?)`, append(args, len(after), string(after))
	}
	if err := c.db.Conn(ctx).Raw(`SELECT m.id FROM members m WHERE `+where+` ORDER BY LENGTH(m.id), m.id LIMIT ?`, append(args, limit)...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return ids, nil
}

// bots are the people who are bots.
func (c *Community) bots(ctx context.Context, d *Directory) ([]MemberID, error) {
	query := c.db.Conn(ctx).Table("members").Where("bot = ?", true)
	if len(c.opts.Bots) > 0 {
		query = query.Or("id IN ?", c.opts.Bots).Or("id IN (SELECT member_id FROM bindings WHERE user_id IN ?)", c.opts.Bots)
	}
	ids := []MemberID{}
	if err := query.Pluck("id", &ids).Error; err != nil {
		return nil, fmt.Errorf("bots: %w", err)
	}
	for i := range ids {
		ids[i] = d.Who(ids[i])
	}
	return append(ids, ""), nil // a list that is not empty
}

// groupsNamed are the groups with an id, or with words in their names.
func (c *Community) groupsNamed(ctx context.Context, words string) ([]string, error) {
	var rows []struct{ ID, Name string }
	if err := c.db.Conn(ctx).Raw(`SELECT id, name FROM groups`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("groups: %w", err)
	}
	words = bot.Fold(words)
	found := []string{""} // a list that is not empty
	for _, g := range rows {
		if g.ID == words || strings.Contains(bot.Fold(g.Name), words) {
			found = append(found, g.ID)
		}
	}
	return found, nil
}
