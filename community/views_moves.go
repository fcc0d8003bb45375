package community

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// movesTable shows how far the groups are that move: who came along, who waits to be recognised, and who is missing.
func (c *Community) movesTable(ctx context.Context, q *bot.Query) (bot.Table, error) {
	t := bot.Table{Key: "moves", Title: q.T("moves.title"), Columns: columns(q, "group name new_chat since came# unrecognised# missing#")}
	var rows []struct {
		ID, Name, Chat         string
		At                     int64
		Came, Waiting, Missing int64
	}
	// A person is whoever their ids stand for. One of them on the other side is one who came.
	if err := c.db.Conn(ctx).Raw(`SELECT p.group_id AS id, g.name, p.chat, p.at,
		SUM(CASE WHEN p.there = 1 AND p.here = 1 THEN 1 ELSE 0 END) AS came,
		SUM(CASE WHEN p.there = 1 AND p.here = 0 THEN 1 ELSE 0 END) AS waiting,
		SUM(CASE WHEN p.there = 0 AND p.here = 1 THEN 1 ELSE 0 END) AS missing
		FROM (SELECT v.group_id, v.chat, v.at, COALESCE(a.member_id, s.member_id) AS person,
				MAX(CASE WHEN b.transport = v.transport THEN 1 ELSE 0 END) AS there, MAX(CASE WHEN b.transport = v.transport THEN 0 ELSE 1 END) AS here
			FROM group_moves v JOIN stays s ON s.group_id = v.group_id AND s.left_at = 0 JOIN members m ON m.id = s.member_id AND NOT m.bot
			LEFT JOIN aliases a ON a.alias = s.member_id LEFT JOIN bindings b ON b.member_id = s.member_id
			WHERE v.ended_at = 0 GROUP BY v.group_id, v.chat, v.at, COALESCE(a.member_id, s.member_id)) p
		JOIN groups g ON g.id = p.group_id GROUP BY p.group_id, g.name, p.chat, p.at ORDER BY p.at DESC, p.group_id`).Scan(&rows).Error; err != nil {
		return t, fmt.Errorf("groups that move: %w", err)
	}
	for _, m := range rows {
		t.Rows = append(t.Rows, bot.Row{Key: m.ID, Cells: []bot.Cell{
			{Text: m.ID, Link: &bot.ViewRef{View: "community.members", Params: map[string]string{"group": m.ID}}}, {Text: c.Words.ScreenName(m.Name)},
			{Text: bot.Clean(m.Chat)}, c.Clock(bot.FromMillis(m.At)), number(m.Came), number(m.Waiting), number(m.Missing),
		}})
	}
	return t, nil
}
