package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/shop"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// town is the whole program with a few people in it who do anything that moves points.
type town struct {
	t    *testing.T
	rnd  *rand.Rand
	a    *app
	s    *settings
	dsn  string
	at   time.Time
	n    int
	sent []bot.Event
	said []bot.Outgoing
	ids  []community.MemberID // of the people, the first two of them managers
	undo []string             // codes that nobody has used
	log  []string
}

const townPeople = 7

// townSettings have everything on: gifts, a shop, and points that are good for a short time.
func townSettings() *settings {
	s := defaults()
	s.Points.Transfers.Enabled, s.Points.Transfers.MaxPerDay = true, 200
	s.Points.Expiry.AfterDays = 30
	stock := int64(4)
	s.Shop.Goods = []shop.Goods{{ID: 1, Name: "马克杯", Price: 8, Stock: &stock}, {ID: 2, Name: "贴纸", Price: 3}}
	return s
}

func newTown(t *testing.T, dialect string, seed uint64) *town {
	w := &town{t: t, rnd: rand.New(rand.NewPCG(seed, seed)), s: townSettings(), dsn: dbtest.DSN(t, dialect),
		at: time.Date(2026, 11, 2, 1, 0, 0, 0, time.UTC)}
	w.open()
	for i := range townPeople {
		w.do(func(ctx context.Context) error {
			id, err := w.a.community.Introduce(ctx, "town", w.person(i), w.at)
			if err == nil && i < 2 {
				err = w.a.community.Appoint(ctx, id, []bot.Role{bot.Owner, bot.Manager}[i])
			}
			w.ids = append(w.ids, id)
			return err
		})
		w.says(i, "大家好，我来啦")
	}
	return w
}

// open starts the program on what is stored.
func (w *town) open() {
	w.t.Helper()
	a, err := open(w.t.Context(), w.s, slog.New(slog.DiscardHandler), openOptions{dsn: w.dsn, adopt: adoptAll, secret: []byte("town"),
		onSaid: func(o bot.Outgoing) { w.said = append(w.said, o) }})
	if err != nil {
		w.t.Fatal(err)
	}
	if w.a = a; a.engine.Start(w.t.Context(), w.at) != nil {
		w.t.Fatal("the engine does not start")
	}
}

func (w *town) do(fn func(ctx context.Context) error) {
	w.t.Helper()
	if err := w.a.engine.Do(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) person(i int) bot.Person {
	return bot.Person{User: bot.UserID(fmt.Sprintf("u%d", i)), Name: fmt.Sprintf("居民%d", i), Stable: true}
}

// says lets somebody say something and gives what is answered to it.
func (w *town) says(i int, text string, mentions ...int) string {
	w.t.Helper()
	w.n++
	w.at = w.at.Add(time.Duration(1+w.rnd.IntN(90)) * time.Second)
	at := w.at
	if w.rnd.IntN(8) == 0 {
		at = at.Add(-time.Duration(w.rnd.IntN(7200)) * time.Second) // told late
	}
	ev := bot.Event{ID: fmt.Sprintf("town/%d", w.n), Kind: bot.Message, Form: bot.Text, Transport: "town", Chat: "c1", ChatName: "大群",
		At: at, SeenAt: w.at, From: w.person(i), Text: text}
	for _, m := range mentions {
		ev.Mentions = append(ev.Mentions, w.person(m))
	}
	if i < 2 && w.rnd.IntN(2) == 0 {
		ev.Chat, ev.ChatName, ev.Private = bot.ChatID(fmt.Sprintf("private/%d", i)), "", true
	}
	return w.deliver(ev)
}

func (w *town) deliver(ev bot.Event) string {
	w.t.Helper()
	w.said, w.log = nil, append(w.log, fmt.Sprintf("%s %s: %s", ev.At.Format(time.DateTime), ev.From.User, cmpText(ev)))
	if err := w.a.engine.Deliver(w.t.Context(), []bot.Event{ev}); err != nil {
		w.fail("%v", err)
	}
	w.sent = append(w.sent, ev)
	var texts []string
	for _, o := range w.said {
		texts = append(texts, o.Text)
	}
	answer := strings.Join(texts, "\n")
	if strings.Contains(answer, "抱歉，刚才出了点小问题") {
		w.fail("a handler failed")
	}
	return answer
}

func cmpText(ev bot.Event) string {
	if ev.Kind == bot.Recalled {
		return "recalls " + ev.Ref
	}
	return ev.Text
}

func (w *town) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter:\n%s", fmt.Sprintf(format, args...), strings.Join(w.log[max(0, len(w.log)-25):], "\n"))
}

var (
	townConfirm = regexp.MustCompile(`确认 (\d{4})`)
	townUndo    = regexp.MustCompile(`撤销 ([A-Z34679]{6})`)
)

// manages gives a manager's command. What can be undone is undone at once now and then, and everything is as before.
func (w *town) manages(text string) {
	w.t.Helper()
	who, before := w.rnd.IntN(2), w.picture()
	answer := w.says(who, text)
	if m := townConfirm.FindStringSubmatch(answer); m != nil {
		again := w.sent[len(w.sent)-1]
		again.ID, again.Text = fmt.Sprintf("%s/sure", again.ID), m[0]
		answer = w.deliver(again)
	}
	m := townUndo.FindStringSubmatch(answer)
	if m == nil {
		return
	}
	if w.rnd.IntN(3) > 0 {
		w.undo = append(w.undo, m[1])
		return
	}
	if answer := w.says(0, "撤销 "+m[1]); !strings.Contains(answer, "已撤销") {
		w.fail("the undo of %q says %q", text, answer)
	}
	if diff := cmp.Diff(before, w.picture()); diff != "" {
		w.fail("%q was undone, and is not what it was:\n%s", text, diff)
	}
}

// picture is what everybody has less what they owe, and what lies elsewhere.
func (w *town) picture() (lines []string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error {
		for _, id := range w.ids {
			has, owes, err := w.a.community.Purse.Worth(ctx, id)
			if err != nil {
				return err
			}
			lines = append(lines, fmt.Sprintf("%s %d", id, has-owes))
		}
		sums, err := w.a.ledger.Sums(ctx)
		if !sums.Balanced() {
			w.fail("the sums don't balance: %+v", sums)
		}
		lines = append(lines, fmt.Sprintf("escrow %d, budgets %d", sums.Escrow, sums.Budgets))
		return err
	})
	return lines
}

// step does one thing.
func (w *town) step() {
	w.t.Helper()
	who, other, n := w.rnd.IntN(townPeople), w.rnd.IntN(townPeople), 1+w.rnd.IntN(30)
	id := w.ids[other]
	order, campaign := 1+w.rnd.IntN(8), fmt.Sprintf("活动%d", w.rnd.IntN(3))
	switch w.rnd.IntN(26) {
	case 0, 1, 2:
		w.says(who, "签到")
	case 3, 4:
		w.says(who, fmt.Sprintf("今天第%d次说点新鲜事，聊聊%s", w.n, strings.Repeat("茶", w.rnd.IntN(5))))
	case 5:
		w.says(who, fmt.Sprintf("谢谢 @居民%d 帮忙", other), other)
	case 6, 7, 8:
		w.says(who, fmt.Sprintf("兑换 %d", 1+w.rnd.IntN(2)))
	case 9:
		w.says(who, fmt.Sprintf("转赠 %s %d 谢谢", id, n))
	case 10, 11:
		w.manages(fmt.Sprintf("加分 %s %d 帮忙", id, n))
	case 12:
		w.manages(fmt.Sprintf("扣分 %s %d 重复", id, n))
	case 13:
		w.manages(fmt.Sprintf("批量加分 补发\n%s %d\n%s -%d", id, n, w.ids[2+w.rnd.IntN(townPeople-2)], 1+w.rnd.IntN(3)))
	case 14:
		w.manages(fmt.Sprintf("发货 R%d 寄出", order))
	case 15:
		w.manages(fmt.Sprintf("退款 R%d 缺货", order))
	case 16:
		w.manages(fmt.Sprintf("%s %s 核对", []string{"冻结", "解冻"}[w.rnd.IntN(2)], id))
	case 17:
		w.manages(fmt.Sprintf("新建活动 %s %d 2027-06-30", campaign, 20+n))
	case 18:
		w.manages(fmt.Sprintf("活动发放 %s %s %d 完成", campaign, id, n))
	case 19:
		w.manages(fmt.Sprintf("%s %s %d", []string{"追加预算", "结束活动"}[w.rnd.IntN(2)], campaign, n))
	case 20:
		if a := w.ids[2+w.rnd.IntN(townPeople-2)]; a != id && other > 1 {
			w.manages(fmt.Sprintf("合并 %s 到 %s 同一人", a, id))
		}
	case 21:
		w.manages("拆分 " + string(id))
	case 22:
		if len(w.undo) > 0 {
			i := w.rnd.IntN(len(w.undo))
			w.says(0, "撤销 "+w.undo[i])
			w.undo = slices.Delete(w.undo, i, i+1)
		}
	case 23:
		ev := w.sent[w.rnd.IntN(len(w.sent))]
		if w.rnd.IntN(2) == 0 { // told again
			before := w.picture()
			w.deliver(ev)
			if diff := cmp.Diff(before, w.picture()); diff != "" {
				w.fail("%q was told again, and counted:\n%s", ev.Text, diff)
			}
			return
		}
		w.n++
		w.deliver(bot.Event{ID: fmt.Sprintf("town/%d", w.n), Kind: bot.Recalled, Transport: "town", Chat: ev.Chat, At: w.at, SeenAt: w.at, From: ev.From, Ref: ev.ID})
	case 24:
		w.at = w.at.Add(time.Duration(1+w.rnd.IntN(12)) * 24 * time.Hour)
		w.log = append(w.log, "== "+w.at.Format(time.DateTime))
		if err := w.a.engine.Advance(w.t.Context(), w.at, false); err != nil {
			w.fail("advance: %v", err)
		}
	case 25: // it dies, and what was told last is told again
		if err := w.a.close(); err != nil {
			w.fail("close: %v", err)
		}
		w.log = append(w.log, "-- again")
		w.open()
		w.deliver(w.sent[len(w.sent)-1])
	}
}

// TestTheEconomyKeepsItsPromises does random things with the whole program: issued is always held, in escrow, in
// budgets, in suspense, burned or expired; nobody is below zero; nothing counts twice; an undo brings back what was; and
// the chain holds.
func TestTheEconomyKeepsItsPromises(t *testing.T) {
	seeds := map[string]int{"sqlite": 16, "postgres": 3}
	if testing.Short() { // the race job
		seeds = map[string]int{"sqlite": 4, "postgres": 1}
	}
	for dialect, runs := range seeds {
		moved := map[string]int{} // transfers by the first part of their keys
		for seed := range runs {
			t.Run(fmt.Sprintf("%s/%d", dialect, seed), func(t *testing.T) {
				w := newTown(t, dialect, uint64(seed+1))
				for range 220 {
					w.step()
				}
				w.picture()
				if err := w.a.seal(t.Context()); err != nil {
					t.Fatal(err)
				}
				report, err := w.a.ledger.Verify(t.Context(), points.VerifyOptions{})
				if err != nil || !report.OK || report.Unsealed > 0 || report.Transfers < 40 {
					w.fail("%v, %+v", err, report)
				}
				var keys []string
				if err := w.a.db.Conn(t.Context()).Raw(`SELECT key FROM transfers`).Scan(&keys).Error; err != nil {
					t.Fatal(err)
				}
				for _, key := range keys {
					rule, _, _ := strings.Cut(key, "/")
					moved[rule]++
				}
				var below int
				if err := w.a.db.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM balances WHERE balance < 0`).Scan(&below).Error; err != nil || below > 0 {
					w.fail("%d accounts are below zero, %v", below, err)
				}
				if err := w.a.close(); err != nil {
					t.Error(err)
				}
			})
		}
		t.Logf("%s: %v", dialect, moved)
		for _, rule := range []string{"checkin", "speaking", "thanks", "redeem", "fulfil", "refund", "grant", "deduct", "bulk", "gift", "budget", "undo", "expire", "recall"} {
			if moved[rule] == 0 && !t.Failed() && dialect == "sqlite" && !testing.Short() {
				t.Errorf("nothing was moved by %s: the test does not try it", rule)
			}
		}
	}
}
