package community_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/communitytest"
)

// town is a community that hears events of a transport with stable ids.
type town struct {
	*communitytest.Parts
	transcript.World
	t *testing.T
	n int
}

func newTown(t *testing.T) *town {
	t.Helper()
	tn := &town{t: t}
	w, err := communitytest.Build(t, func(p *communitytest.Parts) []bot.Feature {
		tn.Parts = p
		return nil
	})(t.Context(), nil, noonUTC)
	if err != nil {
		t.Fatal(err)
	}
	tn.World = w
	return tn
}

var noonUTC = time.Date(2026, 1, 5, 4, 0, 0, 0, time.UTC) // 12:00 in Shanghai

// at is an event of a person in a group, minutes after noon.
func (tn *town) at(minutes int, kind bot.Kind, user, group string) bot.Event {
	tn.n++
	at := noonUTC.Add(time.Duration(minutes) * time.Minute)
	ev := bot.Event{ID: fmt.Sprintf("town/%d", tn.n), Kind: kind, At: at, SeenAt: at, Transport: "town", Chat: bot.ChatID(group),
		From: bot.Person{User: bot.UserID(user), Name: user, Stable: true}}
	if kind == bot.Message {
		ev.Form, ev.Text = bot.Text, "你好"
	}
	return ev
}

func (tn *town) hear(events ...bot.Event) {
	tn.t.Helper()
	if err := tn.Deliver(tn.t.Context(), events); err != nil {
		tn.t.Fatal(err)
	}
}

func (tn *town) members() []community.Summary {
	tn.t.Helper()
	list, err := community.Members(tn.t.Context(), tn.DB)
	if err != nil {
		tn.t.Fatal(err)
	}
	return list
}

func (tn *town) stay(user, group string) (joined, left int) {
	tn.t.Helper()
	var row struct{ JoinedAt, LeftAt int64 }
	if err := tn.DB.Conn(tn.t.Context()).Raw(`SELECT s.joined_at, s.left_at FROM stays s JOIN bindings b ON b.member_id = s.member_id
		JOIN chats c ON c.group_id = s.group_id WHERE b.user_id = ? AND c.chat = ?`, user, group).Scan(&row).Error; err != nil {
		tn.t.Fatal(err)
	}
	minutes := func(ms int64) int {
		if ms == 0 {
			return -1
		}
		return int(time.UnixMilli(ms).Sub(noonUTC).Minutes())
	}
	return minutes(row.JoinedAt), minutes(row.LeftAt)
}

func TestPresenceIsTheSameInWhateverOrderItIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		events       func(tn *town) []bot.Event
		joined, left int
	}{
		"a join and a leave": {func(tn *town) []bot.Event {
			return []bot.Event{tn.at(1, bot.Joined, "a", "g"), tn.at(5, bot.Message, "a", "g"), tn.at(9, bot.Left, "a", "g")}
		}, 1, 9},
		"a rejoin": {func(tn *town) []bot.Event {
			return []bot.Event{tn.at(1, bot.Joined, "a", "g"), tn.at(5, bot.Left, "a", "g"), tn.at(9, bot.Joined, "a", "g")}
		}, 9, -1},
		"a member who was never told to have joined": {func(tn *town) []bot.Event {
			return []bot.Event{tn.at(3, bot.Message, "a", "g"), tn.at(5, bot.Message, "a", "g")}
		}, 3, -1},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(6) {
				tn := newTown(t)
				events := c.events(tn)
				rand.New(rand.NewPCG(seed, 1)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				tn.hear(events...)
				tn.hear(events...)
				if joined, left := tn.stay("a", "g"); joined != c.joined || left != c.left {
					t.Errorf("order %d: joined %d, left %d; want %d, %d", seed, joined, left, c.joined, c.left)
				}
			}
		})
	}
}

func TestTheLatestNameAndTheEarliestSightingStand(t *testing.T) {
	tn := newTown(t)
	late := tn.at(1, bot.Message, "a", "g")
	late.From.Name = "旧名"
	now := tn.at(10, bot.Message, "a", "g")
	now.From.Name = "新名"
	tn.hear(now)
	tn.hear(late)
	list := tn.members()
	if len(list) != 1 || list[0].Name != "新名" || !list[0].FirstSeen.Equal(late.At) || !list[0].LastSeen.Equal(now.At) {
		t.Errorf("got %+v", list)
	}
}

func TestWhoWasOnlyMentionedIsNotListed(t *testing.T) {
	tn := newTown(t)
	ev := tn.at(1, bot.Message, "a", "g")
	ev.Mentions = []bot.Person{{User: "a", Stable: true}, {User: "b", Stable: true}, {User: "b", Stable: true}}
	tn.hear(ev)
	list := tn.members()
	if len(list) != 1 || list[0].Partners != 1 {
		t.Errorf("got %+v", list)
	}
	tn.hear(tn.at(2, bot.Joined, "b", "g"))
	if list = tn.members(); len(list) != 2 || list[1].Partners != 1 || list[1].Messages != 0 || list[1].Groups != 1 {
		t.Errorf("got %+v", list)
	}
}

func TestAnAliasIsReadAsItsMember(t *testing.T) {
	tn := newTown(t)
	day := 24 * 60
	mention := tn.at(day, bot.Message, "a2", "h")
	mention.Mentions = []bot.Person{{User: "b", Stable: true}}
	tn.hear(tn.at(0, bot.Message, "a", "g"), tn.at(1, bot.Message, "b", "g"), mention)
	if err := tn.DB.Tx(t.Context(), func(ctx context.Context) error {
		return tn.DB.Conn(ctx).Exec(`INSERT INTO aliases (alias, member_id, at, by_member, evidence) VALUES ('m3', 'm1', 0, '', 'test')`).Error
	}); err != nil {
		t.Fatal(err)
	}
	list := tn.members()
	if len(list) != 2 || list[0].Messages != 2 || list[0].ActiveDays != 2 || list[0].Groups != 2 || list[0].Partners != 1 {
		t.Errorf("got %+v", list)
	}
	month, err := community.ActivityOf(t.Context(), tn.DB, "2026-01", nil)
	if err != nil || month.Speakers != 2 || month.Messages != 3 {
		t.Errorf("got %d speakers, %d messages, %v", month.Speakers, month.Messages, err)
	}
}

func TestStaffAndBotsAreInNoFigure(t *testing.T) {
	tn := newTown(t)
	tn.hear(tn.at(0, bot.Message, "a", "g"), tn.at(1, bot.Message, "boss", "g"), tn.at(2, bot.Message, "robot", "g"))
	if err := tn.Appoint(t.Context(), bot.Person{User: "nobody", Name: "nobody", Stable: true}, bot.Owner, noonUTC); err != nil {
		t.Fatal(err)
	}
	err := tn.DB.Tx(t.Context(), func(ctx context.Context) error { return tn.Community.Appoint(ctx, "m2", bot.Moderator) })
	if err != nil {
		t.Fatal(err)
	}
	month, err := community.ActivityOf(t.Context(), tn.DB, "2026-01", []string{"robot"})
	if err != nil || month.Speakers != 1 || month.Messages != 1 || len(month.Days) != 31 {
		t.Errorf("got %d speakers, %d messages, %d days, %v", month.Speakers, month.Messages, len(month.Days), err)
	}
}

func TestARebuildGivesTheSameCounts(t *testing.T) {
	tn := newTown(t)
	for i := range 300 {
		ev := tn.at(i*37, bot.Message, fmt.Sprintf("u%d", i%7), fmt.Sprintf("g%d", i%3))
		ev.Mentions = []bot.Person{{User: bot.UserID(fmt.Sprintf("u%d", i%5)), Stable: true}}
		tn.hear(ev)
	}
	before := tn.members()
	total, err := tn.Community.Rebuild(t.Context(), func(int) {})
	if err != nil || total != 300 {
		t.Fatalf("rebuilt %d, %v", total, err)
	}
	if diff := cmp.Diff(before, tn.members()); diff != "" {
		t.Error(diff)
	}
}

func TestARecalledMessageLosesItsTextAndStaysCounted(t *testing.T) {
	tn := newTown(t)
	said := tn.at(0, bot.Message, "a", "g")
	recall := tn.at(1, bot.Recalled, "a", "g")
	recall.Ref = said.ID
	tn.hear(said, recall)
	var texts int64
	tn.DB.Conn(t.Context()).Table("message_texts").Count(&texts)
	if list := tn.members(); texts != 0 || list[0].Messages != 1 {
		t.Errorf("%d texts, %+v", texts, list)
	}
}
