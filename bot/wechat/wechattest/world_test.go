package wechattest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestTextsAreEncodedAsWeChatDoes(t *testing.T) {
	span := func(code string) string { return `<span class="emoji emoji` + code + `"></span>` }
	for name, tc := range map[string]struct{ typed, wire string }{
		"newlines are tags":                {"#接龙:\n1. 小明", "#接龙:<br/>1. 小明"},
		"three entities":                   {`a & b < c > "d" 'e'`, `a &amp; b &lt; c &gt; "d" 'e'`},
		"old emoji are spans":              {"签到😄!", "签到" + span("1f604") + "!"},
		"new emoji stay":                   {"🥳🤗", "🥳🤗"},
		"flags are ten digits":             {"🇨🇳", span("1f1e81f1f3")},
		"rare flags stay":                  {"🇳🇴", "🇳🇴"},
		"skin tones are ten digits":        {"👍🏽", span("1f44d1f3fd")},
		"keycaps are six digits":           {"1️⃣", span("3120e3")},
		"signs with a selector are eight":  {"❤️", span("2764fe0f")},
		"signs are four":                   {"☀", span("2600")},
		"digits stay":                      {"#1", "#1"},
		"control and bidi characters stay": {"a\u202eb\u200bc\x01", "a\u202eb\u200bc\x01"},
		"invalid UTF-8 stays":              {"a\xff\xfeb", "a\xff\xfeb"},
		"empty":                            {"", ""},
	} {
		if got := wechattest.Encode(tc.typed); got != tc.wire {
			t.Errorf("%s: %q, want %q", name, got, tc.wire)
		}
	}
}

func TestBytesThatAreNoTextArriveAsTheyAre(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	p := s.Person("a\xff\"\\\x01" + strings.Repeat("长", 10_000))
	g := s.Group("大群", p)
	r := newReader(t, s)
	g.Say(p, "x\xc3(")
	resp, err := r.Caller.Client.WebWxSync(t.Context(), &openwechat.ClientWebWxSyncOptions{
		BaseRequest: r.Storage.Request, LoginInfo: r.Storage.LoginInfo, WebInitResponse: r.Storage.Response,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(raw) || !bytes.Contains(raw, []byte("x\xc3(")) {
		t.Errorf("valid %t: %q", json.Valid(raw), raw)
	}
}

// batch asks for whole contacts.
func (r *reader) batch(t *testing.T, names ...string) (list []contactEntry, ret int) {
	t.Helper()
	var members openwechat.Members
	for _, n := range names {
		members = append(members, &openwechat.User{UserName: n})
	}
	resp, err := r.Caller.Client.WebWxBatchGetContact(t.Context(), members, r.Storage.Request)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a struct {
		BaseResponse struct{ Ret int }
		ContactList  []contactEntry
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a.ContactList, a.BaseResponse.Ret
}

func TestListsKnowSavedGroupsWithoutMembersAndBatchesAllGroupsWithThem(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, Officials: 1000, ContactPage: 300})
	people := make([]*wechattest.Person, 499)
	for i := range people {
		people[i] = s.Person(fmt.Sprintf("成员%d", i))
	}
	saved := s.Group("保存的群", people...)
	saved.BotDisplay("小助手·G07")
	unsaved := s.Group("没保存的群", people[:3]...)
	unsaved.Save(false)
	friend := s.Person("朋友😄", wechattest.Attr{Remark: "m7<小>"})
	r := newReader(t, s)
	members, err := r.Caller.WebWxGetContact(t.Context(), r.Storage.LoginInfo)
	if err != nil {
		t.Fatal(err)
	}
	var groups, officials int
	for _, m := range members {
		switch {
		case strings.HasPrefix(m.UserName, "@@"):
			groups++
			if m.NickName != "保存的群" || len(m.MemberList) != 0 || m.EncryChatRoomId != "" {
				t.Errorf("group %s with %d members", m.NickName, len(m.MemberList))
			}
		case m.VerifyFlag != 0:
			officials++
		case m.RemarkName != "":
			if m.RemarkName != "m7&lt;小&gt;" || m.NickName != `朋友<span class="emoji emoji1f604"></span>` {
				t.Errorf("friend %q %q", m.RemarkName, m.NickName)
			}
		}
	}
	if groups != 1 || officials != 1000 || len(s.Requests().To("webwxgetcontact")) != 4 {
		t.Errorf("%d groups, %d official accounts, %d requests", groups, officials, len(s.Requests().To("webwxgetcontact")))
	}
	unsaved.Say(people[0], "I am here")
	friend.Whisper("hi")
	a := r.advance(t)
	list, _ := r.batch(t, a.AddMsgList[0].FromUserName)
	if len(list) != 1 || list[0].NickName != "没保存的群" || list[0].MemberCount != 4 || list[0].EncryChatRoomId == "" {
		t.Errorf("unsaved group %+v", list)
	}
	if a.AddMsgList[1].Content != "hi" || strings.HasPrefix(a.AddMsgList[1].FromUserName, "@@") {
		t.Errorf("whisper %+v", a.AddMsgList[1])
	}
	for _, m := range members {
		if strings.HasPrefix(m.UserName, "@@") {
			list, _ = r.batch(t, m.UserName)
		}
	}
	if len(list[0].MemberList) != 500 || list[0].MemberList[499].DisplayName != "小助手·G07" || list[0].MemberList[499].UserName != r.Storage.Response.User.UserName {
		t.Errorf("saved group has %d members, the last %+v", len(list[0].MemberList), list[0].MemberList[len(list[0].MemberList)-1])
	}
	if list, _ := r.batch(t, "@@nobody"); len(list) != 1 || list[0].NickName != "" {
		t.Errorf("a stale name gives %+v", list)
	}
	if _, ret := r.batch(t, make([]string, 51)...); ret == 0 {
		t.Error("51 contacts at once were given")
	}
	for _, e := range r.Storage.Response.ContactList {
		if e.NickName == "没保存的群" || len(e.MemberList) > 3 {
			t.Errorf("init lists %s with %d members", e.NickName, len(e.MemberList))
		}
	}
}

func TestAvatarsOfMembersNeedTheirGroup(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	face := []byte("a picture")
	ming := s.Person("小明", wechattest.Attr{Avatar: face})
	g := s.Group("大群", ming)
	r := newReader(t, s)
	g.Say(ming, "hi")
	room := r.advance(t).AddMsgList[0].FromUserName
	list, _ := r.batch(t, room)
	get := func(chatroom string) []byte {
		url := "https://wx.qq.com/cgi-bin/mmwebwx-bin/webwxgeticon?seq=0&username=" + list[0].MemberList[0].UserName + "&chatroomid=" + chatroom + "&skey=" + r.Storage.LoginInfo.SKey
		resp, err := r.Caller.Client.HTTPClient().Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return b
	}
	if got := get(list[0].EncryChatRoomId); !bytes.Equal(got, face) {
		t.Errorf("avatar %q", got)
	}
	if got := get(""); len(got) != 0 {
		t.Errorf("avatar without group %q", got)
	}
}

func TestMessagesOfAllKindsArriveAndTheirMediaCanBeFetched(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, PlainIDs: true})
	ming, wang := s.Person("小明"), s.Person("老王")
	g := s.Group("大群", ming, wang)
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		do    func() string
		check func(m *openwechat.Message) bool
		media string
	}{
		{func() string { return g.Picture(ming, []byte("jpeg")) }, (*openwechat.Message).IsPicture, "jpeg"},
		{func() string { return g.Voice(ming, []byte("mp3")) }, (*openwechat.Message).IsVoice, "mp3"},
		{func() string { return g.Emoticon(ming, []byte("gif")) }, (*openwechat.Message).IsEmoticon, "gif"},
		{func() string { return g.File(ming, "计划.pdf", []byte("pdf")) }, func(m *openwechat.Message) bool { return m.HasAttachment() && m.FileName == "计划.pdf" }, "pdf"},
		{func() string { return g.Link(ming, "好文 & 图", "https://example.com/?a=1&b=2") }, func(m *openwechat.Message) bool {
			d, err := m.MediaData()
			return err == nil && d.IsArticle() && d.AppMsg.Title == "好文 & 图" && d.AppMsg.URL == "https://example.com/?a=1&b=2"
		}, ""},
		{func() string { return g.SolitaireCard(ming, "报名", "小明", "老王") }, func(m *openwechat.Message) bool {
			d, err := m.MediaData()
			return err == nil && d.AppMsg.Type == 53 && d.AppMsg.Title == "#接龙\n报名\n\n1. 小明\n2. 老王"
		}, ""},
		{func() string { return g.Solitaire(ming, "报名", "小明") }, func(m *openwechat.Message) bool { return m.Content == "#接龙\n报名\n\n1. 小明" }, ""},
		{func() string { return g.Quote(ming, wang, "几点？", "八点") }, func(m *openwechat.Message) bool {
			return m.Content == "「老王：几点？」\n- - - - - - - - - - - - - - -\n八点"
		}, ""},
		{func() string { return g.Transfer(ming) }, (*openwechat.Message).IsTransferAccounts, ""},
		{func() string { return g.RedPacket(ming) }, (*openwechat.Message).IsReceiveRedPacket, ""},
		{func() string { return g.Location(ming, "人民广场") }, (*openwechat.Message).IsLocation, ""},
		{func() string { return g.Tickle(ming, wang) }, (*openwechat.Message).IsTickled, ""},
		{func() string { return g.Say(ming, g.Mention(s.Bot())+"签到") }, (*openwechat.Message).IsAt, ""},
		{func() string { return g.Recall(ming, g.Say(ming, "x")) }, func(m *openwechat.Message) bool {
			r, err := m.RevokeMsg()
			return err == nil && r.RevokeMsg.ReplaceMsg == `"小明" 撤回了一条消息`
		}, ""},
		{func() string { return s.OwnerTypes(g, "我来说") }, func(m *openwechat.Message) bool {
			return m.Content == "我来说" && m.IsSelfSendToGroup()
		}, ""},
	} {
		id := tc.do()
		m := c.next(t)
		for m.MsgId != id {
			m = c.next(t)
		}
		if !tc.check(m) {
			t.Errorf("%v %q", m, m.Content)
		}
		if tc.media == "" {
			continue
		}
		var got bytes.Buffer
		if err := m.SaveFile(&got); err != nil || got.String() != tc.media {
			t.Errorf("%v: media %q, %v", m, got.String(), err)
		}
	}
}

func TestTwoThousandMessagesArriveInOrder(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	c := newClient(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	go func() {
		for i := range 2000 {
			g.Say(ming, fmt.Sprint(i))
		}
	}()
	for i := range 2000 {
		if m := c.next(t); m.Content != fmt.Sprint(i) {
			t.Fatalf("%q instead of %d", m.Content, i)
		}
	}
	t.Logf("2,000 messages in %s", time.Since(started))
}

func TestCloseEndsEverything(t *testing.T) {
	s := wechattest.New(wechattest.Options{AutoScan: true})
	s.Proxy()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b := openwechat.NewBot(ctx)
	b.Caller.Client.HTTPClient().Transport = throughProxy(t, s)
	openwechat.Desktop.Prepare(b)
	b.MessageErrorHandler = func(err error) error { return err }
	if err := b.Login(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the long poll hangs", func() bool { return len(s.Requests().To("synccheck")) > 0 })
	s.Close()
	s.Close()
	eventually(t, "nothing of the server runs", func() bool { return !strings.Contains(stacks(), "wechattest.(*") })
}
