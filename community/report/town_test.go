package report_test

import (
	"context"
	"encoding/json"
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
	"github.com/weilu-im/weilu/community/draw"
	"github.com/weilu-im/weilu/community/report"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// saying is a message in a group, as the test remembers it.
type saying struct {
	at    time.Time
	n     int
	who   int
	group string
}

// passage is a join or a leave.
type passage struct {
	at    time.Time
	who   int
	group string
	in    bool
}

// town is a community whose people talk, come and go, turn out to be each other and become staff, with all of it kept in
// plain lists beside it.
type town struct {
	*communitytest.Parts
	t     *testing.T
	world transcript.World
	rng   *rand.Rand
	at    time.Time
	n     int

	said     []saying
	passages []passage
	inside   map[string]bool // "group/who"
	same     map[int]int     // who turned out to be whom
	staff    map[int]bool
	tests    map[string]bool // groups that are test groups
	ids      map[int]community.MemberID
}

const boss = 99

func newTown(t *testing.T, dialect string, seed uint64) *town {
	t.Helper()
	w := &town{t: t, at: time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC), rng: rand.New(rand.NewPCG(seed, 5)),
		inside: map[string]bool{}, same: map[int]int{}, staff: map[int]bool{boss: true}, tests: map[string]bool{}, ids: map[int]community.MemberID{}}
	build := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
		w.Parts = p
		return []bot.Feature{report.New(p.DB, p.Community, report.Config{At: "09:00"}, report.Look{Fonts: draw.Bitmap(), Community: "镇"}), communitytest.Direct(p, nil)}
	})
	var err error
	if w.world, err = build(t.Context(), nil, w.at); err != nil {
		t.Fatal(err)
	}
	w.whisper("xboss")
	return w
}

func (w *town) deliver(ev bot.Event) {
	w.t.Helper()
	w.n++
	ev.ID, ev.Transport, ev.SeenAt = fmt.Sprintf("e%d", w.n), "test", w.at
	if err := w.Engine.Deliver(w.t.Context(), []bot.Event{ev}); err != nil {
		w.t.Fatal(err)
	}
}

func person(who int) bot.Person {
	return bot.Person{User: bot.UserID(fmt.Sprintf("u%d", who)), Name: fmt.Sprintf("n%d", who), Stable: true}
}

func (w *town) whisper(text string) {
	w.t.Helper()
	w.deliver(bot.Event{Kind: bot.Message, Chat: "p", Private: true, At: w.at, From: person(boss), Form: bot.Text, Text: text, Len: len(text)})
}

func (w *town) say(who int, group string, ago time.Duration) {
	w.t.Helper()
	at := w.at.Add(-ago)
	ev := bot.Event{Kind: bot.Message, Chat: bot.ChatID(group), At: at, From: person(who), Form: bot.Text, Text: "说点什么", Len: 4}
	if who%2 == 0 && len(w.said) > 0 {
		ev.Mentions = []bot.Person{person(w.said[len(w.said)-1].who)}
	}
	w.deliver(ev)
	w.said = append(w.said, saying{at, w.n, who, group})
	if ago == 0 {
		w.inside[fmt.Sprint(group, "/", who)] = true
	}
}

func (w *town) pass(who int, group string, in bool) {
	w.t.Helper()
	kind := bot.Left
	if in {
		kind = bot.Joined
	}
	w.deliver(bot.Event{Kind: kind, Chat: bot.ChatID(group), At: w.at, From: person(who)})
	w.passages = append(w.passages, passage{w.at, who, group, in})
	w.inside[fmt.Sprint(group, "/", who)] = in
}

// id is the member's id, read where it is needed first.
func (w *town) id(who int) community.MemberID {
	w.t.Helper()
	if w.ids[who] == "" {
		var id community.MemberID
		if err := w.DB.Conn(w.t.Context()).Raw(`SELECT member_id FROM bindings WHERE user_id = ?`, fmt.Sprintf("u%d", who)).Scan(&id).Error; err != nil || id == "" {
			w.t.Fatalf("who is u%d: %q %v", who, id, err)
		}
		w.ids[who] = id
	}
	return w.ids[who]
}

func (w *town) spoke(who int) bool {
	return slices.ContainsFunc(w.said, func(s saying) bool { return s.who == who })
}

// live is one Day of the town.
func (w *town) live(people int) {
	groups := []string{"a", "b", "c"}
	for range w.rng.IntN(5) + 1 {
		group, who := groups[w.rng.IntN(3)], w.rng.IntN(people)
		for range w.rng.IntN(5) + 1 { // a talk: often the same again, at times long after
			if w.rng.IntN(2) == 0 {
				who = w.rng.IntN(people)
			}
			gap := time.Duration(w.rng.IntN(3000)) * time.Second
			switch w.rng.IntN(8) {
			case 0:
				gap = 1800 * time.Second
			case 1:
				gap = time.Duration(w.rng.IntN(5)) * time.Hour
			}
			w.advance(gap)
			switch key := fmt.Sprint(group, "/", who); {
			case w.rng.IntN(25) == 0 && w.spoke(who) && w.inside[key]:
				w.say(who, group, time.Duration(w.rng.IntN(9*24))*time.Hour) // it comes late
			case w.rng.IntN(30) == 0 && w.inside[key]:
				w.pass(who, group, false)
			case !w.inside[key] && (w.rng.IntN(3) == 0 || w.left(who, group)):
				w.pass(who, group, true)
				w.say(who, group, 0)
			default:
				w.say(who, group, 0)
			}
		}
	}
	w.fate(people)
}

func (w *town) left(who int, group string) bool {
	return slices.ContainsFunc(w.passages, func(p passage) bool { return p.who == who && p.group == group && !p.in })
}

// fate makes two one, or two of one again, or somebody staff, or no more, or a group a test group, or one that counts.
func (w *town) fate(people int) {
	who, other := w.rng.IntN(people), w.rng.IntN(people)
	switch w.rng.IntN(12) {
	case 0:
		_, merged := w.same[who]
		_, into := w.same[other]
		taken := slices.Contains(values(w.same), who)
		if who != other && !merged && !into && !taken && !w.staff[who] && !w.staff[other] && w.spoke(who) && w.spoke(other) {
			w.whisper(fmt.Sprintf("xmerge %s %s", w.id(who), w.id(other)))
			w.same[who] = other
		}
	case 1:
		for alias := range w.same {
			w.whisper("xsplit " + string(w.id(alias)))
			delete(w.same, alias)
			break
		}
	case 2:
		if _, merged := w.same[who]; merged || slices.Contains(values(w.same), who) || !w.spoke(who) {
			return
		}
		role := bot.Moderator
		if w.staff[who] {
			role = bot.Member
		}
		if err := w.Engine.Do(w.t.Context(), func(ctx context.Context) error { return w.Community.Appoint(ctx, w.id(who), role) }); err != nil {
			w.t.Fatal(err)
		}
		w.staff[who] = role == bot.Moderator
	case 3:
		group := []string{"b", "c"}[w.rng.IntN(2)]
		if w.rng.IntN(2) > 0 || !slices.ContainsFunc(w.said, func(s saying) bool { return s.group == group }) {
			return
		}
		command := "测试群 "
		if w.tests[group] {
			command = "正式群 "
		}
		w.whisper(command + string(w.group(group)))
		w.tests[group] = !w.tests[group]
	}
}

func values(m map[int]int) (list []int) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func (w *town) advance(d time.Duration) {
	w.t.Helper()
	w.at = w.at.Add(d)
	if err := w.world.Advance(w.t.Context(), w.at); err != nil {
		w.t.Fatal(err)
	}
}

// told are the names of a report that the town can tell.
type told struct {
	Messages int      `json:"messages"`
	Speakers int      `json:"speakers"`
	DAUMean  *float64 `json:"dau_mean"`
	MAU      int      `json:"mau"`
	DAUMAU   *float64 `json:"dau_mau"`
	New      int      `json:"new_members"`
	Members  int      `json:"members"`
	D7       rate     `json:"d7_retention"`
	D30      rate     `json:"d30_retention"`
	Median   *float64 `json:"median_first_reply_s"`
	Openers  int      `json:"openers"`
	Open     int      `json:"n_open"`
	Heat     [7][24]int
}

type rate struct {
	K int `json:"k"`
	N int `json:"n"`
}

// group is the id of a group.
func (w *town) group(chat string) (id community.GroupID) {
	w.t.Helper()
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT group_id FROM chats WHERE chat = ?`, chat).Scan(&id).Error; err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *town) report(p report.Period, group string) (t told) {
	w.t.Helper()
	ask := report.Ask{Period: p}
	if group != "" {
		ask.Group = w.group(group)
	}
	q := w.Engine.Query(bot.Query{At: w.at, Actor: bot.Actor{Role: bot.Owner}}, report.Name)
	r, err := report.Make(w.t.Context(), q, w.DB, w.Community, report.Look{Fonts: draw.Bitmap()}, ask)
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := r.JSON()
	if err == nil {
		err = json.Unmarshal(data, &t)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	t.Heat = r.Heat
	return t
}

// TestRollupsTellWhatTheMessagesDo lets towns live through their nights, and compares reports of days, weeks, months and
// ranges, of all groups and of one, with slow counts from the lists.
func TestRollupsTellWhatTheMessagesDo(t *testing.T) {
	lives := map[string]int{"sqlite": 12, "postgres": 1}
	if testing.Short() {
		lives = map[string]int{"sqlite": 2}
	}
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			compared := 0
			for seed := range lives[dialect] {
				w := newTown(t, dialect, uint64(seed))
				for day := range 75 {
					w.live(7)
					w.advance(time.Duration(w.rng.IntN(30)) * time.Hour)
					if day%5 == 4 {
						compared += w.compare()
					}
				}
				counted := w.aggregates()
				if _, err := w.Community.Rebuild(t.Context(), func(int) {}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(w.aggregates(), counted); diff != "" {
					t.Errorf("what is counted is not what the messages tell (-messages +counted):\n%s", diff)
				}
				if t.Failed() {
					t.Fatalf("seed %d", seed)
				}
			}
			t.Logf("%d reports were compared", compared)
		})
	}
}

// aggregates are the rows that everything is counted from.
func (w *town) aggregates() (rows []string) {
	w.t.Helper()
	if err := w.DB.Conn(w.t.Context()).Raw(`SELECT day || ' ' || member_id || ' ' || group_id || ' ' || messages AS line FROM activity
		UNION ALL SELECT day || ' ' || from_id || ' ' || to_id || ' ' || kind || ' ' || n FROM edges ORDER BY line`).Scan(&rows).Error; err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *town) compare() (compared int) {
	w.t.Helper()
	today := w.Community.Calendar.Day(w.at)
	for range 6 {
		kind := []report.Kind{report.OfDay, report.OfWeek, report.OfMonth, report.OfRange}[w.rng.IntN(4)]
		p := report.Around(kind, today-1-community.Day(w.rng.IntN(50)))
		if kind == report.OfRange {
			p.Kind, p.First = kind, p.First-community.Day(w.rng.IntN(20))
		}
		group := []string{"", "", "a", "b"}[w.rng.IntN(4)]
		if group != "" && !slices.ContainsFunc(w.said, func(s saying) bool { return s.group == group }) {
			continue
		}
		compared++
		if diff := cmp.Diff(w.slow(p, group), w.report(p, group), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			w.t.Errorf("%s %s %q at %s (-want +got):\n%s", kind, p, group, w.at, diff)
		}
	}
	return compared
}
