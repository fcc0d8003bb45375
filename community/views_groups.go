package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// viewGroups shows every group that the bot ever saw: who is in it, how much is said, and whether the bot acts there.
func (c *Community) viewGroups(ctx context.Context, q *bot.Query) (bot.Page, error) {
	t := bot.Table{Key: "groups", Empty: q.T("groups.none"), Columns: columns(q, "group name present# today# week# language enabled")}
	today := int(c.Calendar.Day(q.At))
	var rows []struct {
		ID, Name, Language  string
		Adopted, Gone, Test bool
		Movable             bool // it lives where a login does not last, and nowhere else
		Present             int64
	}
	if err := c.db.Conn(ctx).Raw(`SELECT g.id, g.name, g.language, g.adopted, g.test,
		EXISTS (SELECT 1 FROM chats h WHERE h.group_id = g.id) AND NOT EXISTS (SELECT 1 FROM chats h WHERE h.group_id = g.id AND h.gone_at = 0) AS gone,
		NOT EXISTS (SELECT 1 FROM chats h WHERE h.group_id = g.id AND h.session = '') AND EXISTS (SELECT 1 FROM chats h WHERE h.group_id = g.id) AS movable,
		(SELECT COUNT(DISTINCT COALESCE((SELECT a.member_id FROM aliases a WHERE a.alias = s.member_id), s.member_id)) FROM stays s
			WHERE s.group_id = g.id AND s.left_at = 0) AS present
		FROM groups g ORDER BY g.adopted DESC, LENGTH(g.id), g.id`).Scan(&rows).Error; err != nil {
		return bot.Page{}, fmt.Errorf("groups: %w", err)
	}
	var sums []struct {
		GroupID     string
		Today, Week int64
	}
	if err := c.db.Conn(ctx).Raw(`SELECT group_id, SUM(CASE WHEN day = ? THEN messages ELSE 0 END) AS today, SUM(messages) AS week
		FROM activity WHERE day > ? AND day <= ? GROUP BY group_id`, today, today-7, today).Scan(&sums).Error; err != nil {
		return bot.Page{}, fmt.Errorf("groups: %w", err)
	}
	said := map[string][2]int64{}
	for _, s := range sums {
		said[s.GroupID] = [2]int64{s.Today, s.Week}
	}
	enabled := 0
	for _, g := range rows {
		state, act := "disabled", bot.Act{Command: "启用群", Args: g.ID, Whole: true}
		if g.Adopted {
			enabled++
			state, act = "enabled", bot.Act{Command: "停用群", Args: g.ID, Whole: true}
		}
		test := bot.Act{Command: "测试群", Args: g.ID, Whole: true}
		if g.Test {
			state, test.Command = "test", "正式群"
		}
		if g.Gone {
			state = "gone"
		}
		language := g.Language
		if language == "" {
			language = c.Language()
		}
		row := bot.Row{Key: g.ID, Cells: []bot.Cell{
			{Text: g.ID, Link: &bot.ViewRef{View: "community.members", Params: map[string]string{"group": g.ID}}}, {Text: c.Words.ScreenName(g.Name)},
			number(g.Present), number(said[g.ID][0]), number(said[g.ID][1]), {Text: q.T("groups.language." + language), Value: language},
			{Text: q.T("groups." + state), Value: state},
		}}
		if q.Actor.Role >= bot.Manager {
			row.Acts = []bot.Act{act, test}
		}
		if q.Actor.Role >= bot.Owner && g.Movable && c.opts.MovesTo != "" {
			row.Acts = append(row.Acts, bot.Act{Command: "搬群", Args: g.ID + " 到", Grave: true})
		}
		t.Rows = append(t.Rows, row)
	}
	page := bot.Page{Note: q.T("groups.note"), Figures: []bot.Figure{figure(q, "groups_enabled", number(enabled))}, Tables: []bot.Table{t}}
	moves, err := c.movesTable(ctx, q)
	if err == nil && len(moves.Rows) > 0 {
		page.Note += q.T("moves.note")
		page.Tables = append(page.Tables, moves)
	}
	return page, err
}

// groupCommands enable and disable a group from outside: a page, or a private chat.
func (c *Community) groupCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"启用群", "enable-group"}, Usage: "usage.group", Help: "help.enable_group", Role: bot.Manager, Where: bot.InPrivate, Run: c.enableOther(true)},
		{Names: []string{"停用群", "disable-group"}, Usage: "usage.group", Help: "help.disable_group", Role: bot.Manager, Where: bot.InPrivate, Run: c.enableOther(false)},
	}
}

func (c *Community) enableOther(on bool) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		id := bot.Fold(strings.TrimSpace(r.Args))
		var name string
		err := SQL{c.db}.Row(ctx, `SELECT name FROM groups WHERE id = ?`, id).Scan(&name)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return r.Refuse("groups.unknown")
		case err != nil:
			return fmt.Errorf("group %s: %w", id, err)
		}
		return c.turn(ctx, r, GroupID(id), on, r.T("groups.about", "Name", c.Words.ScreenName(name)))
	}
}
