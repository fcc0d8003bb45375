package wallet

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// neighbours is how many people 我附近 shows above and below somebody.
const neighbours = 2

// nearby shows somebody where they stand this week, between the people around them. Who stands on no board is told in
// private what they have, and nobody's neighbour knows of them.
func (w *wallet) nearby(ctx context.Context, r *bot.Request) error {
	out, err := w.c.Unranked(ctx)
	if err != nil {
		return err
	}
	if own := community.MemberID(r.Actor.Member); out[own] {
		delete(out, own)
		top, err := w.ranking(ctx, week, r.At, out)
		if err != nil {
			return err
		}
		var points int64
		if at := place(top, r); at >= 0 {
			points = top[at].Amount
		}
		r.Whisper(r.Actor.Member, r.T("near.hidden", "Name", r.Actor.Name, "Points", points))
		return nil
	}
	top, err := w.ranking(ctx, week, r.At, out)
	if err != nil {
		return err
	}
	at := place(top, r)
	if at < 0 {
		missing := int64(1)
		if len(top) >= w.cfg.Board {
			missing = top[w.cfg.Board-1].Amount + 1
		}
		r.Reply(r.T("near.none", "Name", r.Actor.Name, "Points", missing))
		return nil
	}
	from := max(0, at-neighbours)
	around := top[from:min(len(top), at+neighbours+1)]
	lines, err := w.lines(ctx, r, around)
	if err != nil {
		return err
	}
	lines[at-from] += r.T("board.you")
	r.Reply(r.T("near.title", "Rank", top[at].Rank, "Count", len(top)) + "\n" + strings.Join(lines, "\n"))
	return nil
}
