package wechat

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestWhatIsSaidInAGroup(t *testing.T) {
	b := known("小明", "Tom Lee", "小红|红 红", "同名", "同名", "A&amp;B")
	said := func(m rawMessage) bot.Event { return said(t, b, m) }
	ev := said(inRoom(7, typeText, user(3), `#接龙:<br/>1. 小明:<br/>2. x &lt;3 <span class="emoji emoji1f604"></span>`))
	want := bot.Event{
		ID: "wechat/7", Kind: bot.Message, At: start.Add(7 * time.Second), SeenAt: start.Add(time.Hour), Transport: "wechat", Session: "s1",
		Chat: group, ChatName: "大群&朋友", BotName: "小助手·G07",
		From: bot.Person{User: bot.UserID(user(3)), Name: "小红", Display: "红 红", Attr: "102"},
		Form: bot.Text, Text: "#接龙:\n1. 小明:\n2. x <3 😄", Len: 21,
	}
	if !reflect.DeepEqual(ev, want) {
		t.Errorf("got  %+v\nwant %+v", ev, want)
	}
	if ev := said(inRoom(8, typeText, user(6), "x")); ev.From.Name != "A&B" {
		t.Errorf("a name with an entity is %q", ev.From.Name)
	}
	if ev := said(inRoom(-1, typeText, user(1), "x")); !ev.Backlog {
		t.Error("what was said before the login is backlog")
	}
	if ev := said(inRoom(9, typeText, user(77), "x")); ev.From != (bot.Person{User: bot.UserID(user(77))}) {
		t.Errorf("somebody unknown is %+v", ev.From)
	}
	own := inRoom(10, typeText, "", "@积分 说的是:<br/>x")
	own.FromUserName, own.ToUserName = me, group
	if ev := said(own); !ev.From.Self || ev.From.User != me || ev.Chat != group || ev.Text != "@积分 说的是:\nx" {
		t.Errorf("what the owner typed is %+v", ev)
	}
	if ev := said(inRoom(11, typeText, user(1), strings.Repeat("长", 12_000))); len([]rune(ev.Text)) != 10_000 || ev.Len != 12_000 {
		t.Errorf("a long text has %d characters and length %d", len([]rune(ev.Text)), ev.Len)
	}
	other := inRoom(12, typeText, user(1), "x")
	other.FromUserName = "@@unknown"
	if ev := said(other); ev.Chat != "@@unknown" || ev.From.User != bot.UserID(user(1)) || ev.Text != "x" {
		t.Errorf("in a group that is not known: %+v", ev)
	}
	if got := b.groups(); len(got) != 2 {
		t.Errorf("groups heard of: %q", got)
	}
}

func TestQuotesAreTakenOff(t *testing.T) {
	b := known("小明", "A：b", "同名", "同名")
	cases := []struct{ name, src, from, quoted, text string }{
		{"a quote", "「小明：签到」<br/>- - - - - - - - - - - - - - -<br/>好的", "小明", "签到", "好的"},
		{"of several lines", "「小明：一<br/>二」<br/>- - - - -<br/>三<br/>四", "小明", "一\n二", "三\n四"},
		{"of a quote", "「小明：「A：b：x」<br/>- - - -<br/>签到」<br/>- - - -<br/>好", "小明", "「A：b：x」\n- - - -\n签到", "好"},
		{"of a name with a colon", "「A：b：签到」<br/>- - - -<br/>好", "A：b", "签到", "好"},
		{"of a name that two have", "「同名：签到」<br/>- - - -<br/>好", "同名?", "签到", "好"},
		{"of nobody here", "「谁：签到」<br/>- - - -<br/>好", "谁?", "签到", "好"},
		{"with an empty answer", "「小明：签到」<br/>- - - -<br/>", "小明", "签到", ""},
		{"no quote", "「小明：签到」好", "", "", "「小明：签到」好"},
		{"no rule", "「小明：签到」<br/>- -x<br/>好", "", "", "「小明：签到」\n- -x\n好"},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ev := said(t, b, inRoom(i+1, typeText, user(1), c.src))
			if ev.Text != c.text {
				t.Errorf("text %q, want %q", ev.Text, c.text)
			}
			if c.from == "" {
				if ev.Quote != nil {
					t.Errorf("quote %+v", ev.Quote)
				}
				return
			}
			if ev.Quote == nil || short(ev.Quote.From) != c.from || ev.Quote.Text != c.quoted {
				t.Errorf("quote %+v, want %s: %q", ev.Quote, c.from, c.quoted)
			}
		})
	}
}

func TestMentions(t *testing.T) {
	b := known("小明", "Tom", "Tom Lee", "同名", "同名", "原名|群名", "小助手的朋友", "老友")
	b.contacts([]rawContact{{UserName: user(8), NickName: "老友", RemarkName: "王工"}})
	renamed := people("小明", "Tom", "Tom Lee", "同名", "同名", "原名|群名", "小助手的朋友", "老友")
	renamed[len(renamed)-1].DisplayName = "围炉"
	b.room(roomWith(renamed), start.Add(time.Minute))
	cases := []struct{ src, want, text string }{
		{"@小明\u2005你好", "小明", "@小明\u2005你好"},
		{"@小明 你好", "小明", "@小明 你好"},
		{"看 @小明", "小明", "看 @小明"},
		{"@小明你好", "", "@小明你好"},
		{"@Tom Lee\u2005hi", "Tom Lee", "@Tom Lee\u2005hi"},
		{"@Tom Jones hi", "Tom", "@Tom Jones hi"},
		{"@同名\u2005你好", "", "@同名\u2005你好"},
		{"@群名\u2005@小明\u2005", "群名/小明", "@群名\u2005@小明\u2005"},
		{"@小明\u2005@小明\u2005", "小明", "@小明\u2005@小明\u2005"},
		{"@王工 看", "老友", "@王工 看"},
		{"a@小明 x", "", "a@小明 x"},
		{"hello@小明\u2005", "小明", "hello@小明\u2005"},
		{"x@Tom.com", "", "x@Tom.com"},
		{"@所有人\u2005开会", "", "@所有人\u2005开会"},
		{"@围炉\u2005签到", "bot", "签到"},
		{"签到 @围炉", "bot", "签到"},
		{"@小助手·G07\u2005签到", "bot", "签到"},
		{"@小助手 签到", "bot", "签到"},
		{"@小助手的朋友 签到", "小助手的朋友", "@小助手的朋友 签到"},
		{"请 @围炉\u2005看看 @小明", "小明/bot", "请 @围炉\u2005看看 @小明"},
		{"@围炉2号 x", "", "@围炉2号 x"},
	}
	for i, c := range cases {
		ev := said(t, b, inRoom(100+i, typeText, user(1), c.src))
		var got []string
		for _, p := range ev.Mentions {
			got = append(got, short(p))
		}
		if ev.ToBot {
			got = append(got, "bot")
		}
		if strings.Join(got, "/") != c.want || ev.Text != c.text {
			t.Errorf("%q mentions %q and says %q, want %s and %q", c.src, got, ev.Text, c.want, c.text)
		}
	}
}

func TestOtherFormsOfMessages(t *testing.T) {
	b := known("小明", "小红")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br/>").Replace
	app := func(kind int, title, more string) string {
		return escape(`<msg><appmsg appid="" sdkver="0"><title><![CDATA[` + title + `]]></title>` + more + `</appmsg></msg>`)
	}
	const sum = "0123456789abcdef0123456789ABCDEF"
	cases := []struct {
		name    string
		kind    number
		app     number
		file    text
		content string
		want    bot.Event
	}{
		{"a picture", 3, 0, "", escape(`<?xml version="1.0"?><msg><img length="6503" md5="` + sum + `" /></msg>`), bot.Event{Form: bot.Image, Media: "md5:" + strings.ToLower(sum)}},
		{"a picture that tells nothing", 3, 0, "", escape(`<msg><img length="6503" hdlength="0" /></msg>`), bot.Event{Form: bot.Image}},
		{"a link", 49, 5, "今日 &amp; 明日", app(5, "今日 & 明日", ""), bot.Event{Form: bot.Link, Text: "今日 & 明日", Len: 7}},
		{"a link whose title is in its XML only", 49, 5, "", app(5, "a<b", ""), bot.Event{Form: bot.Link, Text: "a<b", Len: 3}},
		{"a file", 49, 6, "签到.pdf", app(6, "签到.pdf", "<md5>"+sum+"</md5>"), bot.Event{Form: bot.File, Media: "md5:" + strings.ToLower(sum)}},
		{"接龙", 49, 53, "#接龙<br/>早起<br/><br/>1. 小明", app(53, "", ""), bot.Event{Form: bot.Text, Text: "#接龙\n早起\n\n1. 小明", Len: 13}},
		{"接龙 in its XML only", 49, 53, "", app(53, "#接龙\n早起", ""), bot.Event{Form: bot.Text, Text: "#接龙\n早起", Len: 6}},
		{"an answer", 49, 57, "好", app(57, "好", "<refermsg><svrid>77</svrid><displayname>小红</displayname><content>签到</content></refermsg>"),
			bot.Event{Form: bot.Text, Text: "好", Len: 1, Quote: &bot.Quote{ID: "wechat/77", From: bot.Person{User: bot.UserID(user(2)), Name: "小红", Attr: "101"}, Text: "签到"}}},
		{"a transfer", 49, 2000, "微信转账", app(2000, "微信转账", ""), bot.Event{Form: bot.Other}},
		{"a red packet", 49, 2001, "微信红包", app(2001, "签到", ""), bot.Event{Form: bot.Other}},
		{"a mini program", 49, 33, "签到", app(33, "签到", ""), bot.Event{Form: bot.Other}},
		{"a voice", 34, 0, "", escape(`<msg><voicemsg length="3400" /></msg>`), bot.Event{Form: bot.Other}},
		{"a video", 43, 0, "", "", bot.Event{Form: bot.Other}},
		{"a sticker", 47, 0, "", escape(`<msg><emoji md5="` + sum + `"/></msg>`), bot.Event{Form: bot.Other}},
		{"a card", 42, 0, "", escape(`<msg nickname="签到"/>`), bot.Event{Form: bot.Other}},
		{"something new", 4711, 0, "", "签到", bot.Event{Form: bot.Other}},
		{"broken XML", 49, 5, "", escape(`<msg><appmsg><title>半<`), bot.Event{Form: bot.Link}},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := inRoom(i+1, c.kind, user(1), c.content)
			m.AppMsgType, m.FileName = c.app, c.file
			ev := said(t, b, m)
			got := bot.Event{Form: ev.Form, Text: ev.Text, Len: ev.Len, Media: ev.Media, Quote: ev.Quote}
			if !reflect.DeepEqual(got, c.want) || ev.Kind != bot.Message || ev.From.Name != "小明" {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	place := inRoom(50, typeText, user(1), "人民广场:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx")
	place.URL = "http://apis.map.qq.com/uri/v1/geocoder?coord=31.2,121.4"
	if ev := said(t, b, place); ev.Form != bot.Other || ev.Text != "" {
		t.Errorf("a place on a map: %+v", ev)
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	b := known("小明", "同名", "同名")
	b.contacts([]rawContact{{UserName: "@shop", VerifyFlag: 24}})
	private := func(from, to string, kind number) rawMessage {
		return rawMessage{MsgID: "9", FromUserName: from, ToUserName: to, MsgType: kind, Content: "签到"}
	}
	for name, m := range map[string]rawMessage{
		"what the phone does":           inRoom(1, typeNotify, user(1), "&lt;msg&gt;"),
		"a red packet":                  system(2, "收到红包，请在手机上查看"),
		"a warning":                     system(3, `"小明"与群里其他人都不是微信朋友关系，请注意隐私安全`),
		"a nudge by one of two":         system(4, `"同名" 拍了拍 "小明"`),
		"a nudge of one of two":         system(5, `"小明" 拍了拍 "同名"`),
		"a nudge by the bot's owner":    system(6, `"小助手" 拍了拍 "小明"`),
		"an official account":           private("@shop", me, 1),
		"filehelper":                    private("filehelper", me, 1),
		"weixin":                        private("weixin", me, 1),
		"newsapp":                       private("newsapp", me, 49),
		"what the owner says to others": private(me, user(1), 1),
		"a friend was added":            private(user(1), me, typeSystem),
		"words of nobody":               {MsgID: "10", FromUserName: group, ToUserName: me, MsgType: 1, Content: "签到"},
	} {
		if events := hear(t, b, start, syncAnswer{AddMsgList: []rawMessage{m}}); len(events) != 0 {
			t.Errorf("%s: %s", name, brief(events))
		}
	}
}

func TestPrivateWordsNudgesRecallsAndRequests(t *testing.T) {
	b := known("小明", "小红", "同名", "同名")
	b.contacts([]rawContact{{UserName: "@friend", NickName: "老友", RemarkName: "王工", AttrStatus: 7}})
	whisper := rawMessage{NewMsgID: "30", FromUserName: "@friend", ToUserName: me, MsgType: 1, Content: "我的&lt;积分&gt;", CreateTime: number(start.Unix())}
	ev := said(t, b, whisper)
	want := bot.Event{
		ID: "wechat/30", Kind: bot.Message, At: start, SeenAt: start.Add(time.Hour), Transport: "wechat", Session: "s1", BotName: "小助手",
		Private: true, From: bot.Person{User: "@friend", Name: "老友", Remark: "王工", Attr: "7", Friend: true}, Form: bot.Text, Text: "我的<积分>", Len: 6,
	}
	if !reflect.DeepEqual(ev, want) {
		t.Errorf("got  %+v\nwant %+v", ev, want)
	}
	whisper.FromUserName = "@stranger"
	if b.knows("@stranger") {
		t.Error("nobody has spoken of the stranger")
	}
	if ev := said(t, b, whisper); ev.From != (bot.Person{User: "@stranger", Friend: true}) || !b.knows("@stranger") {
		t.Errorf("a stranger: %+v", ev)
	}
	said(t, b, whisper)
	if ev := said(t, b, system(31, `"小明" 拍了拍 "小红" 的肩膀`)); ev.Kind != bot.Tapped || ev.ID != "wechat/31" || brief([]bot.Event{ev}) != "tapped 小明 @小红" || ev.ToBot {
		t.Errorf("a nudge: %+v", ev)
	}
	if ev := said(t, b, system(32, `"小明" 拍了拍我`)); brief([]bot.Event{ev}) != "tapped 小明 @me" || !ev.ToBot {
		t.Errorf("a nudge of the bot: %+v", ev)
	}
	said(t, b, inRoom(40, typeText, user(3), "手滑"))
	recall := func(id int, from, line string) bot.Event {
		return said(t, b, inRoom(id, typeRecalled, from, "&lt;sysmsg type=\"revokemsg\"&gt;&lt;revokemsg&gt;&lt;session&gt;1@chatroom&lt;/session&gt;&lt;oldmsgid&gt;1000040&lt;/oldmsgid&gt;"+
			"&lt;msgid&gt;40&lt;/msgid&gt;&lt;replacemsg&gt;&lt;![CDATA["+line+"]]&gt;&lt;/replacemsg&gt;&lt;/revokemsg&gt;&lt;/sysmsg&gt;"))
	}
	for i, c := range []struct {
		from, line string
		who        int
	}{
		{"", `"同名" 撤回了一条消息`, 3}, // two are called so, and one of them has said it
		{"", `"同名" has recalled a message.`, 3},
		{"", `"小明" 撤回了一条成员消息`, 1},
		{"", "x", 3},
		{user(2), `"小红" 撤回了一条消息`, 2},
	} {
		ev := recall(41+i, c.from, c.line)
		if ev.Kind != bot.Recalled || ev.Ref != "wechat/40" || ev.From.User != bot.UserID(user(c.who)) || ev.Chat != group {
			t.Errorf("%s: %+v", c.line, ev)
		}
	}
	if ev := said(t, b, rawMessage{MsgID: "60", FromUserName: "fmessage", ToUserName: me, MsgType: typeRequest, RecommendInfo: rawRecommendation{
		UserName: "@asks", NickName: "A&amp;B", Content: "我是小明<br/>你好", Ticket: "v2_00@stranger", AttrStatus: 5,
	}}); ev.Kind != bot.FriendAsked || ev.From != (bot.Person{User: "@asks", Name: "A&B", Attr: "5"}) || ev.Text != "我是小明\n你好" {
		t.Errorf("a friend request: %+v", ev)
	} else if who, ticket, err := friendTicket(ev.Ref); who != "@asks" || ticket != "v2_00@stranger" || err != nil {
		t.Errorf("to accept them: %q %q %v", who, ticket, err)
	}
}
