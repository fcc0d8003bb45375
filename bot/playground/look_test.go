package playground_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

// TestLookAtIt fills a playground with everything that is hard to lay out and makes pictures of it for people.
func TestLookAtIt(t *testing.T) {
	if os.Getenv("PLAYGROUND_SHOTS") == "" {
		t.Skip("PLAYGROUND_SHOTS names no directory for pictures")
	}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1280, 800}, {"phone", 390, 844}, {"middle", 900, 700}} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(size.name+"-"+scheme, func(t *testing.T) {
				b := openBrowser(t, size.width, size.height)
				b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
				s := crowd(t)
				walk(b, s, size.name+"-"+scheme)
			})
		}
	}
}

// crowd is a community of sixty with long names, long words, pictures and several groups.
func crowd(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, func(o *playground.Options) {
		given := strings.Split("小明 小红 阿杰 老王 晓雯 大壮 Cathy 林夕 橙子 南瓜 🦊狐狸 木木 豆豆 一一 Kevin", " ")
		var all []bot.UserID
		o.People = nil
		for i := range 60 {
			called := given[i%len(given)]
			if i >= len(given) {
				called += fmt.Sprint(i)
			}
			switch i {
			case 7:
				called = "名字特别特别特别特别特别特别长的一位群友她真的很长"
			case 9:
				called = "محمد العربي"
			case 13:
				called = "<script>alert(1)</script>"
			}
			u := bot.UserID(fmt.Sprintf("u%d", i))
			o.People = append(o.People, bot.Person{User: u, Name: called})
			all = append(all, u)
		}
		o.Groups = []playground.Group{
			{ID: "main", Name: "围炉读书会 · 大群", Members: all[:58]}, {ID: "north", Name: "华北同城群", Members: all[:22]},
			{ID: "tea", Name: "喝茶聊天不谈工作也不谈家务的一个名字很长的群", Members: all[10:19]}, {ID: "core", Name: "志愿者小组", Members: all[2:6]},
		}
		o.Personas = []playground.Persona{{User: "u0", Role: "regular"}, {User: "u1", Role: "manager"}, {User: "u5", Role: "lurker"}, {User: "u59", Role: "newcomer"}}
	})
	past(t, s)
	return s
}

func past(t *testing.T, s *stage) {
	t.Helper()
	at := s.clock.Now().Add(-3 * 24 * time.Hour)
	say := func(chat bot.ChatID, user int, gap time.Duration, text string) {
		at = at.Add(gap)
		s.p.Record(bot.Event{ID: "e" + at.String(), Kind: bot.Message, At: at, Chat: chat, From: bot.Person{User: bot.UserID(fmt.Sprintf("u%d", user))}, Text: text})
	}
	answer := func(chat bot.ChatID, text string, to ...bot.Person) {
		s.sink.say(bot.Outgoing{Text: text, SaidAt: at.Add(time.Second), Route: bot.Route{Chat: chat}, Mentions: to})
	}
	say("main", 3, 0, "周末的读书会改到下午三点，大家记得呀")
	say("main", 4, time.Minute, "收到！我带点自己烤的饼干🍪")
	say("main", 4, time.Minute, "有人对坚果过敏吗")
	say("main", 7, time.Hour, "我不过敏，谢谢晓雯～ 这本书我已经看到第三章了，节奏慢慢的但是很好看，尤其是写江边那几段。")
	answer("main", "早上好，今天是读书会的第 12 天。\n· 昨天有 23 位书友签到\n· 小红连续签到满 30 天，奖励 20 分\n· 本周话题：你最近一次被一句话打动是什么时候？")
	say("main", 0, 20*time.Hour, "签到")
	answer("main", "签到成功 +5，已连续 3 天，一共 128 分", bot.Person{User: "u0"})
	s.p.Record(bot.Event{ID: "join59", Kind: bot.Joined, At: at.Add(time.Minute), Chat: "main", From: bot.Person{User: "u58"}, By: &bot.Person{User: "u1"}})
	answer("main", "欢迎新朋友！先看看「公约」，再来一句自我介绍吧", bot.Person{User: "u58"})
	say("main", 13, time.Hour, `<img src=x onerror=alert(1)> <b>我不是粗体</b>`)
	say("main", 9, time.Minute, "مرحبا بالجميع، 大家好 hello")
	say("main", 10, time.Minute, strings.Repeat("哈", 60)+strings.Repeat("ha", 70))
	say("main", 2, 20*time.Hour, strings.Repeat("这是一段很长的读后感，写满了一个下午的心情。", 60))
	at = at.Add(time.Minute)
	s.p.Record(bot.Event{ID: "q1", Kind: bot.Message, At: at, Chat: "main", From: bot.Person{User: "u0"}, Text: "@小红 这段写得真好，能不能发到公众号？", Mentions: []bot.Person{{User: "u1"}},
		Quote: &bot.Quote{From: bot.Person{User: "u2"}, Text: strings.Repeat("这是一段很长的读后感，写满了一个下午的心情。", 60)}})
	s.p.Record(bot.Event{ID: "t1", Kind: bot.Tapped, At: at.Add(time.Second), Chat: "main", From: bot.Person{User: "u3"}, Mentions: []bot.Person{{User: "u0"}}})
	say("main", 1, time.Minute, "可以呀 @小明 我晚上整理一下")
	say("north", 6, time.Minute, "周六香山走起？")
	say("tea", 11, time.Minute, "今天的白茶不错")
	s.sink.say(bot.Outgoing{Picture: paint(t, 640, 360), Text: "本周排行出来啦", SaidAt: at, Route: bot.Route{Chat: "main"}})
	s.sink.say(bot.Outgoing{Text: "你有 20 分将在 7 天后到期，去商城看看吧", SaidAt: at, Route: bot.Route{User: "u0"}})
}

// TestLookAtTheRest makes pictures of what is seen seldom.
func TestLookAtTheRest(t *testing.T) {
	if os.Getenv("PLAYGROUND_SHOTS") == "" {
		t.Skip("PLAYGROUND_SHOTS names no directory for pictures")
	}
	for _, width := range []int64{390, 1280} {
		b := openBrowser(t, width, 800)
		b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}))
		name := fmt.Sprintf("rest-%d", width)
		empty := newStage(t, func(o *playground.Options) {
			o.People, o.Personas = nil, nil
			o.Groups = []playground.Group{{ID: "main", Name: "围炉"}}
		})
		b.open(empty.srv.URL + "/?lang=en#g%3Amain")
		b.shot(name + "-1-nobody")
		b.click("#gate button")
		b.do(chromedp.WaitVisible("#ask[open]"), chromedp.SendKeys("#ask-name", "Ada", chromedp.ByQuery))
		b.press("Enter")
		b.says("joined")
		b.types("/")
		b.shot(name + "-2-commands")
		inside, end := make(chan struct{}), make(chan struct{})
		empty.clock.due = func(time.Time) { close(inside); <-end }
		b.do(chromedp.Evaluate("document.querySelector('[data-move=morning]').click()", nil))
		<-inside
		b.sees("document.getElementById('clock').classList.contains('busy')")
		b.shot(name + "-3-busy")
		close(end)
		b.says("It is now")
		b.do(chromedp.Evaluate("document.getElementById('group-menu').click()", nil))
		b.shot(name + "-4-menu")
		b.do(chromedp.Evaluate("[...document.querySelectorAll('#menu button')].at(-1).click()", nil), chromedp.WaitVisible("#gate"))
		b.shot(name + "-5-gate")
		b.clean()
	}
}

func walk(b *browser, s *stage, name string) {
	b.open(s.srv.URL + "/")
	b.shot(name + "-1-start")
	b.do(chromedp.Evaluate("location.hash='#g%3Amain'", nil))
	b.says("本周排行")
	b.sees("[...document.images].every((i) => i.complete)")
	b.shot(name + "-2-chat")
	b.do(chromedp.Evaluate("document.getElementById('scroller').scrollTop -= 700", nil))
	b.shot(name + "-3-up")
	b.types("@")
	b.shot(name + "-4-mention")
	b.do(chromedp.Evaluate("document.getElementById('text').value = ''", nil))
	b.types("加分 ")
	b.do(chromedp.Evaluate("document.querySelector('[data-id=q1]').scrollIntoView({block: 'center'})", nil))
	b.do(chromedp.Evaluate("document.querySelector('[data-id=q1] .bubble').click(); document.querySelector('[data-id=q1] .more').click()", nil))
	b.shot(name + "-5-menu")
	b.do(chromedp.Evaluate("[...document.querySelectorAll('#menu button')].find((b) => b.innerText.includes('回复')).click()", nil))
	b.shot(name + "-6-reply")
	b.do(chromedp.Evaluate("document.getElementById('as').click()", nil), chromedp.WaitVisible("#who[open]"))
	b.shot(name + "-7-who")
	b.do(chromedp.Evaluate("document.getElementById('who-new').click()", nil), chromedp.WaitVisible("#ask[open]"))
	b.shot(name + "-8-new")
	b.do(chromedp.Evaluate("document.getElementById('ask-cancel').click()", nil))
	b.do(chromedp.Evaluate("if (document.getElementById('members').hidden) document.getElementById('show-members').click()", nil))
	b.shot(name + "-9-members")
	b.do(chromedp.Evaluate("document.getElementById('hide-members').click(); location.hash='#private'", nil))
	b.says("到期")
	b.shot(name + "-a-private")
	b.clean()
	s.sink.setBroken(true)
	b.do(chromedp.Evaluate("document.getElementById('text').value = ''", nil))
	b.types("积分")
	b.press("Enter")
	b.says("没发出去")
	b.shot(name + "-b-failed")
}
