package ambassador

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// doubt is a case as it is stored.
type doubt struct {
	ID       int64
	Kind     Sign // conflict, unseen or guessing; empty: signs in the newcomers of an inviter
	Owner    community.MemberID
	Member   community.MemberID // of conflict, unseen and guessing
	State    string             // open, cleared, upheld
	Opened   time.Time
	Decided  time.Time
	By       community.MemberID
	Reason   string
	Appeal   string
	Appealed time.Time
	Turn     int64
}

// The states of a case.
const (
	caseOpen    = "open"
	caseCleared = "cleared"
	caseUpheld  = "upheld"
)

func (f *feature) cases(ctx context.Context, where string, args ...any) (list []doubt, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var d doubt
		var opened, decided, appealed int64
		err := scan(&d.ID, &d.Kind, &d.Owner, &d.Member, &d.State, &opened, &decided, &d.By, &d.Reason, &d.Appeal, &appealed, &d.Turn)
		d.Opened, d.Decided, d.Appealed = bot.FromMillis(opened), bot.FromMillis(decided), bot.FromMillis(appealed)
		list = append(list, d)
		return err
	}, `SELECT id, kind, owner_id, member_id, state, opened_at, decided_at, decided_by, reason, appeal, appealed_at, turn FROM invite_cases `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("cases: %w", err)
	}
	return list, nil
}

// claimsOf are the invitations of a case.
func (f *feature) claimsOf(ctx context.Context, id int64) ([]*invite, error) {
	return f.invites(ctx, `JOIN invite_case_claims l ON l.invite_id = i.id WHERE l.case_id = ? ORDER BY i.id`, id)
}

// signsOf are the signs of a case with how many invitations show each; guessing has the number of codes.
func (f *feature) signsOf(ctx context.Context, id int64) (signs []Sign, n map[Sign]int, err error) {
	n = map[Sign]int{}
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var s Sign
		var count int
		err := scan(&s, &count)
		signs, n[s] = append(signs, s), count
		return err
	}, `SELECT sign, CAST(SUM(n) AS INTEGER) FROM invite_case_signs WHERE case_id = ? GROUP BY sign ORDER BY sign`, id)
	if err != nil {
		return nil, nil, fmt.Errorf("signs of case %d: %w", id, err)
	}
	return signs, n, nil
}

// traces is what is known of the newcomers of an inviter of late, without those that a manager decided about.
func (f *feature) traces(ctx context.Context, ids []community.MemberID, today community.Day, who func(community.MemberID) ([]community.MemberID, error)) (list []Trace, err error) {
	in, args := community.In(ids)
	claims, err := f.invites(ctx, `WHERE i.owner_id IN `+in+` AND i.day > ? AND i.state IN ('counts', 'self', 'circle') AND NOT EXISTS
		(SELECT 1 FROM invite_case_claims l JOIN invite_cases c ON c.id = l.case_id WHERE l.invite_id = i.id AND c.state <> 'open' AND c.kind = '') ORDER BY i.id`,
		append(args, int(today-traceDays))...)
	if err != nil || len(claims) == 0 {
		return nil, err
	}
	people := make([][]community.MemberID, len(claims))
	var peers []community.MemberID
	for i, v := range claims {
		if people[i], err = who(v.Member); err != nil {
			return nil, err
		}
		peers = append(peers, people[i]...)
	}
	common, err := f.greetings(ctx, ids, today)
	if err != nil {
		return nil, err
	}
	for i, v := range claims {
		t := Trace{ID: v.ID, At: v.At, Days: int(today - v.CameDay), Left: v.LeftDay > 0, Vain: v.State != Counts}
		if err := f.trace(ctx, v, people[i], ids, peers, today, &t); err != nil {
			return nil, err
		}
		t.Common = common[plain(t.Words)] >= commonWords
		list = append(list, t)
	}
	return list, nil
}

// commonWords is how many newcomers of others have to say the same first words for these to be everybody's.
const commonWords = 2

// greetings are how many newcomers of others said which first words of late.
func (f *feature) greetings(ctx context.Context, ids []community.MemberID, today community.Day) (map[string]int, error) {
	in, args := community.In(ids, int(today-traceDays))
	n := map[string]int{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		n[plain(text)]++
		return err
	}, `SELECT t.text FROM invites i JOIN message_texts t ON t.seq = i.spoke_seq WHERE i.owner_id NOT IN `+in+` AND i.day > ? AND i.state = 'counts' ORDER BY i.id DESC LIMIT 2000`, args...)
	if err != nil {
		return nil, fmt.Errorf("first words: %w", err)
	}
	return n, nil
}

// trace fills in what the tables tell of one newcomer.
func (f *feature) trace(ctx context.Context, v *invite, ids, inviter, peers []community.MemberID, today community.Day, t *Trace) error {
	in, args := community.In(ids)
	var last community.Day
	if err := f.db.Row(ctx, `SELECT COALESCE(SUM(messages), 0), COUNT(DISTINCT day), COALESCE(MAX(day), 0) FROM activity WHERE member_id IN `+in+` AND day >= ?`,
		append(args, int(v.CameDay))...).Scan(&t.Messages, &t.Active, &last); err != nil {
		return fmt.Errorf("activity: %w", err)
	}
	t.Silent = int(today - max(last, v.CameDay))
	if err := f.db.Row(ctx, `SELECT COALESCE(MAX(name), '') FROM members WHERE id = ?`, string(v.Member)).Scan(&t.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	if v.SpokeSeq > 0 {
		if err := f.db.Row(ctx, `SELECT COALESCE(MAX(text), '') FROM message_texts WHERE seq = ?`, v.SpokeSeq).Scan(&t.Words); err != nil {
			return fmt.Errorf("first words: %w", err)
		}
	}
	var err error
	if t.Face, err = f.face(ctx, ids); err != nil {
		return err
	}
	var others []community.MemberID
	both := slices.Concat(args, args, args)
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var id community.MemberID
		err := scan(&id)
		others = append(others, id)
		return err
	}, `SELECT DISTINCT CASE WHEN from_id IN `+in+` THEN to_id ELSE from_id END FROM edges WHERE (from_id IN `+in+` OR to_id IN `+in+`) AND day >= `+fmt.Sprint(int(v.CameDay)), both...)
	if err != nil {
		return fmt.Errorf("partners: %w", err)
	}
	for _, id := range others {
		switch {
		case slices.Contains(ids, id), slices.Contains(inviter, id):
		case slices.Contains(peers, id):
			t.Peers++
		default:
			t.Outside++
		}
	}
	return nil
}

// face is the digest of a person's picture; empty where the transport tells none.
func (f *feature) face(ctx context.Context, ids []community.MemberID) (digest string, err error) {
	in, args := community.In(ids)
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(avatar), '') FROM sightings WHERE member_id IN `+in, args...).Scan(&digest)
	if err != nil {
		return "", fmt.Errorf("picture: %w", err)
	}
	return digest, nil
}

// hinted is who the join notice named, in a claim's group; empty where it named nobody. It proves nothing.
func (f *feature) hinted(ctx context.Context, v *invite) (by community.MemberID, err error) {
	err = f.db.Row(ctx, `SELECT COALESCE(MAX(by_member), '') FROM passages WHERE member_id = ? AND kind = 'joined' AND at = ?`, string(v.Member), bot.Millis(v.Came)).Scan(&by)
	if err != nil {
		return "", fmt.Errorf("hint: %w", err)
	}
	return by, nil
}

// isKnown tells whether a case against an inviter was upheld within half a year.
func (f *feature) isKnown(ctx context.Context, ids []community.MemberID, now time.Time) (bool, error) {
	in, args := community.In(ids, now.Add(-away).UnixMilli())
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_cases WHERE owner_id IN `+in+` AND kind = '' AND state = 'upheld' AND decided_at > ?`, args...).Scan(&n)
	return n > 0, err
}
