package wechat

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextsAreReadAsTheyWereTyped(t *testing.T) {
	cases := []struct{ name, src, want string }{
		{"plain text stays", "签到", "签到"},
		{"line breaks", "一<br/>二<br />三<br>四", "一\n二\n三\n四"},
		{"entities once", "a &lt;b&gt; &amp;amp; &quot;c&quot; &#39;", `a <b> &amp; "c" '`},
		{"a typed line break is text", "&lt;br/&gt;", "<br/>"},
		{"old emoji, four digits", `<span class="emoji emoji2600"></span>`, "☀"},
		{"old emoji, five digits", `好<span class="emoji emoji1f604"></span>的`, "好😄的"},
		{"keycaps are six digits", `<span class="emoji emoji3120e3"></span><span class="emoji emoji2320e3"></span>`, "1⃣#⃣"},
		{"variations are eight digits", `<span class="emoji emoji2764fe0f"></span>`, "❤\ufe0f"},
		{"flags are ten digits", `<span class="emoji emoji1f1e81f1f3"></span>`, "🇨🇳"},
		{"skin tones are ten digits", `<span class="emoji emoji1f44d1f3fd"></span>`, "👍🏽"},
		{"a span that lost its last character", `x<span class="emoji emoji1f450"></span y`, "x👐 y"},
		{"old and new emoji in one text", `<span class="emoji emoji1f604"></span>🥳`, "😄🥳"},
		{"a typed span is text", `&lt;span class="emoji emoji1f604"&gt;&lt;/span&gt;`, `<span class="emoji emoji1f604"></span>`},
		{"no hexadecimal digits", `<span class="emoji emojizzzz"></span>`, `<span class="emoji emojizzzz"></span>`},
		{"seven digits", `<span class="emoji emoji1f60400"></span>`, `<span class="emoji emoji1f60400"></span>`},
		{"half of a surrogate pair", `<span class="emoji emojid83d"></span>`, `<span class="emoji emojid83d"></span>`},
		{"a control character", `<span class="emoji emoji0007"></span>`, `<span class="emoji emoji0007"></span>`},
		{"a direction override", `<span class="emoji emoji202e"></span>`, `<span class="emoji emoji202e"></span>`},
		{"an emoji can't make an entity", `<span class="emoji emoji0026"></span>lt;`, `<span class="emoji emoji0026"></span>lt;`},
		{"other HTML is text", "<b>x</b><", "<b>x</b><"},
		{"invalid UTF-8 is repaired", "a\xffb&amp;\xc3", "a\uFFFDb&\uFFFD"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := decode(c.src); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTheSenderIsSplitOffOnce(t *testing.T) {
	long := "@" + strings.Repeat("0f", 32)
	cases := []struct{ content, user, body string }{
		{long + ":<br/>签到", long, "签到"},
		{"@0123456789abcdef0123456789abcdef:<br/>#接龙:<br/>1. 小明:<br/>2. x", "@0123456789abcdef0123456789abcdef", "#接龙:<br/>1. 小明:<br/>2. x"},
		{"@abc:\n签到", "@abc", "签到"},
		{"签到", "", "签到"},
		{"小明:<br/>签到", "", "小明:<br/>签到"},
		{"@小明 看:<br/>这里", "", "@小明 看:<br/>这里"},
		{"@:<br/>x", "", "@:<br/>x"},
		{"", "", ""},
	}
	for _, c := range cases {
		if user, body, _ := sender(c.content); user != c.user || body != c.body {
			t.Errorf("%q: %q said %q, want %q and %q", c.content, user, body, c.user, c.body)
		}
	}
}

func TestAnswersAreReadWithTolerance(t *testing.T) {
	const src = `{"BaseResponse":{"Ret":0},"AddMsgList":[
		{"MsgId":"8123456789012345678","NewMsgId":8123456789012345678,"MsgType":"1","CreateTime":"1767574800","Content":null,"FileName":12,"AppInfo":null},
		{"MsgId":9,"NewMsgId":"","MsgType":49.0,"RecommendInfo":{"AttrStatus":"33656935","NickName":["x"]}}, null],
		"ModContactList":null,"DelContactList":"","ContinueFlag":true,"SyncKey":{"Count":"1","List":[{"Key":"1","Val":636000001}]}}`
	var a syncAnswer
	if err := json.Unmarshal([]byte(src), &a); err != nil {
		t.Fatal(err)
	}
	m := a.AddMsgList
	if len(m) != 3 || messageID(m[0]) != "wechat/8123456789012345678" || m[0].MsgType != 1 || m[0].CreateTime != 1767574800 || m[0].FileName != "12" {
		t.Errorf("first: %+v", m)
	}
	if messageID(m[1]) != "wechat/9" || m[1].MsgType != 49 || m[1].RecommendInfo.AttrStatus != 33656935 || m[1].RecommendInfo.NickName != "" {
		t.Errorf("second: %+v", m[1])
	}
	if id := messageID(m[2]); !strings.HasPrefix(id, "wechat/none/") {
		t.Errorf("a message without an id is called %s", id)
	}
	if a.SyncKey == nil || a.SyncKey.Count != 1 || a.SyncKey.List[0].Val != 636000001 || a.ContinueFlag != 0 {
		t.Errorf("cursor %+v, flag %d", a.SyncKey, a.ContinueFlag)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"签到", `<span class="emoji emoji1f604"></span`, "「A：「B：x」\n- - -\ny」\n- - -\n签到", "@小明\u2005好 a@b.com", `"A"邀请"B、C"加入了群聊`, "\xff&lt;\u202e", "&#x110000;"} {
		f.Add(s)
	}
	b := known("小明", `引"号|B、C`, "A")
	f.Fuzz(func(t *testing.T, s string) {
		got := decode(s)
		if !utf8.ValidString(got) {
			t.Errorf("%q is read as %q, which is no UTF-8", s, got)
		}
		events, _ := b.translate(syncAnswer{AddMsgList: []rawMessage{inRoom(1, typeText, user(1), s)}}, start)
		if len(events) != 1 || !utf8.ValidString(events[0].Text) || utf8.RuneCountInString(events[0].Text) > maxText {
			t.Errorf("%q became %d events: %s", s, len(events), brief(events))
		}
		understand(got)
		for _, p := range render(asked(s), nil) {
			if n := utf8.RuneCountInString(p); n > maxPiece || n == 0 || !utf8.ValidString(p) {
				t.Errorf("a piece of %d characters: %q", n, p)
			}
		}
	})
}
