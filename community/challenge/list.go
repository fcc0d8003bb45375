package challenge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// boardShown is how many members 打卡榜 shows.
const boardShown = 10

// list is 挑战: what there is, or one of them with its rules.
func (f *feature) list(ctx context.Context, r *bot.Request) error {
	list, err := f.held(ctx, r)
	if err != nil {
		return err
	}
	gone, err := f.ended(ctx, r)
	if err != nil {
		return err
	}
	gone = notNamed(gone, list)
	if c, _ := named(slices.Concat(list, gone), r.Args); c != nil {
		return f.one(ctx, r, c)
	}
	if len(list) == 0 {
		r.Reply(strings.Join(append([]string{r.T("none")}, f.saidEnded(r, gone)...), "\n"))
		return nil
	}
	lines := []string{r.T("list.title")}
	for _, c := range list {
		n, err := f.size(ctx, c.ID)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("list.line", "Name", c.Name, "Rule", f.rule(r, c), "Members", n))
	}
	lines = append(lines, f.saidEnded(r, gone)...)
	r.Reply(strings.Join(append(lines, r.T("list.how", "Example", list[0].Name)), "\n"))
	return nil
}

// saidEnded is the line of what ended lately; none where nothing did.
func (f *feature) saidEnded(r *bot.Request, gone []*challenge) []string {
	if len(gone) == 0 {
		return nil
	}
	var items []string
	for _, c := range gone {
		items = append(items, r.T("list.ended_one", "Name", c.Name))
	}
	return []string{r.T("list.ended", "Names", strings.Join(items, r.T("and")))}
}

// one shows a challenge with its prizes.
func (f *feature) one(ctx context.Context, r *bot.Request, c *challenge) error {
	n, err := f.size(ctx, c.ID)
	if err != nil {
		return err
	}
	text := r.T("one.title", "Name", c.Name, "Members", n) + "\n" + f.describe(r, c)
	if c.State == Settled {
		text += "\n" + r.T("over", "Name", c.Name)
	}
	r.Reply(text)
	return nil
}

// size is how many take part in a challenge.
func (f *feature) size(ctx context.Context, id int64) (n int, err error) {
	err = f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_members WHERE challenge_id = ? AND quit_at = 0 AND out_seq = 0`, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("size of challenge %d: %w", id, err)
	}
	return n, nil
}

// mine is 我的打卡.
func (f *feature) mine(ctx context.Context, r *bot.Request) error {
	mine, ended, err := f.mineToSee(ctx, r)
	if err != nil {
		return err
	}
	if c, _ := named(append(mine, ended...), r.Args); c != nil {
		mine = []*challenge{c}
	}
	if len(mine) == 0 {
		mine = ended
	}
	if len(mine) == 0 {
		return r.Refuse("mine.none")
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	today := f.c.Calendar.Day(r.At)
	var lines []string
	for _, c := range mine {
		s, err := f.standing(ctx, c, ids)
		if err != nil {
			return err
		}
		line := r.T("mine.line", "Name", c.Name, "Days", s.progress(c, c.asOf(f.c.Calendar, today)), "Target", c.Target, "Total", s.Total, "Cards", s.Cards)
		if c.State != Open {
			line += r.T("mine.over")
		}
		lines = append(lines, line)
		if len(mine) == 1 {
			lines = append(lines, f.grid(r, s, today), r.T("mine.picture", "Name", c.Name))
		}
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// board is 打卡榜.
func (f *feature) board(ctx context.Context, r *bot.Request) error {
	c, err := f.toSee(ctx, r, true)
	if err != nil {
		return err
	}
	rows, err := f.top(ctx, c, c.asOf(f.c.Calendar, f.c.Calendar.Day(r.At)), 0)
	if err != nil {
		return err
	}
	some := len(rows) > 0
	switch rows = slices.DeleteFunc(rows, func(p placed) bool { return p.Days == 0 }); {
	case !some:
		r.Reply(r.T("board.none", "Name", c.Name))
		return nil
	case len(rows) == 0: // everybody's row is broken
		r.Reply(r.T("board.nobody", "Name", c.Name))
		return nil
	}
	me := slices.IndexFunc(rows, func(p placed) bool { return string(p.Member) == r.Actor.Member })
	lines, err := f.boardLines(ctx, r, c, rows, me)
	if err != nil {
		return err
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// boardLines are the first of a board, and somebody's own place where they are not among them.
func (f *feature) boardLines(ctx context.Context, r *bot.Request, c *challenge, rows []placed, me int) ([]string, error) {
	shown := rows[:min(len(rows), boardShown)]
	ids := make([]community.MemberID, len(shown))
	for i, p := range shown {
		ids[i] = p.Member
	}
	called, err := f.c.Titled(ctx, r, ids...)
	if err != nil {
		return nil, err
	}
	lines := []string{r.T("board.title."+string(c.Mode), "Name", c.Name)}
	for i, p := range shown {
		lines = append(lines, r.T("board.line", "Rank", p.place(rows, i), "Name", called[p.Member], "Days", p.Days, "Total", p.Total))
	}
	if me >= len(shown) {
		lines = append(lines, r.T("board.me", "Rank", rows[me].place(rows, me), "Days", rows[me].Days, "All", len(rows)))
	}
	return lines, nil
}

// place is the rank of a row: those who have the same share one.
func (p placed) place(rows []placed, i int) int {
	for i > 0 && rows[i-1].Days == p.Days && rows[i-1].Total == p.Total {
		i--
	}
	return i + 1
}

// placed is a member on a board.
type placed struct {
	Member community.MemberID
	Days   int // in a row, or altogether
	Total  int
}

// top are the best of a challenge today, without those who stand on no board; most 0: all of them.
func (f *feature) top(ctx context.Context, c *challenge, today community.Day, most int) (list []placed, err error) {
	hidden, err := f.c.Unranked(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.hideOut(ctx, c, hidden); err != nil {
		return nil, err
	}
	days, args := "total", []any{}
	if c.Mode == Consecutive {
		days, args = "CASE WHEN run_end >= ? THEN run ELSE 0 END", []any{int(today) - 1}
	}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var p placed
		err := scan(&p.Member, &p.Days, &p.Total)
		if !hidden[p.Member] && (most == 0 || len(list) < most) {
			list = append(list, p)
		}
		return err
	}, `SELECT member_id, `+days+` AS days, total FROM challenge_standings WHERE challenge_id = ? AND total > 0
		ORDER BY days DESC, total DESC, member_id`, append(args, c.ID)...)
	if err != nil {
		return nil, fmt.Errorf("board of challenge %d: %w", c.ID, err)
	}
	return list, nil
}

// hideOut hides those who were disqualified, and those who quit under all of their ids.
func (f *feature) hideOut(ctx context.Context, c *challenge, hidden map[community.MemberID]bool) error {
	aliases, err := community.Aliases(ctx, f.db)
	if err != nil {
		return err
	}
	banned, there, seen := map[community.MemberID]bool{}, map[community.MemberID]bool{}, map[community.MemberID]bool{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		var out, quit bool
		err := scan(&id, &out, &quit)
		who := aliases.Resolve(id)
		seen[who], banned[who], there[who] = true, banned[who] || out, there[who] || !quit
		return err
	}, `SELECT member_id, out_seq > 0, quit_at > 0 FROM challenge_members WHERE challenge_id = ? AND (out_seq > 0 OR quit_at > 0
		OR member_id IN (SELECT alias FROM aliases) OR member_id IN (SELECT member_id FROM aliases))`, c.ID)
	if err != nil {
		return fmt.Errorf("who is out of challenge %d: %w", c.ID, err)
	}
	for who := range seen {
		if banned[who] || !there[who] {
			hidden[who] = true
		}
	}
	return nil
}
