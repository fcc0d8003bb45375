package wallet_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// crowd is how many members the property tests have.
const crowd = 3

// Whatever managers and members did, taking the last of it back brings back what everybody had and owed, and the boards;
// and nobody ever has less than nothing.
func TestAnUndoBringsBackWhatWas(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			b := ready(t, dialect)
			rapid.Check(t, func(rt *rapid.T) {
				for range rapid.IntRange(1, 4).Draw(rt, "before") {
					act(t.Context(), rt, b)
				}
				was, err := b.state(t.Context(), crowd)
				if err != nil {
					rt.Fatal(err)
				}
				text, code := act(t.Context(), rt, b)
				if code == "" {
					return
				}
				said, err := b.say(t.Context(), "老王", "撤销 "+code)
				if err != nil || !strings.Contains(said, "已撤销") {
					rt.Fatalf("undo of %q: %s %v", text, said, err)
				}
				is, err := b.state(t.Context(), crowd)
				if err != nil {
					rt.Fatal(err)
				}
				if diff := cmp.Diff(was, is); diff != "" {
					rt.Fatalf("after %q and its undo (-before +after):\n%s", text, diff)
				}
			})
			if err := b.whole(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// ready is a bank whose members are known.
func ready(t *testing.T, dialect string) *bank {
	t.Helper()
	b := must(open(t.Context(), dbtest.Open(t, dialect, nil)))(t)
	for i := range crowd {
		if _, err := b.say(t.Context(), fmt.Sprint("人", i+2), "大家好"); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// act does something with points at random, and gives the code that takes it back; empty where it was refused.
func act(ctx context.Context, rt *rapid.T, b *bank) (text, code string) {
	who := func(name string) int { return rapid.IntRange(2, crowd+1).Draw(rt, name) }
	amount := func() int64 { return rapid.Int64Range(1, 60).Draw(rt, "amount") }
	var said string
	var err error
	switch rapid.SampledFrom([]string{"grant", "deduct", "bulk", "bulk", "gift", "old", "empty", "empty"}).Draw(rt, "what") {
	case "grant":
		text = fmt.Sprintf("加分 m%d %d", who("to"), amount())
	case "deduct":
		text = fmt.Sprintf("扣分 m%d %d", who("from"), amount())
	case "bulk":
		text = "批量加分 活动"
		for range rapid.IntRange(1, 6).Draw(rt, "lines") {
			text += fmt.Sprintf("\nm%d %d", who("line"), amount()*rapid.SampledFrom([]int64{1, -1}).Draw(rt, "sign"))
		}
	case "gift":
		text = fmt.Sprintf("转赠 m%d %d", who("to"), amount())
		if said, err = b.say(ctx, fmt.Sprint("人", who("from")), text); err != nil {
			rt.Fatal(err)
		}
		if m := offers.FindStringSubmatch(said); m != nil {
			code = m[1]
		}
		return text, code
	case "empty": // so that what is given next can be spent
		id := who("from")
		has, _, err := b.Community.Purse.Worth(ctx, community.MemberID(fmt.Sprint("m", id)))
		if err != nil {
			rt.Fatal(err)
		}
		text = fmt.Sprintf("扣分 m%d %d", id, max(1, has))
	case "old": // somebody who spent what is taken back then is in debt
		id := who("to")
		text = fmt.Sprintf("加分 m%d 30", id)
		_, first, err := b.boss(ctx, text, nil)
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := b.say(ctx, fmt.Sprint("人", id), fmt.Sprintf("转赠 m%d 30", who("given"))); err != nil {
			rt.Fatal(err)
		}
		if _, err := b.say(ctx, "老王", "撤销 "+first); err != nil {
			rt.Fatal(err)
		}
		return text, ""
	}
	if said, code, err = b.boss(ctx, text, nil); err != nil {
		rt.Fatal(err)
	}
	if code == "" && !strings.Contains(said, "不够") {
		rt.Fatalf("%q: %s", text, said)
	}
	return text, code
}
