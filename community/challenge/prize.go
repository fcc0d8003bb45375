package challenge

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
)

// win keeps who won what.
func (f *feature) win(ctx context.Context, r *bot.Request, c *challenge, w Win) error {
	_, err := f.db.Exec(ctx, `INSERT INTO challenge_wins (challenge_id, n, member_id, days, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		c.ID, w.N, string(w.By.Origin), w.Days, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("keep a prize: %w", err)
	}
	return nil
}

func (f *feature) unwin(ctx context.Context, c *challenge, w Win) error {
	_, err := f.db.Exec(ctx, `DELETE FROM challenge_wins WHERE challenge_id = ? AND n = ? AND member_id = ?`, c.ID, w.N, string(w.By.Origin))
	if err != nil {
		return fmt.Errorf("keep a prize: %w", err)
	}
	return nil
}

// unknown are the prizes of a standing that nobody is known to have won.
func (f *feature) unknown(ctx context.Context, c *challenge, s Standing) (list []Win, err error) {
	for _, w := range s.Wins {
		n := 0
		if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_wins WHERE challenge_id = ? AND n = ? AND member_id = ?`, c.ID, w.N, string(w.By.Origin)).Scan(&n); err != nil {
			return nil, fmt.Errorf("who has won: %w", err)
		}
		if n == 0 {
			list = append(list, w)
		}
	}
	return list, nil
}

// give hands out a prize that is no points; in is r for texts and badges. A certificate is drawn when it is asked for. A code is given once for each
// win, for good; where none is left, managers are told, and give it by hand.
func (f *feature) give(ctx context.Context, r, in *bot.Request, c *challenge, w Win) error {
	switch w.Kind {
	case Badge:
		_, err := f.c.Badges.GiveTitled(ctx, in, w.By.Origin, badge(c, w.Prize), w.Name)
		return err
	case Code:
		given, err := f.c.Handouts.Give(ctx, r, w.By.Origin, string(Code), w.Name, w.key(c.ID))
		if err != nil || given {
			return err
		}
		return f.noneLeft(ctx, r, c, w)
	}
	return nil
}

// noneLeft tells managers whom a code is owed to.
func (f *feature) noneLeft(ctx context.Context, r *bot.Request, c *challenge, w Win) error {
	name, err := f.c.Called(ctx, w.By.Origin)
	if err != nil {
		return err
	}
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, m := range managers {
		r.Send(bot.Outgoing{Member: string(m), Text: r.In("challenge").T("code.none", "Name", name, "Challenge", c.Name, "Prize", w.Name), Priority: bot.Notice})
	}
	return nil
}

// known refuses a prize that nobody can hand out.
func (f *feature) known(ctx context.Context, r *bot.Request, list []Prize) error {
	for _, p := range list {
		if p.Kind != Code {
			continue
		}
		if _, ok, err := f.c.Handouts.Name(ctx, string(Code), p.Name); err != nil || !ok {
			if err == nil {
				err = r.Refuse("new.code", "Word", p.Name)
			}
			return err
		}
	}
	return nil
}

// takeBack takes back a prize that is no points. A code that was told can't be.
func (f *feature) takeBack(ctx context.Context, r *bot.Request, c *challenge, w Win) error {
	if w.Kind != Badge {
		return nil
	}
	who, err := f.c.Who(ctx, w.By.Origin)
	if err != nil {
		return err
	}
	return f.c.Badges.Take(ctx, r, who, badge(c, w.Prize))
}

// badge is the name of a badge that is a prize of a challenge.
func badge(c *challenge, p Prize) string { return fmt.Sprintf("%d/%d", c.ID, p.N) }
