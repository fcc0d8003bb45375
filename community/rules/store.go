package rules

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// version is one text of the rules. The first is the configuration's and has no date.
type version struct {
	number int
	text   string
	at     time.Time
}

func migrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{{
		ID: "2026112340_rules",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`CREATE TABLE rules_versions (version INTEGER PRIMARY KEY, at BIGINT NOT NULL, by_member TEXT NOT NULL, text TEXT NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0)`,
				`CREATE TABLE rules_agreed (member_id TEXT NOT NULL, version INTEGER NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (member_id, version))`,
				`CREATE TABLE rules_shown (group_id TEXT PRIMARY KEY, at BIGINT NOT NULL)`,
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}, {
		ID: "2026112361_rules_shown_version",
		Migrate: func(tx *gorm.DB) error {
			return tx.Exec(`ALTER TABLE rules_shown ADD COLUMN version INTEGER NOT NULL DEFAULT 0`).Error
		},
	}, {
		ID: "2026112395_rules_recalled",
		Migrate: func(tx *gorm.DB) error {
			for _, stmt := range []string{
				`ALTER TABLE rules_agreed ADD COLUMN seq BIGINT NOT NULL DEFAULT 0`, // of the message; 0: it is not known
				`CREATE INDEX rules_agreed_seq ON rules_agreed (seq)`,
				`ALTER TABLE rules_shown ADD COLUMN posted_at BIGINT NOT NULL DEFAULT 0`,
				`ALTER TABLE rules_shown ADD COLUMN posted INTEGER NOT NULL DEFAULT 0`, // which version was posted then
			} {
				if err := tx.Exec(stmt).Error; err != nil {
					return err
				}
			}
			return nil
		},
	}}
}

func (f *rules) exec(ctx context.Context, query string, args ...any) error {
	if _, err := f.db.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	return nil
}

// versions are all that were not taken back, the standing one last.
func (f *rules) versions(ctx context.Context) ([]version, error) {
	lines := make([]string, len(f.cfg.Lines))
	for i, l := range f.cfg.Lines {
		lines[i] = fmt.Sprintf("%d. %s", i+1, l)
	}
	list := []version{{number: 1, text: strings.Join(lines, "\n")}}
	rows, err := f.db.Conn(ctx).Raw(`SELECT version, text, at FROM rules_versions WHERE withdrawn = 0 ORDER BY version`).Rows()
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var v version
		var at int64
		if err := rows.Scan(&v.number, &v.text, &at); err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
		v.at = bot.FromMillis(at)
		list = append(list, v)
	}
	return list, rows.Err()
}

// standing is the version that stands.
func (f *rules) standing(ctx context.Context) (version, error) {
	all, err := f.versions(ctx)
	if err != nil {
		return version{}, err
	}
	return all[len(all)-1], nil
}

// add makes another version; numbers of versions that were taken back don't come again.
func (f *rules) add(ctx context.Context, r *bot.Request, text string) (n int, err error) {
	if err := f.db.Conn(ctx).Raw(`SELECT COALESCE(MAX(version), 1) + 1 FROM rules_versions`).Row().Scan(&n); err != nil {
		return 0, fmt.Errorf("next rules: %w", err)
	}
	return n, f.exec(ctx, `INSERT INTO rules_versions (version, at, by_member, text) VALUES (?, ?, ?, ?)`, n, r.At.UnixMilli(), r.Actor.Member, text)
}

func (f *rules) withdraw(ctx context.Context, n int) error {
	return f.exec(ctx, `UPDATE rules_versions SET withdrawn = 1 WHERE version = ?`, n)
}

// shown keeps that a group has a version of the rules before its eyes.
func (f *rules) shown(ctx context.Context, r *bot.Request, group community.GroupID, number int) error {
	if group == "" {
		return nil
	}
	return f.exec(ctx, `INSERT INTO rules_shown (group_id, at, version) VALUES (?, ?, ?) ON CONFLICT (group_id) DO UPDATE SET at = excluded.at, version = excluded.version`,
		string(group), r.At.UnixMilli(), number)
}

// shownAt tells when which version was shown to a group last; 0 is none.
func (f *rules) shownAt(ctx context.Context, group community.GroupID) (shown time.Time, number int, err error) {
	var at int64
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(at), 0), COALESCE(MAX(version), 0) FROM rules_shown WHERE group_id = ?`, string(group)).Scan(&at, &number)
	if err != nil {
		return shown, 0, fmt.Errorf("rules shown: %w", err)
	}
	return bot.FromMillis(at), number, nil
}

// agreedAt tells when a person agreed to a version, under any id.
func (f *rules) agreedAt(ctx context.Context, member community.MemberID, version int) (at time.Time, ok bool, err error) {
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return at, false, err
	}
	var ms int64
	if err := f.db.Conn(ctx).Raw(`SELECT COALESCE(MIN(at), 0) FROM rules_agreed WHERE version = ? AND member_id IN ?`, version, ids).Row().Scan(&ms); err != nil {
		return at, false, fmt.Errorf("agreed to the rules: %w", err)
	}
	return bot.FromMillis(ms), ms > 0, nil
}

func (f *rules) keepAgreed(ctx context.Context, r *bot.Request, version int) error {
	return f.exec(ctx, `INSERT INTO rules_agreed (member_id, version, at, seq) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, r.Actor.Origin, version, r.At.UnixMilli(), r.Seq)
}

// recalled forgets an agreement whose message was taken back.
func (f *rules) recalled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" {
		return nil
	}
	seq, ok, err := bot.Accepted(ctx, f.db, r.Ref)
	if err != nil || !ok || seq == 0 {
		return err
	}
	return f.exec(ctx, `DELETE FROM rules_agreed WHERE seq = ?`, seq)
}

// postedAt tells when a version was posted to a group, where it was the last one; zero: it was not.
func (f *rules) postedAt(ctx context.Context, group community.GroupID, number int) (at time.Time, err error) {
	var ms int64
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(posted_at), 0) FROM rules_shown WHERE group_id = ? AND posted = ?`, string(group), number).Scan(&ms)
	if err != nil || ms == 0 {
		return at, err
	}
	return bot.FromMillis(ms), nil
}

// posted keeps that a version was posted to a group.
func (f *rules) posted(ctx context.Context, r *bot.Request, group community.GroupID, number int) error {
	if err := f.shown(ctx, r, group, number); err != nil {
		return err
	}
	return f.exec(ctx, `UPDATE rules_shown SET posted_at = ?, posted = ? WHERE group_id = ?`, r.At.UnixMilli(), number, string(group))
}

// agreedFact is the community's fact rules.agreed: to how many versions a person agreed.
func (f *rules) agreedFact(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
	err = f.db.Conn(ctx).Raw(`SELECT COUNT(DISTINCT version) FROM rules_agreed WHERE member_id IN ? AND at >= ? AND at < ?`,
		who, from.UnixMilli(), to.UnixMilli()).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("agreed to the rules: %w", err)
	}
	return n, nil
}

// counts are how many present people agreed to each version, and how many present people there are; staff and bots are
// left out.
func (f *rules) counts(ctx context.Context) (agreed map[int]int, present int, err error) {
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return nil, 0, err
	}
	aliases, err := community.Aliases(ctx, f.db)
	if err != nil {
		return nil, 0, err
	}
	here := map[community.MemberID]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		if err := scan(&id); err != nil {
			return err
		}
		if who := aliases.Resolve(id); !out[who] {
			here[who] = true
		}
		return nil
	}, `SELECT member_id FROM stays WHERE left_at = 0`)
	if err != nil {
		return nil, 0, fmt.Errorf("count members: %w", err)
	}
	type agreement struct {
		who     community.MemberID
		version int
	}
	seen := map[agreement]bool{}
	agreed = map[int]int{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var a agreement
		if err := scan(&a.who, &a.version); err != nil {
			return err
		}
		a.who = aliases.Resolve(a.who)
		if here[a.who] && !seen[a] {
			seen[a] = true
			agreed[a.version]++
		}
		return nil
	}, `SELECT member_id, version FROM rules_agreed`)
	if err != nil {
		return nil, 0, fmt.Errorf("count agreements: %w", err)
	}
	return agreed, len(here), nil
}
