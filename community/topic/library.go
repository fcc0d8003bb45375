package topic

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// definition is what managers can say about a topic.
type definition struct {
	Column   string
	Text     string
	Weight   int
	Season   string // as season.String has it
	Audience string // groups, with commas between; empty: all
	CoolOff  int    // dates; 0: the configuration's
	Host     string // the host's own answer; may be empty
}

// entry is a topic of the library.
type entry struct {
	definition
	id     int64
	state  string
	source string
	member community.MemberID // who proposed it
}

// The states of a topic, and where it came from.
const (
	active  = "active"
	paused  = "paused"
	removed = "removed"

	builtIn  = "built-in"
	imported = "import"
	added    = "manager"
	proposed = "proposal"
)

const entryColumns = `t.id, t.column_name, t.text, t.weight, t.season, t.audience, t.cool_off, t.host, t.state, t.source, t.member_id`

func scanEntry(scan func(...any) error) (e entry, err error) {
	err = scan(&e.id, &e.Column, &e.Text, &e.Weight, &e.Season, &e.Audience, &e.CoolOff, &e.Host, &e.state, &e.source, &e.member)
	return e, err
}

// entries are the topics that a condition fits, by number. Those that were removed are left out.
func (f *topic) entries(ctx context.Context, where string, args ...any) (list []entry, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		e, err := scanEntry(scan)
		list = append(list, e)
		return err
	}, `SELECT `+entryColumns+` FROM topic_topics t WHERE t.state <> 'removed' AND `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("topics: %w", err)
	}
	return list, nil
}

// find reads a topic that was not removed.
func (f *topic) find(ctx context.Context, id int64) (e entry, ok bool, err error) {
	e, err = scanEntry(f.db.Row(ctx, `SELECT `+entryColumns+` FROM topic_topics t WHERE t.id = ? AND t.state <> 'removed'`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return entry{}, false, nil
	}
	if err != nil {
		return entry{}, false, fmt.Errorf("topic %d: %w", id, err)
	}
	return e, true, nil
}

// origins says where new topics come from.
type origins struct {
	source string
	member community.MemberID
	batch  int64
	at     int64
}

// store adds a topic; ok is false where the column has one with the same words. One that was removed comes back anew.
func (f *topic) store(ctx context.Context, d definition, from origins) (id int64, ok bool, err error) {
	origin := ""
	if from.source == builtIn {
		origin = letters(d.Text)
	}
	err = f.db.Row(ctx, `INSERT INTO topic_topics (id, column_name, text, folded, weight, season, audience, cool_off, host, state, source, origin, member_id, batch, at)
		VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM topic_topics), ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?)
		ON CONFLICT (column_name, folded) DO UPDATE SET text = excluded.text, weight = excluded.weight, season = excluded.season, audience = excluded.audience,
		cool_off = excluded.cool_off, host = excluded.host, state = 'active', source = excluded.source, member_id = excluded.member_id,
		batch = excluded.batch, at = excluded.at WHERE topic_topics.state = 'removed' RETURNING id`,
		d.Column, d.Text, letters(d.Text), d.Weight, d.Season, d.Audience, d.CoolOff, d.Host, from.source, origin, string(from.member), from.batch, from.at).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("store topic: %w", err)
	}
	return id, true, nil
}

// unplan frees the dates to come that a topic is planned for.
func (f *topic) unplan(ctx context.Context, id int64, now int64) error {
	_, err := f.db.Exec(ctx, `DELETE FROM topic_days WHERE topic_id = ? AND state = 'planned' AND slot > ?`, id, now)
	if err != nil {
		return fmt.Errorf("free the dates of topic %d: %w", id, err)
	}
	return nil
}

// setState pauses, resumes or removes a topic; ok is false where it is not in the state that it is to leave.
func (f *topic) setState(ctx context.Context, r *bot.Request, id int64, from, to string) (ok bool, err error) {
	n, err := f.db.Exec(ctx, `UPDATE topic_topics SET state = ? WHERE id = ? AND state = ?`, to, id, from)
	if err != nil || n == 0 {
		return false, err
	}
	if to != active {
		err = f.unplan(ctx, id, r.At.UnixMilli())
	}
	return true, err
}

// column is a column of the configuration by its name or hashtag.
func (f *topic) column(word string) (Column, bool) {
	word = strings.Trim(bot.Fold(word), "#")
	i := slices.IndexFunc(f.cfg.Columns, func(c Column) bool {
		return word != "" && (bot.Fold(c.Name) == word || strings.Trim(bot.Fold(c.tag()), "#") == word)
	})
	if i < 0 {
		return Column{}, false
	}
	return f.cfg.Columns[i], true
}

// suits tells whether a topic is for a group, which its audience names by id or name.
func suits(audience string, id community.GroupID, name string) bool {
	if audience == "" {
		return true
	}
	return slices.ContainsFunc(strings.Split(audience, ","), func(a string) bool { return a == string(id) || bot.Fold(a) == bot.Fold(name) })
}

// candidates are the topics that a column has for a group. What the bot must not say is none.
func (f *topic) candidates(ctx context.Context, column string, g group) (list []Candidate, err error) {
	all, err := f.entries(ctx, `t.state = 'active' AND t.column_name = ? ORDER BY t.id`, column)
	for _, e := range all {
		if _, bad := f.c.Words.Forbidden(e.Text); !bad && suits(e.Audience, g.id, g.name) {
			list = append(list, f.candidate(e))
		}
	}
	return list, err
}

func (f *topic) candidate(e entry) Candidate {
	s, _ := readSeason(e.Season) // as it was stored
	c := Candidate{ID: e.id, Weight: e.Weight, CoolOff: community.Day(e.CoolOff), Season: s}
	if c.CoolOff == 0 {
		c.CoolOff = community.Day(f.cfg.CoolOff)
	}
	return c
}

// check tells what is wrong with a definition: the key of a text and its values, or an empty key.
func (f *topic) check(d definition) (key string, kv []any) {
	switch n := len([]rune(d.Text)); {
	case letters(d.Text) == "":
		return "wrong.empty", nil
	case n > longestTopic || len([]rune(d.Host)) > longestTopic:
		return "wrong.long", []any{"Most", longestTopic, "Count", max(n, len([]rune(d.Host)))}
	}
	for _, text := range [...]string{d.Text, d.Host} {
		if word, bad := f.c.Words.Forbidden(text); bad {
			return "wrong.word", []any{"Word", f.c.Words.Masked(word)}
		}
	}
	return "", nil
}
