package tier_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/tiers"
)

// town is a community in which nights are worked, to be compared with a replay.
type town struct {
	*communitytest.Parts
	t     *testing.T
	world transcript.World
	at    time.Time
	seq   int
	gifts int
	rng   *rand.Rand
}

func newTown(t *testing.T, dialect string, seed uint64) *town {
	t.Helper()
	w := &town{t: t, at: time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC), rng: rand.New(rand.NewPCG(seed, 3))}
	// a ladder on which little moves much
	settings := map[string]string{"tiers.ladder": `[{tier: lurker}, {tier: interactor, all: {active_days: 2}}, {tier: contributor, all: {active_days: 4, partners: 2}, any: {contributions: 1, messages: 8}},
		{tier: koc, all: {active_days: 7, partners: 3, influence: 3}, any: {contributions: 2, messages: 20}, confirm: true}]`, "tiers.onlooker": "true"}
	build := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		w.Parts = p
		return features(p)
	})
	var err error
	if w.world, err = build(t.Context(), settings, w.at); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) user(i int) bot.UserID { return bot.UserID(fmt.Sprintf("u%d", i)) }

// hear delivers a message of a person, who may mention another, said some time ago.
func (w *town) hear(who, mentioned int, private bool, ago time.Duration) {
	w.t.Helper()
	w.seq++
	at := w.at.Add(-ago)
	ev := bot.Event{ID: fmt.Sprintf("e%d", w.seq), Kind: bot.Message, Transport: "test", Chat: "room", At: at, SeenAt: w.at,
		From: bot.Person{User: w.user(who), Name: string(w.user(who)), Stable: true}, Form: bot.Text, Text: "说点什么", Len: 4}
	if private {
		ev.Chat, ev.Private = "p"+bot.ChatID(w.user(who)), true
	}
	if mentioned >= 0 {
		ev.Mentions = []bot.Person{{User: w.user(mentioned), Name: string(w.user(mentioned)), Stable: true}}
	}
	if err := w.Engine.Deliver(w.t.Context(), []bot.Event{ev}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) do(fn func(ctx context.Context) error) {
	w.t.Helper()
	if err := w.Engine.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// advance lets the clock run, and with it the nights.
func (w *town) advance(d time.Duration) {
	w.t.Helper()
	w.at = w.at.Add(d)
	if err := w.world.Advance(w.t.Context(), w.at); err != nil {
		w.t.Fatal(err)
	}
}

// live is one Day of the town: people talk, give, are locked and confirmed; some of it is told late.
func (w *town) live(people int, mayBeLate bool) {
	for range w.rng.IntN(4 * people) {
		who, ago := w.rng.IntN(people), time.Duration(0)
		if mayBeLate && w.rng.IntN(20) == 0 {
			ago = time.Duration(w.rng.IntN(6*24)) * time.Hour
		}
		if who%3 == 0 && w.rng.IntN(3) > 0 { // some come seldom
			continue
		}
		w.hear(who, w.rng.IntN(people+3)-3, w.rng.IntN(10) == 0, ago)
	}
	for range w.rng.IntN(3) {
		member := community.MemberID(fmt.Sprintf("m%d", w.rng.IntN(people)+1))
		w.do(func(ctx context.Context) error { return w.touch(ctx, member) })
	}
}

// touch does something to a member that is not a message.
func (w *town) touch(ctx context.Context, member community.MemberID) error {
	day := w.Community.Calendar.Day(w.at)
	switch w.rng.IntN(6) {
	case 0, 1:
		w.gifts++
		return w.Community.Contributions.Record(ctx, community.Contribution{Key: fmt.Sprintf("k%d", w.gifts), Member: member, Group: "g1", Kind: community.BestAnswer, At: w.at, Day: day})
	case 2:
		return w.Community.Contributions.Withdraw(ctx, fmt.Sprintf("k%d", w.rng.IntN(w.gifts+1)), w.at)
	}
	said := tiers.Said{Act: tiers.Act{Member: string(member)}, By: "m1", Reason: "why"}
	switch w.rng.IntN(4) {
	case 0:
		said.Kind, said.Tier, said.Until = tiers.Lock, tiers.All()[w.rng.IntN(5)], tiers.Day(day)+tiers.Day(w.rng.IntN(20)+1)
	case 1:
		said.Kind = tiers.Unlock
	case 2:
		said.Kind = tiers.Confirm
	case 3:
		said.Kind = tiers.Decline
	}
	id, err := w.Community.Tiers.Say(ctx, w.at, said)
	if err == nil && w.rng.IntN(4) == 0 {
		_, err = w.Community.Tiers.Unsay(ctx, id)
	}
	return err
}

// compare checks that what the nights put on record is what a replay from the first Day gives.
func (w *town) compare(day community.Day) (changes int) {
	w.t.Helper()
	var replayed []tiers.Entry
	people, err := w.Community.Tiers.At(w.t.Context(), day, func(e tiers.Entry) { replayed = append(replayed, e) })
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range people {
		held, err := w.Community.Tiers.Of(w.t.Context(), p.Member)
		if err != nil {
			w.t.Fatal(err)
		}
		if held != p.Standing {
			w.t.Errorf("%s holds %+v by the nights, %+v by the replay of %s", p.Member, held, p.Standing, day)
		}
	}
	recorded, err := w.Community.Tiers.Between(w.t.Context(), 0, day+2)
	if err != nil {
		w.t.Fatal(err)
	}
	order := func(list []tiers.Entry) []tiers.Entry {
		slices.SortStableFunc(list, func(a, b tiers.Entry) int {
			if a.Member != b.Member {
				return len(a.Member)*1000 + int(a.Member[len(a.Member)-1]) - len(b.Member)*1000 - int(b.Member[len(b.Member)-1])
			}
			return int(a.Day - b.Day)
		})
		return list
	}
	if diff := cmp.Diff(order(replayed), order(recorded), cmpopts.EquateEmpty()); diff != "" {
		w.t.Errorf("on record until %s (-replay +nights):\n%.3000s", day, diff)
	}
	return len(recorded)
}

// TestNightsAndReplayAgree lives random months in which messages come late, contributions are withdrawn, managers lock,
// confirm and take back, people are merged and split, and the program sleeps for Days. After each month every standing
// and every recorded change is what a replay from the first Day gives.
func TestNightsAndReplayAgree(t *testing.T) {
	towns := map[string]int{"sqlite": 6, "postgres": 1}
	if testing.Short() {
		towns["sqlite"] = 1
	}
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			for seed := range towns[dialect] {
				playTown(t, dialect, uint64(seed))
			}
		})
	}
}

func playTown(t *testing.T, dialect string, seed uint64) {
	const people = 9
	w := newTown(t, dialect, seed)
	for i := range people {
		w.hear(i, -1, false, 0)
	}
	changes, merged := 0, community.MemberID("")
	for day := range 80 {
		w.live(people, day > 0)
		if w.rng.IntN(9) == 0 {
			merged = w.rejoin(merged, people)
		}
		if w.rng.IntN(12) == 0 { // the program is down for some Days
			w.at = w.at.Add(3 * 24 * time.Hour)
			if err := w.world.Sleep(t.Context(), w.at); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w.advance(24 * time.Hour)
		if day%16 == 15 {
			changes = w.compare(w.Community.Calendar.Day(w.at) - 1)
		}
	}
	if t.Logf("town %d: %d changes", seed, changes); changes < 40 {
		t.Errorf("only %d changes: nothing was compared", changes)
	}
}

// rejoin splits who was merged, or merges somebody.
func (w *town) rejoin(merged community.MemberID, people int) (now community.MemberID) {
	r := &bot.Request{Event: bot.Event{ID: fmt.Sprintf("join%d", w.seq), At: w.at, SeenAt: w.at}}
	w.seq++
	w.do(func(ctx context.Context) error {
		if merged != "" {
			return w.Community.Split(ctx, r, merged)
		}
		now = community.MemberID(fmt.Sprintf("m%d", w.rng.IntN(people-1)+2))
		return w.Community.Merge(ctx, r, now, "m1", "test")
	})
	return now
}
