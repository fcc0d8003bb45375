package community

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
)

// Summary is what is known of one member over all time. The names of its JSON are a contract.
type Summary struct {
	Member     MemberID  `json:"member"`
	Name       string    `json:"name"`
	Groups     int       `json:"groups"`      // groups they were ever in
	Messages   int       `json:"messages"`    // in groups
	ActiveDays int       `json:"active_days"` // Days with a message
	Partners   int       `json:"partners"`    // distinct people who mentioned them or whom they mentioned
	FirstSeen  time.Time `json:"first_seen"`
	LastSeen   time.Time `json:"last_seen"`

	Provisional bool       `json:"provisional,omitempty"` // they wait to be recognised
	Aliases     []MemberID `json:"aliases,omitempty"`     // other ids that were merged into this one
}

// Members lists everybody who was ever seen, in the order of their ids. People who were only mentioned are left out.
func Members(ctx context.Context, db bot.Storage) ([]Summary, error) {
	list, err := summaries(ctx, db)
	out := make([]Summary, len(list))
	for i, m := range list {
		out[i] = *m
	}
	return out, err
}

func summaries(ctx context.Context, db bot.Storage) ([]*Summary, error) {
	conn := db.Conn(ctx)
	aliases, err := Aliases(ctx, db)
	if err != nil {
		return nil, err
	}
	list, byID, err := people(conn, aliases)
	if err != nil {
		return nil, err
	}
	of := func(id string) *Summary { return byID[aliases.Resolve(MemberID(id))] }

	var stays []struct {
		MemberID, GroupID string
		JoinedAt, LeftAt  int64
	}
	if err := conn.Raw(`SELECT member_id, group_id, joined_at, left_at FROM stays`).Scan(&stays).Error; err != nil {
		return nil, fmt.Errorf("members: stays: %w", err)
	}
	groups := map[[2]string]bool{}
	for _, s := range stays {
		m := of(s.MemberID)
		if m == nil {
			continue
		}
		if key := [2]string{string(m.Member), s.GroupID}; !groups[key] {
			groups[key] = true
			m.Groups++
		}
		m.saw(s.JoinedAt)
		m.saw(s.LeftAt)
	}
	if err := countActivity(conn, of); err != nil {
		return nil, err
	}
	return list, countPartners(conn, aliases, byID)
}

// people are all persons who were ever seen under one of their ids, with the latest name and the first sighting.
func people(conn *gorm.DB, aliases AliasMap) ([]*Summary, map[MemberID]*Summary, error) {
	var rows []struct {
		ID, Name                       string
		NameAt, FirstSeen, Provisional int64
	}
	if err := conn.Raw(`SELECT id, name, name_at, first_seen, provisional FROM members ORDER BY LENGTH(id), id`).Scan(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("members: %w", err)
	}
	list, byID, named := []*Summary{}, map[MemberID]*Summary{}, map[MemberID]int64{}
	seen := map[MemberID]bool{}
	for _, row := range rows {
		id := MemberID(row.ID)
		m := &Summary{Member: id, Name: row.Name, Provisional: row.Provisional > 0}
		if who := aliases.Resolve(id); who == id {
			list, byID[id], named[id] = append(list, m), m, row.NameAt
		}
	}
	for _, row := range rows {
		id := MemberID(row.ID)
		who := aliases.Resolve(id)
		m := byID[who]
		if m == nil {
			continue
		}
		if id != who {
			m.Aliases = append(m.Aliases, id)
			if row.NameAt > named[who] {
				m.Name, named[who] = row.Name, row.NameAt
			}
		}
		if first := bot.FromMillis(row.FirstSeen); row.FirstSeen > 0 && (!seen[who] || first.Before(m.FirstSeen)) {
			m.FirstSeen, m.LastSeen, seen[who] = first, first, true
		}
	}
	list = slices.DeleteFunc(list, func(m *Summary) bool {
		if !seen[m.Member] {
			delete(byID, m.Member)
		}
		return !seen[m.Member]
	})
	return list, byID, nil
}

func (m *Summary) saw(ms int64) {
	if t := bot.FromMillis(ms); t.After(m.LastSeen) {
		m.LastSeen = t
	}
}

func countActivity(conn *gorm.DB, of func(string) *Summary) error {
	var rows []struct {
		MemberID        string
		Day, Messages   int
		FirstAt, LastAt int64
	}
	if err := conn.Raw(`SELECT member_id, day, SUM(messages) AS messages, MAX(last_at) AS last_at FROM activity
		GROUP BY member_id, day`).Scan(&rows).Error; err != nil {
		return fmt.Errorf("members: activity: %w", err)
	}
	type memberDay struct {
		m   *Summary
		day int
	}
	days := make(map[memberDay]bool, len(rows))
	for _, row := range rows {
		m := of(row.MemberID)
		if m == nil {
			continue
		}
		m.Messages += row.Messages
		if key := (memberDay{m, row.Day}); !days[key] {
			days[key] = true
			m.ActiveDays++
		}
		m.saw(row.LastAt)
	}
	return nil
}

func countPartners(conn *gorm.DB, aliases AliasMap, byID map[MemberID]*Summary) error {
	var rows []struct{ FromID, ToID string }
	if err := conn.Raw(`SELECT DISTINCT from_id, to_id FROM edges WHERE kind = ?`, Mention).Scan(&rows).Error; err != nil {
		return fmt.Errorf("members: partners: %w", err)
	}
	pairs := make(map[[2]MemberID]bool, 2*len(rows))
	for _, row := range rows {
		from, to := aliases.Resolve(MemberID(row.FromID)), aliases.Resolve(MemberID(row.ToID))
		if from == to {
			continue
		}
		for _, pair := range [...][2]MemberID{{from, to}, {to, from}} {
			if m := byID[pair[0]]; m != nil && !pairs[pair] {
				pairs[pair] = true
				m.Partners++
			}
		}
	}
	return nil
}

// AliasMap resolves ids that were merged into others.
type AliasMap map[MemberID]MemberID

// Resolve is the member that an id stands for today.
func (a AliasMap) Resolve(id MemberID) MemberID {
	for range len(a) {
		to, ok := a[id]
		if !ok {
			break
		}
		id = to
	}
	return id
}

// Aliases reads all aliases.
func Aliases(ctx context.Context, db bot.Storage) (AliasMap, error) {
	var rows []struct{ Alias, MemberID string }
	if err := db.Conn(ctx).Raw(`SELECT alias, member_id FROM aliases`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("aliases: %w", err)
	}
	m := make(AliasMap, len(rows))
	for _, row := range rows {
		m[MemberID(row.Alias)] = MemberID(row.MemberID)
	}
	return m, nil
}

// MonthActivity is how lively a month was. Staff and bots are left out. The names of its JSON are a contract.
type MonthActivity struct {
	Month    string        `json:"month"`
	Messages int           `json:"messages"`
	Speakers int           `json:"speakers"` // distinct members with a message
	Days     []DayActivity `json:"days"`     // every Day of the month
}

// DayActivity is how lively a Day was.
type DayActivity struct {
	Day      string `json:"day"`
	Active   int    `json:"active"` // distinct members with a message
	Messages int    `json:"messages"`
}

// ActivityOf reads the activity of the Days of a month, given like 2024-05. bots are accounts that the configuration names.
func ActivityOf(ctx context.Context, db bot.Storage, month string, bots []string) (MonthActivity, error) {
	first, after, err := ParseMonth(month)
	if err != nil {
		return MonthActivity{}, err
	}
	aliases, err := Aliases(ctx, db)
	if err != nil {
		return MonthActivity{}, err
	}
	out, err := uncounted(ctx, db, bots)
	if err != nil {
		return MonthActivity{}, err
	}
	var rows []struct {
		Day, Messages int
		MemberID      string
	}
	if err := db.Conn(ctx).Raw(`SELECT day, member_id, SUM(messages) AS messages FROM activity WHERE day >= ? AND day < ?
		GROUP BY day, member_id`, int(first), int(after)).Scan(&rows).Error; err != nil {
		return MonthActivity{}, fmt.Errorf("activity of %s: %w", month, err)
	}
	result := MonthActivity{Month: month, Days: make([]DayActivity, after-first)}
	active := make([]map[MemberID]bool, after-first)
	for d := range result.Days {
		result.Days[d].Day = (first + Day(d)).String()
		active[d] = map[MemberID]bool{}
	}
	speakers := map[MemberID]bool{}
	for _, row := range rows {
		id := aliases.Resolve(MemberID(row.MemberID))
		if out[id] {
			continue
		}
		d := Day(row.Day) - first
		active[d][id], speakers[id] = true, true
		result.Days[d].Messages += row.Messages
		result.Messages += row.Messages
	}
	for d := range result.Days {
		result.Days[d].Active = len(active[d])
	}
	result.Speakers = len(speakers)
	return result, nil
}

// LeftOut are the members who appear in no metric and on no board: staff and bots.
func LeftOut(ctx context.Context, db bot.Storage, bots []string) (map[MemberID]bool, error) {
	aliases, err := Aliases(ctx, db)
	if err != nil {
		return nil, err
	}
	return leftOut(ctx, db, aliases, bots, true)
}

// leftOut are the bots, and where wanted the staff.
func leftOut(ctx context.Context, db bot.Storage, aliases AliasMap, bots []string, staff bool) (map[MemberID]bool, error) {
	var ids []string
	// Each part is as the partial indexes have it: an OR over all would go through everybody, and so does a UNION, which
	// SQLite merges in the order of ids.
	query, args := `SELECT id FROM members WHERE bot`, []any{}
	if staff { // the role of an id that was merged sleeps
		query += ` UNION ALL SELECT id FROM members WHERE role > 0 AND id NOT IN (SELECT alias FROM aliases)`
	}
	if len(bots) > 0 {
		query += ` UNION ALL SELECT id FROM members WHERE id IN ? UNION ALL SELECT member_id FROM bindings WHERE user_id IN ?`
		args = append(args, bots, bots)
	}
	if err := db.Conn(ctx).Raw(query, args...).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("staff and bots: %w", err)
	}
	out := make(map[MemberID]bool, len(ids))
	for _, id := range ids {
		out[aliases.Resolve(MemberID(id))] = true
	}
	return out, nil
}

// LeftOut are the members who appear in no metric and on no board: staff and bots.
func (c *Community) LeftOut(ctx context.Context) (map[MemberID]bool, error) {
	return LeftOut(ctx, c.db, c.opts.Bots)
}
