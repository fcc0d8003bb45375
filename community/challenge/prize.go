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

// give hands out a prize that is no points. A certificate is drawn when it is asked for.
func (f *feature) give(ctx context.Context, r *bot.Request, c *challenge, w Win) error {
	if w.Kind != Badge {
		return nil
	}
	_, err := f.c.Badges.GiveTitled(ctx, r, w.By.Origin, badge(c, w.Prize), w.Name)
	return err
}

// takeBack takes back a prize that is no points.
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
