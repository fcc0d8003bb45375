package ambassador

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// boardPlaces is how many places 邀请榜 shows.
const boardPlaces = 10

// place is an inviter on the board.
type place struct {
	Member              community.MemberID
	Rank, Spoke, Stayed int
}

// places are all who brought somebody who said something, in the Days from <= Day < to, the best first: by newcomers who
// count, then by those who stayed. Staff, and who hides from boards, is left out.
func (f *feature) places(ctx context.Context, from, to community.Day) ([]place, error) {
	hidden, err := f.c.Unranked(ctx)
	if err != nil {
		return nil, err
	}
	d, err := f.c.Directory(ctx)
	if err != nil {
		return nil, err
	}
	by := map[community.MemberID]*place{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var owner community.MemberID
		var stayed bool
		if err := scan(&owner, &stayed); err != nil {
			return err
		}
		who := d.Who(owner)
		if hidden[who] {
			return nil
		}
		if by[who] == nil {
			by[who] = &place{Member: who}
		}
		by[who].Spoke++
		if stayed {
			by[who].Stayed++
		}
		return nil
	}, `SELECT owner_id, parts >= ? FROM invites WHERE state = 'counts' AND earns AND owner_id <> '' AND spoke_day > 0 AND day >= ? AND day < ?`,
		min(2, len(f.cfg.Parts)), int(from), int(to))
	if err != nil {
		return nil, fmt.Errorf("board: %w", err)
	}
	list := make([]place, 0, len(by))
	for _, p := range by {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.Spoke, a.Spoke), cmp.Compare(b.Stayed, a.Stayed), cmp.Compare(len(a.Member), len(b.Member)), cmp.Compare(a.Member, b.Member))
	})
	for i := range list {
		list[i].Rank = i + 1
		if i > 0 && list[i].Spoke == list[i-1].Spoke && list[i].Stayed == list[i-1].Stayed {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list, nil
}

// board is 邀请榜: of this month, or of all time.
func (f *feature) board(ctx context.Context, r *bot.Request) error {
	from, to := f.c.Calendar.Day(r.At).Month()
	title := r.T("board.month")
	switch word := bot.Fold(strings.TrimSpace(r.Args)); word {
	case "", "本月", "month":
	case "总", "总榜", "all":
		from, title = -1<<30, r.T("board.all")
	case "上月", "last":
		from, to = (from - 1).Month()
		title = r.T("board.last")
	default:
		return r.Refuse("board.how")
	}
	list, err := f.places(ctx, from, to)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("board.none", "Title", title))
		return nil
	}
	var ids []community.MemberID
	for _, p := range list[:min(boardPlaces, len(list))] {
		ids = append(ids, p.Member)
	}
	names, err := f.c.Titled(ctx, r, ids...)
	if err != nil {
		return err
	}
	lines := []string{title}
	for _, p := range list[:len(ids)] {
		lines = append(lines, r.T("board.line", "Rank", p.Rank, "Name", names[p.Member], "Spoke", p.Spoke, "Stayed", p.Stayed))
	}
	for _, p := range list[len(ids):] {
		if string(p.Member) == r.Actor.Member {
			lines = append(lines, r.T("board.mine", "Rank", p.Rank, "Spoke", p.Spoke, "Stayed", p.Stayed))
		}
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}
