package wallet

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// boardWords are the periods that people ask for.
var boardWords = map[string]string{
	"": "week", "周": "week", "周榜": "week", "本周": "week", "week": "week",
	"月": "month", "月榜": "month", "本月": "month", "month": "month",
	"总": "all", "总榜": "all", "all": "all",
}

// board ranks what members earned this week by default, or their balances. Staff, bots, people who hid
// themselves and those who left stand on no board.
func (w *wallet) board(ctx context.Context, r *bot.Request) error {
	period, ok := boardWords[bot.Fold(strings.TrimSpace(r.Args))]
	if !ok {
		return r.Refuse("board.which")
	}
	hidden, err := w.hidden(ctx)
	if err != nil {
		return err
	}
	var since, until time.Time
	today := w.c.Calendar.Day(r.At)
	switch period {
	case "week":
		monday := today - community.Day((int(today.Weekday())+6)%7)
		since = w.c.Calendar.Start(monday)
	case "month":
		first, _ := today.Month()
		since = w.c.Calendar.Start(first)
	}
	if !since.IsZero() {
		until = r.At.Add(time.Millisecond)
	}
	top, err := w.c.Purse.Top(ctx, since, until, hidden)
	if err != nil {
		return err
	}
	if len(top) == 0 {
		r.Reply(r.T("board.empty." + period))
		return nil
	}
	lines := []string{r.T("board.title." + period)}
	for _, s := range top[:min(len(top), w.cfg.Board)] {
		line, err := w.line(ctx, s)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	near, err := w.near(ctx, r, top)
	if err != nil {
		return err
	}
	r.Reply(strings.Join(append(lines, near...), "\n"))
	return nil
}

// medals stand before the first three.
var medals = [...]string{"🥇", "🥈", "🥉"}

func (w *wallet) line(ctx context.Context, s community.Standing) (string, error) {
	called, err := w.c.Called(ctx, s.Member)
	if err != nil {
		return "", err
	}
	place := fmt.Sprintf("%d.", s.Rank)
	if s.Rank <= len(medals) {
		place = medals[s.Rank-1]
	}
	return fmt.Sprintf("%s %s  %d", place, called, s.Amount), nil
}

// near shows somebody below the board where they stand, between their neighbours.
func (w *wallet) near(ctx context.Context, r *bot.Request, top []community.Standing) ([]string, error) {
	own := community.MemberID(r.Actor.Member)
	for i, s := range top {
		if s.Member != own || i < w.cfg.Board {
			continue
		}
		lines := []string{"……"}
		for _, n := range top[max(w.cfg.Board, i-1):min(len(top), i+2)] {
			line, err := w.line(ctx, n)
			if err != nil {
				return nil, err
			}
			if n.Member == own {
				line += r.T("board.you")
			}
			lines = append(lines, line)
		}
		return lines, nil
	}
	return nil, nil
}

// hidden are the members who stand on no board.
func (w *wallet) hidden(ctx context.Context) (map[community.MemberID]bool, error) {
	out, err := w.c.LeftOut(ctx)
	if err != nil {
		return nil, err
	}
	shy, err := w.c.Consent.All(ctx, community.HideRank)
	if err != nil {
		return nil, err
	}
	for id := range shy {
		out[id] = true
	}
	gone, err := w.c.Gone(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range gone {
		out[id] = true
	}
	return out, nil
}
