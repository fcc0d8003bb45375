package wallet

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// boardWords are the periods that people ask for.
var boardWords = map[string]string{
	"": week, "周": week, "周榜": week, "本周": week, "week": week,
	"月": month, "月榜": month, "本月": month, "month": month,
	"总": all, "总榜": all, "all": all,
}

func (w *wallet) boardCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"排行", "board", "排行榜"}, Usage: "usage.board", Help: "help.board", Run: w.board},
		{Names: []string{"周榜", "weekly"}, Help: "help.board.week", Run: w.boardOf(week)},
		{Names: []string{"月榜", "monthly"}, Help: "help.board.month", Run: w.boardOf(month)},
		{Names: []string{"总榜", "overall"}, Help: "help.board.all", Run: w.boardOf(all)},
		{Names: []string{"我附近", "nearby"}, Help: "help.near", Run: w.nearby},
	}
}

// board ranks what members earned this week by default, or their balances. Staff, bots, people who hid
// themselves and those who left stand on no board.
func (w *wallet) board(ctx context.Context, r *bot.Request) error {
	period, ok := boardWords[bot.Fold(strings.TrimSpace(r.Args))]
	if !ok {
		return r.Refuse("board.which")
	}
	return w.boardOf(period)(ctx, r)
}

func (w *wallet) boardOf(period string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		out, err := w.c.Unranked(ctx)
		if err != nil {
			return err
		}
		top, err := w.ranking(ctx, period, r.At, out)
		if err != nil {
			return err
		}
		if len(top) == 0 {
			r.Reply(r.T("board.empty." + period))
			return nil
		}
		shown, rest := top[:min(len(top), w.cfg.Board)], top[min(len(top), w.cfg.Board):]
		lines, err := w.lines(ctx, r, shown)
		if err != nil {
			return err
		}
		if at := place(rest, r); at >= 0 { // who stands below the board sees it between their neighbours
			from := max(0, at-1)
			near, err := w.lines(ctx, r, rest[from:min(len(rest), at+2)])
			if err != nil {
				return err
			}
			near[at-from] += r.T("board.you")
			lines = append(append(lines, "……"), near...)
		}
		r.Reply(r.T("board.title."+period) + "\n" + strings.Join(lines, "\n"))
		return nil
	}
}

// place is where the sender stands in a ranking, below zero where they don't.
func place(top []community.Standing, r *bot.Request) int {
	for i, s := range top {
		if string(s.Member) == r.Actor.Member {
			return i
		}
	}
	return -1
}

// medals stand before the first three.
var medals = [...]string{"🥇", "🥈", "🥉"}

// lines are a part of a board.
func (w *wallet) lines(ctx context.Context, r *bot.Request, part []community.Standing) ([]string, error) {
	names, err := w.c.Titled(ctx, r, members(part)...)
	if err != nil {
		return nil, err
	}
	lines := make([]string, len(part))
	for i, s := range part {
		rank := fmt.Sprintf("%d.", s.Rank)
		if s.Rank <= len(medals) {
			rank = medals[s.Rank-1]
		}
		lines[i] = fmt.Sprintf("%s %s  %d", rank, names[s.Member], s.Amount)
	}
	return lines, nil
}

// members are whose standings they are.
func members(part []community.Standing) []community.MemberID {
	ids := make([]community.MemberID, len(part))
	for i, s := range part {
		ids[i] = s.Member
	}
	return ids
}
