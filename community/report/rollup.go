package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// A rollup is what reports ask of one Day in one group, so that no report reads messages. It is made once all replies to
// the Day's openers are in, a night after the Day. What comes later than that, or changes who somebody is or who is left
// out, makes the rollups of the groups concerned doubtful from the Day on which it matters; the next night makes them anew,
// and until then a report reads the messages for these.

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112401_rollups", Migrate: func(tx *gorm.DB) error {
		for _, stmt := range []string{
			`CREATE TABLE report_days (day INTEGER NOT NULL, group_id TEXT NOT NULL, speakers TEXT NOT NULL, hours TEXT NOT NULL, waits TEXT NOT NULL,
				PRIMARY KEY (day, group_id))`,
			`CREATE TABLE report_doubts (group_id TEXT PRIMARY KEY, day INTEGER NOT NULL)`,
			`CREATE TABLE report_rolled (one INTEGER PRIMARY KEY, day INTEGER NOT NULL, calendar TEXT NOT NULL, left_out TEXT NOT NULL)`,
			`CREATE TABLE report_points (day INTEGER PRIMARY KEY, issued BIGINT NOT NULL, spent BIGINT NOT NULL, expired BIGINT NOT NULL)`,
			`CREATE TABLE report_ledger (one INTEGER PRIMARY KEY, upto BIGINT NOT NULL, next BIGINT NOT NULL)`,
		} {
			if err := tx.Exec(stmt).Error; err != nil {
				return err
			}
		}
		return nil
	}}}
}

// rolled is how far the rollups go.
type rolled struct {
	day     community.Day // the last that has them; 0: none has
	out     map[community.MemberID]bool
	doubtOf map[community.GroupID]community.Day // from which Day on they can't be trusted
}

// trusts tells whether the rollup of a Day in a group holds; where it does and there is none, nobody said anything.
func (s rolled) trusts(g community.GroupID, d community.Day) bool {
	from, doubted := s.doubtOf[g]
	return d <= s.day && (!doubted || d < from)
}

// state reads how far the rollups go. Those that another calendar made are none.
func (f *feature) state(ctx context.Context) (rolled, error) {
	s := rolled{out: map[community.MemberID]bool{}, doubtOf: map[community.GroupID]community.Day{}}
	var calendar, out string
	err := f.db.Row(ctx, `SELECT day, calendar, left_out FROM report_rolled WHERE one = 1`).Scan(&s.day, &calendar, &out)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("rollups: %w", err)
	}
	if calendar != f.c.Calendar.String() {
		s.day = 0
		return s, nil
	}
	for id := range strings.FieldsSeq(out) {
		s.out[community.MemberID(id)] = true
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var g community.GroupID
		var d community.Day
		err := scan(&g, &d)
		s.doubtOf[g] = d
		return err
	}, `SELECT group_id, day FROM report_doubts`)
	if err != nil {
		return s, fmt.Errorf("rollups: %w", err)
	}
	return s, nil
}

// compare doubts what people said who are left out now and were not, or the other way round.
func (f *feature) compare(ctx context.Context, s *rolled, p *people) error {
	var changed []community.MemberID
	for id := range p.out {
		if !s.out[id] {
			changed = append(changed, p.idsOf(id)...)
		}
	}
	for id := range s.out {
		if !p.out[id] {
			changed = append(changed, p.idsOf(id)...)
		}
	}
	first, err := f.firstDays(ctx, changed)
	for g, d := range first {
		s.doubt(g, d)
	}
	return err
}

func (s *rolled) doubt(g community.GroupID, d community.Day) {
	if was, ok := s.doubtOf[g]; !ok || d < was {
		s.doubtOf[g] = d
	}
}

// firstDays tells for each group in which any of the ids spoke the Day before the first on which one did: what they said
// answered somebody then.
func (f *feature) firstDays(ctx context.Context, ids []community.MemberID) (map[community.GroupID]community.Day, error) {
	first := map[community.GroupID]community.Day{}
	for some := range slices.Chunk(ids, 500) {
		in, args := community.In(some)
		if err := f.db.Each(ctx, func(scan func(...any) error) error {
			var g community.GroupID
			var d community.Day
			if err := scan(&g, &d); err != nil {
				return err
			}
			if was, ok := first[g]; !ok || d < was {
				first[g] = d
			}
			return nil
		}, `SELECT group_id, MIN(day) - 1 FROM activity WHERE member_id IN `+in+` GROUP BY group_id`, args...); err != nil {
			return nil, fmt.Errorf("rollups: %w", err)
		}
	}
	return first, nil
}

// observe doubts the rollups that a late message falls into; it may answer what was said the Day before.
func (f *feature) observe(ctx context.Context, r *bot.Request) error {
	if r.Kind != bot.Message || r.Actor.Group == "" || r.Actor.Member == "" {
		return nil
	}
	day := f.c.Calendar.Day(r.At)
	if last, err := f.lastRolled(ctx, r.SeenAt); err != nil || day-1 > last {
		return err
	}
	return f.doubt(ctx, community.GroupID(r.Actor.Group), day-1)
}

// doubt keeps that what was rolled up of a group can't be trusted from a Day on.
func (f *feature) doubt(ctx context.Context, g community.GroupID, from community.Day) error {
	_, err := f.db.Exec(ctx, `INSERT INTO report_doubts (group_id, day) VALUES (?, ?)
		ON CONFLICT (group_id) DO UPDATE SET day = excluded.day WHERE excluded.day < report_doubts.day`, string(g), int(from))
	if err != nil {
		return fmt.Errorf("doubt the rollups of %s: %w", g, err)
	}
	return nil
}

// changed doubts the rollups of groups in which people spoke who are others now.
func (f *feature) changed(ctx context.Context, _ *bot.Request, change community.Change) error {
	moved := change.Before
	if len(change.Before) < len(change.After) {
		moved = change.After
	}
	if len(moved) < 2 {
		return nil
	}
	first, err := f.firstDays(ctx, moved[1])
	if err != nil {
		return err
	}
	for _, g := range slices.Sorted(maps.Keys(first)) {
		if err := f.doubt(ctx, g, first[g]); err != nil {
			return err
		}
	}
	return nil
}

// remembered is how long it is remembered which Day was rolled up last: another instance may work the nights.
const remembered = time.Minute

// lastRolled is the last Day with rollups, from memory.
func (f *feature) lastRolled(ctx context.Context, now time.Time) (community.Day, error) {
	if f.known && (now.IsZero() || now.Sub(f.readAt) < remembered) { // an import tells no time
		return f.last, nil
	}
	s, err := f.state(ctx)
	if err != nil {
		return 0, err
	}
	f.keepLast(ctx, now, s.day)
	return s.day, nil
}

func (f *feature) keepLast(ctx context.Context, now time.Time, day community.Day) {
	known, at, was := f.known, f.readAt, f.last
	f.known, f.readAt, f.last = true, now, day
	f.db.OnRollback(ctx, func() { f.known, f.readAt, f.last = known, at, was })
}

// The texts of a rollup.

func speakersText(of map[community.MemberID]int) string {
	var b strings.Builder
	for _, id := range sortedKeys(of) {
		b.WriteString(string(id))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(of[id]))
		b.WriteByte(' ')
	}
	return b.String()
}

// eachSpeaker reads what speakersText wrote.
func eachSpeaker(text string, each func(id string, messages int)) {
	for text != "" {
		id, rest, _ := strings.Cut(text, " ")
		n, more, _ := strings.Cut(rest, " ")
		count, _ := strconv.Atoi(n)
		each(id, count)
		text = more
	}
}

func numbersText[N int | int64](list []N) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(int64(n), 10))
	}
	return b.String()
}

func numbers(text string) (list []int64) {
	for word := range strings.FieldsSeq(text) {
		n, _ := strconv.ParseInt(word, 10, 64)
		list = append(list, n)
	}
	return list
}
