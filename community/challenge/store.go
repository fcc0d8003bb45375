package challenge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

const columns = `id, name, about, group_id, mode, days, target, first_day, last_day, proof, tag, windows, daily, leaves, state, made_by, made_at, settled_at`

// challenges are those that fit a condition.
func (f *feature) challenges(ctx context.Context, where string, args ...any) (list []*challenge, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		c := &challenge{}
		var windows string
		var made, ended int64
		if err := scan(&c.ID, &c.Name, &c.About, &c.Group, &c.Mode, &c.Days, &c.Target, &c.First, &c.Last, &c.Proof, &c.Tag, &windows,
			&c.Daily, &c.MaxOff, &c.State, &c.MadeBy, &made, &ended); err != nil {
			return err
		}
		c.Windows, c.Made = readWindows(windows), bot.FromMillis(made)
		if c.State == Settled {
			c.Ended = bot.FromMillis(ended)
		}
		list = append(list, c)
		return nil
	}, `SELECT `+columns+` FROM challenges `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("challenges: %w", err)
	}
	for _, c := range list {
		if c.Prizes, err = f.prizes(ctx, c.ID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// byID is one challenge; nil where there is none.
func (f *feature) byID(ctx context.Context, id int64) (*challenge, error) {
	list, err := f.challenges(ctx, `WHERE id = ?`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func (f *feature) prizes(ctx context.Context, id int64) (list []Prize, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var p Prize
		err := scan(&p.N, &p.At, &p.Seq, &p.Kind, &p.Amount, &p.Name, &p.Later)
		list = append(list, p)
		return err
	}, `SELECT n, at_days, seq, kind, amount, name, later FROM challenge_prizes WHERE challenge_id = ? ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("prizes: %w", err)
	}
	return list, nil
}

// add stores a challenge with its prizes, and gives it its id.
func (f *feature) add(ctx context.Context, r *bot.Request, c *challenge) error {
	err := f.db.Row(ctx, `INSERT INTO challenges (name, folded, about, group_id, mode, days, target, first_day, last_day, proof, tag, windows, daily, leaves, state, made_by, made_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		c.Name, bot.Fold(c.Name), c.About, string(c.Group), string(c.Mode), c.Days, c.Target, int(c.First), int(c.Last), string(c.Proof), c.Tag,
		storedWindows(c.Windows), c.Daily, c.MaxOff, string(c.State), string(c.MadeBy), r.At.UnixMilli()).Scan(&c.ID)
	if err != nil {
		return fmt.Errorf("new challenge: %w", err)
	}
	for i, p := range c.Prizes {
		p.N, p.Seq = i+1, r.Seq
		if err := f.addPrize(ctx, c.ID, p); err != nil {
			return err
		}
		c.Prizes[i] = p
	}
	return nil
}

func (f *feature) addPrize(ctx context.Context, id int64, p Prize) error {
	if _, err := f.db.Exec(ctx, `INSERT INTO challenge_prizes (challenge_id, n, at_days, seq, kind, amount, name, later) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id, p.N, p.At, p.Seq, string(p.Kind), p.Amount, p.Name, p.Later); err != nil {
		return fmt.Errorf("new prize: %w", err)
	}
	return nil
}

// member is how an id takes part.
type member struct {
	Join
	Group community.GroupID // where they hear of it
	Left  bool              // they quit
	Out   int64             // Seq of their disqualification; 0: none
	Quiet bool              // they don't want to be reminded
}

// members are the rows of ids in a challenge.
func (f *feature) members(ctx context.Context, id int64, ids []community.MemberID) (list []member, err error) {
	in, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var m member
		err := scan(&m.Origin, &m.Day, &m.Seq, &m.Earns, &m.Group, &m.Left, &m.Out, &m.Quiet)
		list = append(list, m)
		return err
	}, `SELECT member_id, day, seq, earns, group_id, quit_at > 0, out_seq, quiet FROM challenge_members WHERE challenge_id = ? AND member_id IN `+in+` ORDER BY seq, member_id`,
		append([]any{id}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("members of challenge %d: %w", id, err)
	}
	return list, nil
}

// again is what says in a list of marks that somebody began anew.
const again Kind = "again"

// part is how the person with some ids takes part; nil where they never joined.
func (f *feature) part(ctx context.Context, id int64, ids []community.MemberID) (*Part, []member, error) {
	rows, err := f.members(ctx, id, ids)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	p := &Part{}
	for _, m := range rows {
		p.Joins = append(p.Joins, m.Join)
		if m.Out > 0 {
			p.Bans = append(p.Bans, Ban{From: m.Out})
		}
	}
	in, args := community.In(ids)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var m Mark
		err := scan(&m.ID, &m.Origin, &m.Day, &m.Kind, &m.Seq, &m.Price, &m.Earns)
		if m.Kind == again {
			p.Joins = append(p.Joins, Join{m.Origin, m.Day, m.Seq, m.Earns})
		} else {
			p.Marks = append(p.Marks, m)
		}
		return err
	}, `SELECT id, member_id, day, kind, seq, price, earns FROM challenge_marks WHERE challenge_id = ? AND gone_seq = 0 AND member_id IN `+in+`
		UNION ALL SELECT 0, '', day, 'granted', seq, 0, FALSE FROM challenge_grants WHERE challenge_id = ?
		UNION ALL SELECT 0, member_id, day, 'again', seq, 0, earns FROM challenge_rejoins WHERE challenge_id = ? AND member_id IN `+in+` ORDER BY 5, 3, 2`,
		slices.Concat([]any{id}, args, []any{id, id}, args)...)
	if err != nil {
		return nil, nil, fmt.Errorf("marks of challenge %d: %w", id, err)
	}
	return p, rows, nil
}

// mark stores a fact; fresh is false where that id has the like for that Day already.
func (f *feature) mark(ctx context.Context, id int64, m *Mark, at time.Time, s shown) (fresh bool, err error) {
	err = f.db.Row(ctx, `INSERT INTO challenge_marks (challenge_id, member_id, day, kind, seq, at, price, earns, print, media, other_seq)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
		id, string(m.Origin), int(m.Day), string(m.Kind), m.Seq, at.UnixMilli(), m.Price, m.Earns, s.print(), s.media, s.other).Scan(&m.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("mark: %w", err)
	}
	return true, nil
}

// keepStanding stores what the facts of a person come to, for boards; it can be derived again at any time.
func (f *feature) keepStanding(ctx context.Context, id int64, person community.MemberID, s Standing) error {
	if _, err := f.db.Exec(ctx, `INSERT INTO challenge_standings (challenge_id, member_id, first_day, last_day, total, best, run, run_end, done, made_up, leaves, cards, reached)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (challenge_id, member_id) DO UPDATE SET first_day = excluded.first_day, last_day = excluded.last_day,
		total = excluded.total, best = excluded.best, run = excluded.run, run_end = excluded.run_end, done = excluded.done, made_up = excluded.made_up,
		leaves = excluded.leaves, cards = excluded.cards, reached = excluded.reached`,
		id, string(person), int(s.First), int(s.Last), s.Total, s.Best, s.Run, int(s.RunEnd), s.Done, s.MadeUp, s.Leaves, s.Cards, s.Reached); err != nil {
		return fmt.Errorf("standing: %w", err)
	}
	return nil
}

func (f *feature) dropStanding(ctx context.Context, id int64, person community.MemberID) error {
	if _, err := f.db.Exec(ctx, `DELETE FROM challenge_standings WHERE challenge_id = ? AND member_id = ?`, id, string(person)); err != nil {
		return fmt.Errorf("standing: %w", err)
	}
	return nil
}

// migrations makes the tables of challenges. Times are Unix milliseconds, UTC; a day is a Day; a seq the event that made it so.
func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{ID: "2026112350_challenge", Migrate: func(tx *gorm.DB) error {
		serial := "INTEGER PRIMARY KEY AUTOINCREMENT"
		if tx.Name() == "postgres" {
			serial = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
		}
		for _, statement := range []string{
			// first_day: 0 where everybody begins on the Day they join; settled_at: 0 for not yet.
			`CREATE TABLE challenges (id ` + serial + `, name TEXT NOT NULL, folded TEXT NOT NULL, about TEXT NOT NULL, group_id TEXT NOT NULL, mode TEXT NOT NULL,
				days INTEGER NOT NULL, target INTEGER NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL, proof TEXT NOT NULL, tag TEXT NOT NULL,
				windows TEXT NOT NULL, daily BIGINT NOT NULL, leaves INTEGER NOT NULL, state TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
				settled_at BIGINT NOT NULL DEFAULT 0)`,
			`CREATE UNIQUE INDEX challenges_name ON challenges (folded) WHERE state = 'open'`,
			// at_days: 0 for the goal.
			`CREATE TABLE challenge_prizes (challenge_id BIGINT NOT NULL REFERENCES challenges (id), n INTEGER NOT NULL, at_days INTEGER NOT NULL, seq BIGINT NOT NULL,
				kind TEXT NOT NULL, amount BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (challenge_id, n))`,
			// quit_at, out_seq: 0 for not; quiet: they don't want to be reminded.
			`CREATE TABLE challenge_members (challenge_id BIGINT NOT NULL REFERENCES challenges (id), member_id TEXT NOT NULL, day INTEGER NOT NULL, at BIGINT NOT NULL,
				seq BIGINT NOT NULL, group_id TEXT NOT NULL, quit_at BIGINT NOT NULL DEFAULT 0, out_seq BIGINT NOT NULL DEFAULT 0, out_reason TEXT NOT NULL DEFAULT '',
				quiet BOOLEAN NOT NULL DEFAULT FALSE, PRIMARY KEY (challenge_id, member_id))`,
			`CREATE INDEX challenge_members_member ON challenge_members (member_id)`,
			// print, media: digests of the words and of the picture; other_seq: the half that came before; gone_seq: the event that took it back, 0 for none.
			`CREATE TABLE challenge_marks (id ` + serial + `, challenge_id BIGINT NOT NULL REFERENCES challenges (id), member_id TEXT NOT NULL, day INTEGER NOT NULL,
				kind TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, price BIGINT NOT NULL, earns BOOLEAN NOT NULL, other_seq BIGINT NOT NULL DEFAULT 0,
				print TEXT NOT NULL DEFAULT '', media TEXT NOT NULL DEFAULT '', gone_seq BIGINT NOT NULL DEFAULT 0)`,
			`CREATE UNIQUE INDEX challenge_marks_once ON challenge_marks (challenge_id, member_id, day, kind) WHERE gone_seq = 0`,
			`CREATE INDEX challenge_marks_seq ON challenge_marks (seq)`,
			`CREATE INDEX challenge_marks_other ON challenge_marks (other_seq) WHERE other_seq > 0`,
			`CREATE INDEX challenge_marks_media ON challenge_marks (media) WHERE media <> ''`,
			`CREATE INDEX challenge_marks_print ON challenge_marks (challenge_id, print) WHERE print <> ''`,
			`CREATE TABLE challenge_halves (member_id TEXT NOT NULL, group_id TEXT NOT NULL, challenge_id BIGINT NOT NULL, words TEXT NOT NULL, media TEXT NOT NULL,
				seq BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (member_id, group_id))`,
			`CREATE TABLE challenge_doubts (mark_id BIGINT NOT NULL PRIMARY KEY REFERENCES challenge_marks (id), challenge_id BIGINT NOT NULL, member_id TEXT NOT NULL,
				group_id TEXT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL, answered_at BIGINT NOT NULL DEFAULT 0, answer_seq BIGINT NOT NULL DEFAULT 0)`,
			`CREATE INDEX challenge_doubts_open ON challenge_doubts (member_id, answered_at)`,
			`CREATE INDEX challenge_marks_day ON challenge_marks (challenge_id, day, kind, member_id) WHERE gone_seq = 0`,
			`CREATE TABLE challenge_grants (challenge_id BIGINT NOT NULL REFERENCES challenges (id), day INTEGER NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
				PRIMARY KEY (challenge_id, day))`,
			// at: the time of day; empty: it is not planned.
			`CREATE TABLE challenge_plans (job TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL)`,
			// days: what was reached.
			`CREATE TABLE challenge_wins (challenge_id BIGINT NOT NULL, n INTEGER NOT NULL, member_id TEXT NOT NULL, days INTEGER NOT NULL, at BIGINT NOT NULL,
				PRIMARY KEY (challenge_id, n, member_id))`,
			// step, name, words: how far the questions to a manager are.
			`CREATE TABLE challenge_drafts (member_id TEXT NOT NULL, group_id TEXT NOT NULL, step INTEGER NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL,
				at BIGINT NOT NULL, PRIMARY KEY (member_id, group_id))`,
			`CREATE TABLE challenge_cheers (challenge_id BIGINT NOT NULL, day INTEGER NOT NULL, from_id TEXT NOT NULL, to_id TEXT NOT NULL, group_id TEXT NOT NULL,
				at BIGINT NOT NULL, PRIMARY KEY (challenge_id, day, from_id, to_id))`,
			`CREATE TABLE challenge_teams (challenge_id BIGINT NOT NULL, member_id TEXT NOT NULL, team BIGINT NOT NULL, at BIGINT NOT NULL,
				PRIMARY KEY (challenge_id, member_id))`,
			`CREATE TABLE challenge_team_asks (challenge_id BIGINT NOT NULL, from_id TEXT NOT NULL, to_id TEXT NOT NULL, at BIGINT NOT NULL,
				PRIMARY KEY (challenge_id, from_id, to_id))`,
			// What the facts of each person come to.
			`CREATE TABLE challenge_standings (challenge_id BIGINT NOT NULL REFERENCES challenges (id), member_id TEXT NOT NULL, first_day INTEGER NOT NULL,
				last_day INTEGER NOT NULL, total INTEGER NOT NULL, best INTEGER NOT NULL, run INTEGER NOT NULL, run_end INTEGER NOT NULL, done INTEGER NOT NULL,
				made_up INTEGER NOT NULL, leaves INTEGER NOT NULL, cards INTEGER NOT NULL, reached BIGINT NOT NULL, PRIMARY KEY (challenge_id, member_id))`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}}, {ID: "2026112362_challenge_joins", Migrate: func(tx *gorm.DB) error {
		// earns: whoever joined is no staff.
		return tx.Exec(`ALTER TABLE challenge_members ADD COLUMN earns BOOLEAN NOT NULL DEFAULT TRUE`).Error
	}}, {ID: "2026112363_challenge_rejoins", Migrate: func(tx *gorm.DB) error {
		return tx.Exec(`CREATE TABLE challenge_rejoins (challenge_id BIGINT NOT NULL REFERENCES challenges (id), member_id TEXT NOT NULL, day INTEGER NOT NULL,
			at BIGINT NOT NULL, seq BIGINT NOT NULL, earns BOOLEAN NOT NULL, PRIMARY KEY (challenge_id, member_id, day))`).Error
	}}, {ID: "2026112364_challenge_turns", Migrate: func(tx *gorm.DB) error {
		for _, statement := range []string{
			// later: added to what there was; turned: the last event that disqualified, or ended that, 0 for none.
			`ALTER TABLE challenge_prizes ADD COLUMN later BOOLEAN NOT NULL DEFAULT FALSE`,
			`UPDATE challenge_prizes SET later = TRUE WHERE EXISTS
				(SELECT 1 FROM challenge_prizes p WHERE p.challenge_id = challenge_prizes.challenge_id AND p.n = 1 AND p.seq < challenge_prizes.seq)`,
			`ALTER TABLE challenge_members ADD COLUMN turned BIGINT NOT NULL DEFAULT 0`,
			`UPDATE challenge_members SET turned = out_seq`,
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	}}, {ID: "2026112412_challenge_days", Migrate: func(tx *gorm.DB) error {
		return tx.Exec(`CREATE INDEX challenge_marks_all ON challenge_marks (day)`).Error
	}}}
}
