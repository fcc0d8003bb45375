package checkin_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// begins is a Monday; the hour is noon in Shanghai.
var begins = time.Date(2026, 11, 2, 4, 0, 0, 0, time.UTC)

// village is a community that hears people without stable ids, with commands that call the identity's functions.
type village struct {
	*communitytest.Parts
	transcript.World
	t  *testing.T
	n  int
	at time.Time
}

func newVillage(t *testing.T, dialect string) *village {
	v := &village{t: t, at: begins}
	w, err := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		v.Parts = p
		return []bot.Feature{checkin.New(p.DB, p.Community, checkin.Defaults()), v.direct()}
	})(t.Context(), nil, begins)
	if err != nil {
		t.Fatal(err)
	}
	v.World = w
	return v
}

// direct are commands that call the identity's functions.
func (v *village) direct() bot.Feature {
	id := func(s string) community.MemberID { return community.MemberID(s) }
	return communitytest.Direct(v.Parts, map[string]communitytest.Command{
		"xlost": func(ctx context.Context, r *bot.Request, a []string) error { // merges, or splits, and is undone
			err := v.Community.Merge(ctx, r, id(a[0]), id(a[1]), "test")
			if err != nil {
				err = v.Community.Split(ctx, r, id(a[0]))
			}
			return errors.Join(err, errors.New("lost"))
		},
		"xconfirm": func(ctx context.Context, r *bot.Request, a []string) error {
			return v.Community.Confirm(ctx, r, id(a[0]))
		},
		"xhold": func(ctx context.Context, r *bot.Request, a []string) error {
			return v.Community.Hold(ctx, r, id(a[0]))
		},
		"xgrant": func(ctx context.Context, r *bot.Request, a []string) error {
			to, err := v.Community.Account(ctx, id(a[0]))
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(a[1], 10, 64)
			if err != nil {
				return err
			}
			_, err = v.Community.Purse.Post(ctx, points.Transfer{Key: a[2], From: points.Issued, To: to, Amount: n, Reason: "test", At: r.At})
			return err
		},
		"xundo": func(ctx context.Context, r *bot.Request, a []string) error {
			_, err := v.Community.Purse.Reverse(ctx, a[0], points.Reversal{Key: "undo/" + a[0], At: r.At})
			return err
		},
		"xspend": func(ctx context.Context, r *bot.Request, a []string) error {
			n, err := strconv.ParseInt(a[1], 10, 64)
			if err != nil {
				return err
			}
			return v.Community.Purse.Spend(ctx, r, id(a[0]), points.Transfer{Key: a[2], To: points.Burned, Amount: n, Reason: "test", At: r.At})
		},
	})
}

// says lets a user of a login without stable ids say something, and gives the answer.
func (v *village) says(user, text string) string {
	v.t.Helper()
	v.n++
	v.at = v.at.Add(time.Second)
	return v.saysAt(v.at, user, text)
}

func (v *village) saysAt(at time.Time, user, text string) string {
	v.t.Helper()
	v.n++
	ev := bot.Event{ID: fmt.Sprintf("village/%d", v.n), Kind: bot.Message, Form: bot.Text, Text: text, At: at, SeenAt: at,
		Transport: "village", Chat: "c1", From: bot.Person{User: bot.UserID(user), Name: user}}
	if err := v.Deliver(v.t.Context(), []bot.Event{ev}); err != nil {
		v.t.Fatal(err)
	}
	said, err := v.Said(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	var texts []string
	for _, s := range said {
		texts = append(texts, s.Text)
	}
	return strings.Join(texts, "\n")
}

// does gives a command that must succeed.
func (v *village) does(format string, args ...any) {
	v.t.Helper()
	if got := v.says("boss", fmt.Sprintf(format, args...)); !strings.HasPrefix(got, "ok") {
		v.t.Fatalf("%s: %s", fmt.Sprintf(format, args...), got)
	}
}

// member is who a user is today.
func (v *village) member(user string) string {
	v.t.Helper()
	return strings.TrimPrefix(v.says(user, "xwho"), "ok ")
}

// worth is what somebody has and owes.
func (v *village) worth(id string) (balance, debt int64) {
	v.t.Helper()
	// The memory of who is who belongs to the events; a transaction of a test stands still between them.
	err := v.DB.Tx(v.t.Context(), func(ctx context.Context) (err error) {
		balance, debt, err = v.Community.Purse.Worth(ctx, community.MemberID(id))
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return balance, debt
}

func (v *village) holds(account points.Account) int64 {
	v.t.Helper()
	n, err := v.Ledger.Balance(v.t.Context(), account)
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}

func (v *village) verify() {
	v.t.Helper()
	if _, err := v.Ledger.Seal(v.t.Context(), 1<<20); err != nil {
		v.t.Fatal(err)
	}
	report, err := v.Ledger.Verify(v.t.Context(), points.VerifyOptions{})
	if err != nil {
		v.t.Fatal(err)
	}
	if !report.OK {
		v.t.Fatalf("the ledger does not hold: %v", report.Problems)
	}
}

func eachVillage(t *testing.T, fn func(t *testing.T, v *village)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) { fn(t, newVillage(t, dialect)) })
	}
}
