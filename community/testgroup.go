package community

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

// A test group is one in which managers try things out: the bot acts there as elsewhere, and points are points, but what
// is said there is in no figure, and whoever is in no other group is no member in any.

func testGroupMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112412_test_groups", `ALTER TABLE groups ADD COLUMN test BOOLEAN NOT NULL DEFAULT FALSE`)}
}

// OnTestGroup has fn called when a group becomes a test group, or one that counts again; what is aggregated of it is to be
// made anew.
func (c *Community) OnTestGroup(fn func(ctx context.Context, group GroupID) error) {
	c.onTest = append(c.onTest, fn)
}

// TestGroups are the test groups.
func (c *Community) TestGroups(ctx context.Context) (map[GroupID]bool, error) {
	return testGroups(ctx, c.db)
}

func testGroups(ctx context.Context, db bot.Storage) (map[GroupID]bool, error) {
	var ids []GroupID
	if err := db.Conn(ctx).Raw(`SELECT id FROM groups WHERE test`).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("test groups: %w", err)
	}
	tests := make(map[GroupID]bool, len(ids))
	for _, id := range ids {
		tests[id] = true
	}
	return tests, nil
}

// Uncounted are the members who appear in no metric: staff, bots, and whoever is or was in test groups only. On boards
// people of test groups appear, because boards are tried out there.
func (c *Community) Uncounted(ctx context.Context) (map[MemberID]bool, error) {
	return uncounted(ctx, c.db, c.opts.Bots)
}

func uncounted(ctx context.Context, db bot.Storage, bots []string) (map[MemberID]bool, error) {
	aliases, err := Aliases(ctx, db)
	if err != nil {
		return nil, err
	}
	out, err := leftOut(ctx, db, aliases, bots, true)
	if err != nil {
		return nil, err
	}
	return out, addTesters(ctx, db, aliases, out)
}

// addTesters adds those who were never in a group that counts, where there are test groups at all.
func addTesters(ctx context.Context, db bot.Storage, aliases AliasMap, out map[MemberID]bool) error {
	tests, err := testGroups(ctx, db)
	if err != nil || len(tests) == 0 {
		return err
	}
	var rows []struct{ GroupID, MemberID string }
	if err := db.Conn(ctx).Raw(`SELECT s.group_id, s.member_id FROM stays s WHERE s.member_id IN
		(SELECT t.member_id FROM stays t JOIN groups g ON g.id = t.group_id AND g.test)
		OR s.member_id IN (SELECT alias FROM aliases UNION SELECT member_id FROM aliases)`).Scan(&rows).Error; err != nil {
		return fmt.Errorf("who is in test groups: %w", err)
	}
	testers, counts := map[MemberID]bool{}, map[MemberID]bool{}
	for _, row := range rows {
		who := aliases.Resolve(MemberID(row.MemberID))
		if tests[GroupID(row.GroupID)] {
			testers[who] = true
		} else {
			counts[who] = true
		}
	}
	for who := range testers {
		if !counts[who] {
			out[who] = true
		}
	}
	return nil
}

func (c *Community) testGroupCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"测试群", "testgroup"}, Usage: "usage.testgroup", Help: "help.testgroup", Role: bot.Manager, Dormant: true, Run: c.testGroup(true)},
		{Names: []string{"正式群", "realgroup"}, Usage: "usage.testgroup", Help: "help.realgroup", Role: bot.Manager, Dormant: true, Run: c.testGroup(false)},
	}
}

type undoTest struct {
	Group GroupID `json:"group"`
	On    bool    `json:"on"` // what it was before
}

// testGroup is 测试群, in the group or with its number.
func (c *Community) testGroup(on bool) bot.Handler {
	key := "realgroup"
	if on {
		key = "testgroup"
	}
	return func(ctx context.Context, r *bot.Request) error {
		id := GroupID(bot.Fold(strings.TrimSpace(r.Args)))
		if id == "" {
			id = GroupID(r.Actor.Group)
		}
		g, err := c.Place(ctx, id)
		switch {
		case id == "":
			return r.Refuse("testgroup.which")
		case errors.Is(err, sql.ErrNoRows):
			return r.Refuse("groups.unknown")
		case err != nil:
			return err
		}
		name := c.Words.ScreenName(g.Name)
		if g.Test == on {
			return r.Refuse(key+".already", "Name", name)
		}
		if err := c.setTest(ctx, id, on); err != nil {
			return err
		}
		if err := c.Audit.Record(ctx, r, key, string(id), nil); err != nil {
			return err
		}
		return c.answerWithUndo(ctx, r, "community.testgroup", undoTest{id, !on}, r.T(key+".done", "Name", name))
	}
}

func (c *Community) registerTestGroupUndo() {
	c.Undo.Register("community.testgroup", func(ctx context.Context, _ *bot.Request, payload []byte) error {
		var u undoTest
		if err := json.Unmarshal(payload, &u); err != nil {
			return err
		}
		return c.setTest(ctx, u.Group, u.On)
	})
}

// setTest makes a group a test group, or one that counts again, and makes the aggregates right.
func (c *Community) setTest(ctx context.Context, id GroupID, on bool) error {
	g, err := c.Place(ctx, id)
	if err != nil || g.Test == on {
		return err
	}
	g.Test = on
	remember(ctx, c.db, c.Roster.places, id, g)
	if err := c.Roster.exec(ctx, `UPDATE groups SET test = ? WHERE id = ?`, on, string(id)); err != nil {
		return fmt.Errorf("test group %s: %w", id, err)
	}
	for after := int64(-1); ; {
		n, last, err := c.countSome(ctx, ` AND group_id = ?`, []any{after, string(id)}, func(ctx context.Context, day Day, at int64, s seen) error {
			if on {
				return c.Activity.uncount(ctx, day, s)
			}
			return c.Activity.count(ctx, day, at, s)
		})
		if err != nil {
			return fmt.Errorf("test group %s: %w", id, err)
		}
		if n == 0 {
			break
		}
		after = last
	}
	if on {
		if err := c.Activity.exec(ctx, `DELETE FROM activity WHERE group_id = ?`, string(id)); err != nil {
			return fmt.Errorf("test group %s: %w", id, err)
		}
	}
	for _, fn := range c.onTest {
		if err := fn(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// uncount takes a message out of the aggregates, but for activity.
func (a *Activity) uncount(ctx context.Context, day Day, s seen) error {
	if err := a.tiers.late(ctx, day, s.member); err != nil {
		return err
	}
	drop := func(to MemberID, kind string) error {
		if to == s.member || to == "" {
			return nil
		}
		for _, stmt := range [...]string{
			`UPDATE edges SET n = n - 1 WHERE day = ? AND from_id = ? AND to_id = ? AND kind = ?`,
			`DELETE FROM edges WHERE day = ? AND from_id = ? AND to_id = ? AND kind = ? AND n <= 0`,
		} {
			if err := a.exec(ctx, stmt, int(day), string(s.member), string(to), kind); err != nil {
				return fmt.Errorf("edge: %w", err)
			}
		}
		return a.tiers.late(ctx, day, s.member, to)
	}
	for _, m := range s.mentions {
		if err := drop(m, Mention); err != nil {
			return err
		}
	}
	return drop(s.quoted, Quoted)
}
