package community_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
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
