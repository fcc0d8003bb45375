package script

import (
	"context"
	"fmt"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// mostAgain is how often somebody is paid for an entry that takes the place of one they took back.
const mostAgain = 3

// pay gives a member the points for their first entry of a run, as long as the budget lasts.
func (s *scripts) pay(ctx context.Context, r *bot.Request, v run, st step, ids []community.MemberID, entry int64) (int64, error) {
	if st.Points == 0 {
		return 0, nil
	}
	key, err := s.freeKey(ctx, v.id, ids, community.MemberID(r.Actor.Origin))
	if err != nil || key == "" {
		return 0, err
	}
	took, err := s.db.Exec(ctx, `UPDATE script_runs SET paid = paid + ? WHERE id = ? AND paid + ? <= budget`, st.Points, v.id, st.Points)
	if err != nil || took == 0 {
		return 0, err
	}
	account, err := s.c.Account(ctx, community.MemberID(r.Actor.Origin))
	if err != nil {
		return 0, err
	}
	t := points.Transfer{Key: key, From: points.Issued, To: account, Amount: st.Points, Reason: r.T("reason", "Title", v.title), At: r.At}
	if _, err := s.c.Purse.Post(ctx, t); err != nil {
		return 0, fmt.Errorf("pay: %w", err)
	}
	if _, err := s.db.Exec(ctx, `UPDATE script_entries SET key = ? WHERE id = ?`, key, entry); err != nil {
		return 0, fmt.Errorf("pay: %w", err)
	}
	return st.Points, nil
}

// freeKey is the key under which a person is paid in a run: script/<run>/<member>, and again where that was taken
// back. It is empty where they have been paid, under any of their ids.
func (s *scripts) freeKey(ctx context.Context, id int64, ids []community.MemberID, origin community.MemberID) (string, error) {
	for _, member := range append([]community.MemberID{origin}, ids...) {
		for n := 1; n <= mostAgain; n++ {
			t, ok, err := s.c.Purse.Find(ctx, payKey(id, member, n))
			if err != nil {
				return "", err
			}
			if ok && t.Reversal == "" {
				return "", nil
			}
		}
	}
	for n := 1; n <= mostAgain; n++ {
		if _, ok, err := s.c.Purse.Find(ctx, payKey(id, origin, n)); err != nil || !ok {
			return payKey(id, origin, n), err
		}
	}
	return "", nil
}

func payKey(id int64, member community.MemberID, n int) string {
	key := fmt.Sprintf("%s/%d/%s", name, id, member)
	if n > 1 {
		key += fmt.Sprintf("/%d", n)
	}
	return key
}

// unpay takes back what an entry earned.
func (s *scripts) unpay(ctx context.Context, r *bot.Request, id int64, key string) error {
	t, ok, err := s.c.Purse.Find(ctx, key)
	if err != nil || !ok || t.Reversal != "" {
		return err
	}
	if _, err := s.c.Purse.Reverse(ctx, key, points.Reversal{Key: "recall/" + key, Reason: r.T("reason.recalled"), At: r.At}); err != nil {
		return fmt.Errorf("take back %s: %w", key, err)
	}
	_, err = s.db.Exec(ctx, `UPDATE script_runs SET paid = paid - ? WHERE id = ?`, t.Amount, id)
	return err
}

// explain says what entries earn.
func (s *scripts) explain(r *bot.Request) string { return r.In(name).T("explain") }
