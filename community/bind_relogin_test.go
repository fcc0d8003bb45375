package community_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
)

// town500 is 500 people in several groups; 5 % of them share a name with somebody.
func town500(w *chatApp, chance *rand.Rand, tags bool) []*human {
	all := people(500, "人")
	for i := 0; i < 25; i += 2 {
		all[i+1].nick = all[i].nick
	}
	for i := range all {
		all[i].attr = fmt.Sprint(chance.IntN(4))
	}
	for g := range 5 {
		r := w.room(fmt.Sprintf("群%d", g), fmt.Sprintf("小助手·G%02d", g+1))
		for i, h := range all {
			if i%5 == g || chance.IntN(5) == 0 {
				r.people = append(r.people, h)
				if chance.IntN(3) == 0 {
					r.display[h] = fmt.Sprintf("昵称%d", i)
				}
				if tags {
					r.display[h] = fmt.Sprintf("%s#%03d", h.nick, i+1)
				}
			}
		}
	}
	return all
}

// away is what happens between two logins: a tenth leaves, a third is renamed, a tenth is new, and of those every other
// one is called like somebody who left.
func away(w *chatApp, chance *rand.Rand, all []*human, tags bool) (returning, left, fresh []*human) {
	order := chance.Perm(len(all))
	for _, i := range order[:50] {
		left = append(left, all[i])
	}
	for _, i := range order[50:] {
		returning = append(returning, all[i])
	}
	for n, i := range chance.Perm(len(returning))[:len(all)*30/100] {
		h := returning[i]
		if n%2 == 0 {
			h.nick = fmt.Sprintf("新名%d", i)
		}
		for _, r := range w.rooms {
			if slices.Contains(r.people, h) && (n%2 == 1 || tags) {
				r.display[h] = fmt.Sprintf("改名%d", i)
				if tags {
					r.display[h] += fmt.Sprintf("＃%d", slices.Index(all, h)+1)
				}
			}
		}
	}
	for _, r := range w.rooms {
		r.people = slices.DeleteFunc(r.people, func(h *human) bool { return slices.Contains(left, h) })
	}
	for i := range 50 {
		h := &human{key: fmt.Sprintf("new%d", i), nick: fmt.Sprintf("来客%d", i), attr: fmt.Sprint(chance.IntN(4))}
		if i%2 == 0 {
			h.nick, h.attr = left[i].nick, "other" // never the whole key
		}
		r := w.rooms[chance.IntN(len(w.rooms))]
		r.people = append(r.people, h)
		fresh = append(fresh, h)
	}
	for _, r := range w.rooms {
		chance.Shuffle(len(r.people), func(i, j int) { r.people[i], r.people[j] = r.people[j], r.people[i] })
	}
	chance.Shuffle(len(w.rooms), func(i, j int) { w.rooms[i], w.rooms[j] = w.rooms[j], w.rooms[i] })
	return returning, left, fresh
}

func TestAReloginBindsNobodyWronglyAndMostPeopleRightly(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 2
	}
	for _, tags := range []bool{false, true} {
		wrong, right, returned, fewest := 0, 0, 0, 1.0
		for seed := range seeds {
			chance := rand.New(rand.NewPCG(seed, 7))
			w := newChatApp(t, "sqlite")
			all := town500(w, chance, tags)
			w.login()
			before := map[*human]string{}
			for _, h := range all {
				b := w.bond(h)
				if before[h] = b.MemberID; b.MemberID == "" || b.Rule != string(community.ByFirstSeen) {
					t.Fatalf("first login: %s is %+v", h.key, b)
				}
			}
			returning, _, fresh := away(w, chance, all, tags)
			w.login()
			hits := 0
			for _, h := range returning {
				switch b := w.bond(h); {
				case b.MemberID == before[h]:
					hits++
				case b.Rule == string(community.ByNothing) && b.Provisional > 0:
				default:
					wrong++
					t.Errorf("seed %d: %s was %s and is %+v", seed, h.key, before[h], b)
				}
			}
			for _, h := range fresh {
				if b := w.bond(h); b.Rule != string(community.ByNothing) && b.Rule != string(community.ByArrival) {
					wrong++
					t.Errorf("seed %d: newcomer %s is %+v", seed, h.key, b)
				}
			}
			right, returned = right+hits, returned+len(returning)
			fewest = min(fewest, float64(hits)/float64(len(returning)))
			everyMessageCounts(t, w, append(returning, fresh...))
		}
		t.Logf("tags %v: %d logins of 500: %d wrong, %.1f %% of those returning bound, %.1f %% in the worst", tags, seeds, wrong,
			100*float64(right)/float64(returned), 100*fewest)
		want := 0.60
		if tags {
			want = 0.95
		}
		if fewest < want {
			t.Errorf("tags %v: only %.3f were bound, want %.2f", tags, fewest, want)
		}
	}
}

// everyMessageCounts lets everybody speak once and finds each message under the id of its sender.
func everyMessageCounts(t *testing.T, w *chatApp, speakers []*human) {
	t.Helper()
	said := map[string]int{}
	var events []bot.Event
	for _, h := range speakers {
		for _, r := range w.rooms {
			if slices.Contains(r.people, h) {
				events = append(events, w.said(h, r, "早"))
				said[string(w.user(h))]++
			}
		}
	}
	w.hear(events...)
	var rows []struct {
		UserID string
		N      int
	}
	if err := w.DB.Conn(context.Background()).Raw(`SELECT b.user_id, COUNT(*) AS n FROM messages m JOIN bindings b ON b.member_id = m.member_id
		AND b.session = ? GROUP BY b.user_id`, w.session()).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, row := range rows {
		total += row.N
		if said[row.UserID] != row.N {
			t.Errorf("%s said %d and %d are counted", row.UserID, said[row.UserID], row.N)
		}
	}
	if total != len(events) {
		t.Errorf("%d of %d messages are counted", total, len(events))
	}
}

// TestASplitAmong500LeavesEverybodyWhatTheyWouldHave compares what 500 people have and are told after a new login, when
// some who waited were said to be somebody they are not, and parted again, with what they have when nobody did that.
func TestASplitAmong500LeavesEverybodyWhatTheyWouldHave(t *testing.T) {
	told, balances := checkedIn(t, nil)
	parted, yes := 0, regexp.MustCompile(`确认 \d{4}`)
	toldAfter, balancesAfter := checkedIn(t, func(w *chatApp, boss *human, waiting, known []string) {
		for i, id := range waiting[:10] {
			r := w.rooms[0]
			w.hear(w.said(boss, r, fmt.Sprintf("合并 %s 到 %s", id, known[i])))
			w.hear(w.said(boss, r, yes.FindString(w.last("%（"+id+"）合并到%"))))
			if n := w.count(`SELECT COUNT(*) FROM aliases WHERE alias = ? AND member_id = ?`, id, known[i]); n != 1 {
				t.Fatalf("%s was not merged: %s", id, w.last("%"))
			}
		}
		w.pass(2 * time.Hour)
		for _, id := range waiting[:10] {
			w.hear(w.said(boss, w.rooms[0], "拆分 "+id))
			w.hear(w.said(boss, w.rooms[0], yes.FindString(w.last("要把 "+id+"%拆分出来%"))))
			if w.count(`SELECT COUNT(*) FROM aliases WHERE alias = ?`, id) != 0 {
				t.Fatalf("%s was not parted: %s", id, w.last("%"))
			}
			parted++
		}
	})
	if len(told) < 450 || parted != 10 {
		t.Fatalf("%d answers, %d parted", len(told), parted)
	}
	if diff := cmp.Diff(told, toldAfter); diff != "" {
		t.Errorf("what people are told of their streaks (-without, +with merge and split):\n%.3000s", diff)
	}
	if diff := cmp.Diff(balances, balancesAfter); diff != "" {
		t.Errorf("balances (-without, +with merge and split):\n%.3000s", diff)
	}
}

// checkedIn lets everybody check in on the day before a new login, on the day of it and, after meanwhile, on the next. It
// tells the answers of the last day and what all accounts hold then.
func checkedIn(t *testing.T, meanwhile func(w *chatApp, boss *human, waiting, known []string)) (told []string, balances map[string]int64) {
	t.Helper()
	chance := rand.New(rand.NewPCG(11, 7))
	w := newChatApp(t, "sqlite")
	w.also = func(p *communitytest.Parts) []bot.Feature {
		return []bot.Feature{checkin.New(p.DB, p.Community, checkin.Defaults())}
	}
	w.open(w.DB)
	all := town500(w, chance, false)
	boss := &human{key: "boss", nick: "老王", remark: "王总-0001", friend: true}
	for _, r := range w.rooms {
		r.people = append(r.people, boss)
	}
	w.login()
	w.appoint(w.bond(boss).MemberID, bot.Owner)
	everybody := func(people []*human) {
		t.Helper()
		for _, h := range people {
			for _, r := range w.rooms {
				if slices.Contains(r.people, h) {
					w.hear(w.said(h, r, "签到"))
					break
				}
			}
		}
	}
	everybody(all)
	w.pass(24 * time.Hour)
	returning, left, fresh := away(w, chance, all, false)
	var known, waiting []string
	for _, h := range left[:5] {
		known = append(known, w.bond(h).MemberID)
	}
	w.login()
	everybody(append(returning, fresh...))
	for _, h := range returning {
		if b := w.bond(h); b.Provisional > 0 {
			waiting = append(waiting, b.MemberID)
		} else if len(known) < 10 { // who has checked in on this day, too
			known = append(known, b.MemberID)
		}
	}
	at := w.now
	if meanwhile != nil {
		meanwhile(w, boss, waiting, known)
	}
	w.pass(at.Add(24 * time.Hour).Sub(w.now))
	before := w.count(`SELECT COALESCE(MAX(id), 0) FROM outbox`)
	everybody(append(returning, fresh...))
	if err := w.DB.Conn(t.Context()).Raw(`SELECT text FROM outbox WHERE id > ? ORDER BY id`, before).Scan(&told).Error; err != nil {
		t.Fatal(err)
	}
	told = slices.DeleteFunc(told, func(text string) bool { return !strings.Contains(text, "签到成功") })
	var rows []struct {
		Account string
		Balance int64
	}
	if err := w.DB.Conn(t.Context()).Raw(`SELECT account, balance FROM balances WHERE balance <> 0`).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	balances = map[string]int64{}
	for _, row := range rows {
		balances[row.Account] = row.Balance
	}
	return told, balances
}
