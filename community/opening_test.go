package community_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// opening imports a file in a transaction, and answers what is wrong with it.
func (w *chatApp) opening(csv string) (sum community.OpeningSummary, problems []community.LineProblem) {
	w.t.Helper()
	rows, problems, err := community.ReadOpening(strings.NewReader(csv))
	if err != nil {
		w.t.Fatal(err)
	}
	undone := errors.New("undone")
	w.now = w.now.Add(time.Second)
	err = w.DB.Tx(w.t.Context(), func(ctx context.Context) error {
		var more []community.LineProblem
		sum, more, err = w.Community.Open(ctx, rows, community.OpeningOptions{At: w.now, Of: w.now, Event: "opening/test", Reason: "期初余额"})
		if problems = append(problems, more...); err == nil && len(problems) > 0 {
			return undone
		}
		return err
	})
	if err != nil && !errors.Is(err, undone) {
		w.t.Fatal(err)
	}
	return sum, problems
}

// opened is the member that an id of the old system is.
func (w *chatApp) opened(id string) (member string) {
	w.t.Helper()
	if err := w.DB.Conn(context.Background()).Raw(`SELECT member_id FROM openings WHERE id = ?`, id).Scan(&member).Error; err != nil {
		w.t.Fatal(err)
	}
	return member
}

func (w *chatApp) worth(member string, want int64) {
	w.t.Helper()
	if got, _, err := w.Community.Purse.Worth(w.t.Context(), community.MemberID(member)); err != nil || got != want {
		w.t.Errorf("%s has %d, %v, want %d", member, got, err, want)
	}
}

const oldSystem = `id,name,display,tag,remark,group,points
a,甲,,,,G01,10
b,乙,阿乙,,,G01,20
c,丙,,12,,G01,30
d,丁,,,老丁,G01,40
e,戊,,,,G01,50
f,己,,,,G01,60
g,庚,,,,G01,70
h,辛,,,,大群二,0
i,辛辛,,,,大群二,1
j,壬,,,,大群二,2
`

func TestPeopleOfAnOldSystemAreFoundAtTheFirstLogin(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		sum, problems := w.opening(oldSystem)
		if want := (community.OpeningSummary{Rows: 10, New: 10, Groups: 2, Points: 283}); sum != want || len(problems) > 0 {
			t.Fatalf("%+v, %v, want %+v", sum, problems, want)
		}
		a, b, c, d := &human{key: "a", nick: "甲", attr: "1"}, &human{key: "b", nick: "乙", attr: "1"}, &human{key: "c", nick: "新名", attr: "1"}, &human{key: "d", nick: "别名", remark: "老丁", attr: "1"}
		e1, e2 := &human{key: "e1", nick: "戊", attr: "1"}, &human{key: "e2", nick: "戊", attr: "2"}
		f := &human{key: "f", nick: "己", attr: "3", remark: "另一个"}
		new1 := &human{key: "new", nick: "新来的", attr: "3"}
		one := w.room("随便叫", "小助手·G01", a, b, c, d, e1, e2, f, new1)
		one.display[b], one.display[c] = "阿乙", "丙＃012"
		h, i, j, other := &human{key: "h", nick: "辛", attr: "1"}, &human{key: "i", nick: "辛辛", attr: "1"}, &human{key: "j", nick: "壬", attr: "1"}, &human{key: "o", nick: "癸", attr: "1"}
		two := w.room("大群二", "小助手", h, i, j, other)
		w.login()
		if g1, g2 := w.group(one), w.group(two); g1 != "g1" || g2 != "g2" {
			t.Errorf("the groups are %s and %s", g1, g2)
		}
		w.is(a, w.opened("a"), community.ByTold)
		w.is(b, w.opened("b"), community.ByTold)
		w.is(c, w.opened("c"), community.ByTag)
		w.is(d, w.opened("d"), community.ByRemark)
		if !w.bond(d).Strong || w.bond(a).Strong || w.bond(c).Strong {
			t.Error("only a remark, which an operator wrote down, proves who somebody is")
		}
		for _, id := range []string{w.waits(e1), w.waits(e2)} {
			if got := w.candidates(id); !slices.Contains(got, w.opened("e")) {
				t.Errorf("%s may be %v", id, got)
			}
		}
		w.is(f, w.opened("f"), community.ByTold) // the file says nothing of remarks
		w.waits(new1)                            // 庚 is missing
		for _, p := range []*human{h, i, j} {
			w.is(p, w.opened(p.key), community.ByTold)
		}
		if r := w.bond(other).Rule; r != string(community.ByFirstSeen) {
			t.Errorf("where nobody is missing, who is not known is new, not %s", r)
		}
		w.worth(w.bond(a).MemberID, 10)
		w.worth(w.bond(d).MemberID, 40)

		// What was seen replaces what was told: at the next login the whole key counts.
		w.login()
		w.is(a, w.opened("a"), community.ByWhole)
		a.attr = "9"
		w.login()
		w.waits(a)
	})
}

func TestAnOpeningBalanceIsGivenOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		w.opening(oldSystem)
		before := w.count(`SELECT COUNT(*) FROM members`)
		sum, problems := w.opening(oldSystem)
		if sum.Repeated != 10 || sum.New != 0 || sum.Points != 0 || len(problems) > 0 {
			t.Errorf("again: %+v %v", sum, problems)
		}
		changed := strings.Replace(oldSystem, "G01,10", "G01,11", 1) + "k,新,,,,G01,5\n"
		if _, problems := w.opening(changed); len(problems) != 1 || problems[0].Line != 2 {
			t.Errorf("a changed balance: %v", problems)
		}
		if n := w.count(`SELECT COUNT(*) FROM members`); n != before {
			t.Errorf("%d members, want %d", n, before)
		}
		if n := w.count(`SELECT COUNT(*) FROM transfers WHERE key LIKE 'opening/%'`); n != 9 {
			t.Errorf("%d transfers, want 9", n)
		}
		if n := w.count(`SELECT COUNT(*) FROM audits WHERE action = 'opening' AND role = 'operator' AND actor = ''`); n != 10 {
			t.Errorf("%d rows of the audit, want 10", n)
		}
		if n, err := w.Ledger.Balance(t.Context(), points.Member(w.opened("a"))); err != nil || n != 10 {
			t.Errorf("a has %d, %v", n, err)
		}
	})
}

func TestWhoWasSeenAlreadyGetsTheirBalanceAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, w *chatApp) {
		a, b, tagged := &human{key: "a", nick: "甲", attr: "1"}, &human{key: "b", nick: "乙", attr: "1"}, &human{key: "c", nick: "丙", attr: "1"}
		twin1, twin2 := &human{key: "t1", nick: "双", attr: "1"}, &human{key: "t2", nick: "双", attr: "2"}
		r := w.room("群", "小助手·G1", a, b, tagged, twin1, twin2)
		r.display[tagged] = "丙#7"
		w.login()
		before := map[*human]string{}
		for _, h := range r.people {
			before[h] = w.bond(h).MemberID
		}
		sum, problems := w.opening("id,name,points,tag\n1,甲,5,\n2,改了名,6,7\n3,双,7,\n4,没来,8,\n")
		if want := (community.OpeningSummary{Rows: 4, New: 2, Known: 2, Points: 26}); sum != want || len(problems) > 0 {
			t.Fatalf("%+v, %v, want %+v", sum, problems, want)
		}
		w.worth(before[a], 5)
		w.worth(before[tagged], 6)
		w.worth(before[twin1], 0)
		w.worth(before[b], 0)
		// Who joins with the name of somebody told of may be them, and may have read the name somewhere.
		late := &human{key: "late", nick: "没来", attr: "1"}
		r.people = append(r.people, late)
		w.hear(w.list(r))
		if got := w.candidates(w.waits(late)); !slices.Equal(got, []string{w.opened("4")}) {
			t.Errorf("candidates %v", got)
		}
		// The next login knows those who were seen, and nobody's balance went to a namesake.
		w.login()
		w.is(a, before[a], community.ByWhole)
		w.is(tagged, before[tagged], community.ByTag)
		for _, h := range []*human{twin1, twin2} {
			if b := w.bond(h); b.MemberID == w.opened("3") {
				t.Errorf("%s is %+v: a guess", h.key, b)
			}
		}
	})
}

func TestGroupsOfAFileMustBePlain(t *testing.T) {
	w := newChatApp(t, "sqlite")
	w.room("群", "小助手", people(3, "x")...)
	w.room("群", "小助手·G2", people(3, "y")...)
	w.login()
	_, problems := w.opening("id,name,points,group\n1,甲,5,\n2,乙,6,群\n3,丙,1,G2\n4,丁,1,G9\n")
	if len(problems) != 2 || problems[0].Line != 2 || problems[1].Line != 3 {
		t.Errorf("%v", problems)
	}
	if n := w.count(`SELECT COUNT(*) FROM groups`); n != 2 {
		t.Errorf("%d groups", n)
	}
}

// TestOpeningOf500 logs in with people of an old system, of whom some have left, some changed their names, some share them, and
// some are new.
func TestOpeningOf500(t *testing.T) {
	for _, tags := range []bool{false, true} {
		w := newChatApp(t, "sqlite")
		chance := rand.New(rand.NewPCG(3, 9))
		all := town500(w, chance, tags)
		var file strings.Builder
		file.WriteString("id,name,display,group,points\n")
		for i, h := range all {
			for g, r := range w.rooms {
				if slices.Contains(r.people, h) {
					fmt.Fprintf(&file, "%d,%s,%s,G%02d,%d\n", i, h.nick, r.display[h], g+1, i+1)
					break
				}
			}
		}
		if sum, problems := w.opening(file.String()); sum.New != len(all) || len(problems) > 0 {
			t.Fatalf("%+v %v", sum, problems)
		}
		was := map[*human]string{}
		for i, h := range all {
			was[h] = w.opened(fmt.Sprint(i))
		}
		returning, _, fresh := away(w, chance, all, tags)
		w.login()
		right, wrong := 0, 0
		for _, h := range returning {
			switch b := w.bond(h); {
			case b.MemberID == was[h]:
				right++
			case b.Provisional == 0:
				wrong++
				t.Errorf("%s is %+v, and was %s", h.key, b, was[h])
			}
		}
		copied := 0
		for _, h := range fresh {
			if b := w.bond(h); b.Provisional == 0 {
				copied++
			}
		}
		t.Logf("tags %v: %d of %d bound, %d wrong; %d of %d newcomers, half of them with a leaver's nickname, are taken for somebody", tags, right, len(returning), wrong, copied, len(fresh))
		if want := len(returning) / 2; right < want {
			t.Errorf("tags %v: %d bound, want %d", tags, right, want)
		}
	}
}
