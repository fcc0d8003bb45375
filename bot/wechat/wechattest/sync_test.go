package wechattest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// reader is a logged-in client that reads by itself, with the client's own requests, but sees the whole answers.
type reader struct {
	*openwechat.Bot
	key *openwechat.SyncKey
}

type contactEntry struct {
	UserName, NickName, ChatRoomOwner, EncryChatRoomId, RemarkName string
	MemberCount, OwnerUin                                          int
	MemberList                                                     []struct{ UserName, NickName, DisplayName string }
}

type syncAnswer struct {
	BaseResponse   struct{ Ret int }
	AddMsgList     []*openwechat.Message
	ModContactList []contactEntry
	DelContactList []struct{ UserName string }
	ContinueFlag   int
	SyncKey        *openwechat.SyncKey
}

// newReader logs in and stays alone with the session.
func newReader(t *testing.T, s *wechattest.Server) *reader {
	t.Helper()
	b := openwechat.NewBot(t.Context())
	openwechat.Desktop.Prepare(b)
	b.Caller.Client.HTTPClient().Transport = s.Transport()
	loop := s.Fault(wechattest.Fault{Path: "synccheck", Kind: wechattest.Slow(time.Hour)})
	t.Cleanup(s.Close) // before the loop's context ends, so that it need not wait
	if err := b.Login(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the client's own loop hangs", func() bool { return loop.Hits() == 1 })
	loop.Clear()
	return &reader{b, b.Storage.Response.SyncKey}
}

func (r *reader) check(t *testing.T) openwechat.SyncCheckResponse {
	t.Helper()
	got, err := r.Caller.SyncCheck(t.Context(), &openwechat.CallerSyncCheckOptions{
		BaseRequest: r.Storage.Request, LoginInfo: r.Storage.LoginInfo, WebInitResponse: &openwechat.WebInitResponse{SyncKey: r.key},
	})
	if err != nil {
		t.Fatal(err)
	}
	return *got
}

func (r *reader) sync(t *testing.T) syncAnswer {
	t.Helper()
	resp, err := r.Caller.Client.WebWxSync(t.Context(), &openwechat.ClientWebWxSyncOptions{
		BaseRequest: r.Storage.Request, LoginInfo: r.Storage.LoginInfo, WebInitResponse: &openwechat.WebInitResponse{SyncKey: r.key},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a syncAnswer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// advance reads one answer and goes on to its key.
func (r *reader) advance(t *testing.T) syncAnswer {
	t.Helper()
	a := r.sync(t)
	r.key = a.SyncKey
	return a
}

func contents(a syncAnswer) (list []string) {
	for _, m := range a.AddMsgList {
		_, body, prefixed := strings.Cut(m.Content, ":<br/>")
		if !prefixed {
			body = m.Content
		}
		list = append(list, body)
	}
	return list
}

func TestTheCursorAdvancesOnlyWithTheKey(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, Batch: 2})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	r := newReader(t, s)
	for i := range 5 {
		g.Say(ming, fmt.Sprint(i))
	}
	if c := r.check(t); c.RetCode != "0" || c.Selector != "2" {
		t.Errorf("synccheck %+v", c)
	}
	first := r.sync(t)
	if again := r.sync(t); !slices.Equal(contents(again), contents(first)) || first.ContinueFlag != 1 || len(first.AddMsgList) != 2 {
		t.Errorf("first %v, again %v, continue %d", contents(first), contents(again), first.ContinueFlag)
	}
	var all []string
	for range 3 {
		a := r.advance(t)
		all = append(all, contents(a)...)
		if last := len(all) == 5; last != (a.ContinueFlag == 0) {
			t.Errorf("after %v: continue %d", all, a.ContinueFlag)
		}
	}
	if !slices.Equal(all, []string{"0", "1", "2", "3", "4"}) {
		t.Errorf("all %v", all)
	}
	if r.key.Count != len(r.key.List) || r.key.Count == 0 {
		t.Errorf("key %+v", r.key)
	}
}

func TestTheLongPollIsWokenByNewsAndEndsWithoutThem(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, Hold: 50 * time.Millisecond})
	r := newReader(t, s)
	if c := r.check(t); c.Selector != "0" {
		t.Errorf("silence gives %+v", c)
	}
	long := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, Hold: time.Minute})
	ming := long.Person("小明")
	g := long.Group("大群", ming)
	r = newReader(t, long)
	before := len(long.Requests())
	go func() {
		for len(long.Requests()) == before {
			time.Sleep(time.Millisecond)
		}
		g.Say(ming, "hi")
	}()
	if c := r.check(t); c.Selector != "2" {
		t.Errorf("news give %+v", c)
	}
}

func TestJoinsAreTellableInAllForms(t *testing.T) {
	type step func(g *wechattest.Group, bot, a, b, c *wechattest.Person)
	for _, tc := range []struct {
		name             string
		do               step
		chinese, english string
	}{
		{"invited by a member", func(g *wechattest.Group, _, a, b, _ *wechattest.Person) { g.Add(b, a) },
			`"老王"邀请"B&amp;b"加入了群聊`, `老王 invited B&amp;b to the group chat`},
		{"invited by the bot", func(g *wechattest.Group, bot, _, b, _ *wechattest.Person) { g.Add(b, bot) },
			`你邀请"B&amp;b"加入了群聊  `, `You invited B&amp;b to the group chat`},
		{"several at once", func(g *wechattest.Group, _, a, b, c *wechattest.Person) { g.AddMany(a, b, c) },
			`"老王"邀请"B&amp;b、C"加入了群聊`, `老王 invited B&amp;b, C to the group chat`},
		{"by code of a member", func(g *wechattest.Group, _, a, b, _ *wechattest.Person) { g.AddByQR(b, a) },
			`" B&amp;b"通过扫描"老王"分享的二维码加入群聊`, `"B&amp;b" joined the group chat via the QR Code shared by "老王"`},
		{"by code of the bot", func(g *wechattest.Group, bot, _, b, _ *wechattest.Person) { g.AddByQR(b, bot) },
			`" B&amp;b"通过扫描你分享的二维码加入群聊`, `"B&amp;b" joined group chat via the QR code you shared.`},
	} {
		for _, english := range []bool{false, true} {
			s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, English: english})
			a, b, c := s.Person("老王"), s.Person("B&b"), s.Person("C")
			g := s.Group("大群", a)
			r := newReader(t, s)
			tc.do(g, s.Bot(), a, b, c)
			got := r.advance(t)
			want := tc.chinese
			if english {
				want = tc.english
			}
			if !slices.Equal(contents(got), []string{want}) || got.AddMsgList[0].MsgType != 10000 {
				t.Errorf("%s: %q, want %q", tc.name, contents(got), want)
			}
			if len(got.ModContactList) != 1 || got.ModContactList[0].MemberCount != len(g.Members()) || len(got.ModContactList[0].MemberList) != len(g.Members()) {
				t.Errorf("%s: list %+v", tc.name, got.ModContactList)
			}
		}
	}
}

func TestAJoinAndItsListComeInTheOrderOfTheOptions(t *testing.T) {
	for order, want := range map[wechattest.JoinOrder]string{
		wechattest.JoinTogether: "line+list", wechattest.JoinLineFirst: "line,list",
		wechattest.JoinListFirst: "list,line", wechattest.JoinLineOnly: "line",
	} {
		s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true, Joins: order})
		a := s.Person("老王")
		g := s.Group("大群", a)
		r := newReader(t, s)
		g.Add(s.Person("小红"), a)
		var got []string
		for more := true; more; {
			answer := r.advance(t)
			var parts []string
			if len(answer.AddMsgList) > 0 {
				parts = append(parts, "line")
			}
			if len(answer.ModContactList) > 0 {
				parts = append(parts, "list")
			}
			got = append(got, strings.Join(parts, "+"))
			more = answer.ContinueFlag == 1
		}
		if strings.Join(got, ",") != want {
			t.Errorf("order %d: %v, want %s", order, got, want)
		}
	}
}

func TestWhoLeavesIsSeenInTheListOnly(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	a, b, c := s.Person("老王"), s.Person("小红"), s.Person("小明")
	g := s.Group("大群", a, b, c)
	mine := s.Group("我的群", a, b)
	mine.SetOwner(s.Bot())
	r := newReader(t, s)
	r.advance(t)
	g.Remove(b)
	got := r.advance(t)
	if len(got.AddMsgList) != 0 || len(got.ModContactList) != 1 || got.ModContactList[0].MemberCount != 3 {
		t.Errorf("leave: %+v", got)
	}
	g.Kick(c)
	if got = r.advance(t); len(got.AddMsgList) != 0 || got.ModContactList[0].MemberCount != 2 {
		t.Errorf("kick by another: %+v", got)
	}
	mine.Kick(b)
	if got = r.advance(t); !slices.Equal(contents(got), []string{`你将"小红"移出了群聊`}) {
		t.Errorf("kick by the bot: %v", contents(got))
	}
	name := groupNameOf(got)
	mine.RemoveBot(a)
	got = r.advance(t)
	if !slices.Equal(contents(got), []string{`你被"老王"移出群聊`}) || len(got.DelContactList) != 1 || got.DelContactList[0].UserName != name {
		t.Errorf("bot thrown out: %+v", got)
	}
	if g.Say(b, "hi") != "" || mine.Say(a, "hi") != "" {
		t.Error("who is out can't speak, and where the bot is out nothing is heard")
	}
}

func groupNameOf(a syncAnswer) string {
	return a.ModContactList[0].UserName
}

func TestLinesOfTheServiceAreWrittenAsWeChatDoes(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	a := s.Person("老王", wechattest.Attr{Remark: "王总"})
	b := s.Person("小红")
	g := s.Group("大群", a, b)
	g.SetDisplay(b, "红#12")
	r := newReader(t, s)
	g.Rename("新<群>", a)
	g.Tickle(a, b)
	g.Tickle(b, s.Bot())
	g.RedPacket(a)
	g.Warn(b)
	said := g.Say(b, "oops")
	g.Recall(b, said)
	got := r.advance(t)
	want := []string{`"王总"修改群名为“新&lt;群&gt;”`, `"王总" 拍了拍 "红#12"`, `"红#12" 拍了拍我`, "收到红包，请在手机上查看",
		`"红#12"与群里其他人都不是微信朋友关系，请注意隐私安全`, "oops"}
	if !slices.Equal(contents(got)[:6], want) {
		t.Errorf("got %q", contents(got))
	}
	recall := got.AddMsgList[6]
	if recall.MsgType != 10002 || !strings.Contains(recall.Content, "&lt;sysmsg type=\"revokemsg\"&gt;") ||
		!strings.Contains(recall.Content, "&lt;msgid&gt;"+said+"&lt;") || !strings.Contains(recall.Content, `"红#12" 撤回了一条消息`) {
		t.Errorf("recall %q", recall.Content)
	}
	if got.ModContactList[0].NickName != "新&lt;群&gt;" || got.ModContactList[0].ChatRoomOwner == "" || got.ModContactList[0].OwnerUin != 0 {
		t.Errorf("group %+v", got.ModContactList[0])
	}
}

func TestTheBotIsInvited(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	a, b, c := s.Person("老王"), s.Person("小红"), s.Person("小明")
	alone, together := s.GroupElsewhere("一", a, b, c), s.GroupElsewhere("二", a, b)
	r := newReader(t, s)
	if alone.Say(a, "hi") != "" {
		t.Error("the bot hears a group that it is not in")
	}
	alone.AddBot(a)
	together.AddBot(a, c)
	got := r.advance(t)
	if want := []string{`"老王"邀请你加入了群聊，群聊参与人还有：小红、小明`, `"老王"邀请你和"小明"加入了群聊`}; !slices.Equal(contents(got), want) {
		t.Errorf("%q", contents(got))
	}
	if len(got.ModContactList) != 2 || got.ModContactList[0].MemberCount != 4 || got.ModContactList[1].MemberCount != 4 {
		t.Errorf("lists %+v", got.ModContactList)
	}
}

func TestChangesAreToldOnceWithWhatIsNow(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	friend, member := s.Person("小明", wechattest.Attr{Friend: true}), s.Person("小红")
	g := s.Group("大群", friend, member)
	r := newReader(t, s)
	member.Rename("红红")
	if c := r.sync(t); len(c.ModContactList) != 0 {
		t.Errorf("a member's new nickname was told: %+v", c.ModContactList)
	}
	friend.Rename("明明")
	friend.Rename("明")
	g.SetDisplay(member, "红#12")
	if c := r.check(t); c.Selector == "0" || c.Selector == "2" {
		t.Errorf("selector %s for changes", c.Selector)
	}
	got := r.advance(t).ModContactList
	if len(got) != 2 || got[0].NickName != "明" || got[1].MemberList[1].DisplayName != "红#12" || got[1].MemberList[1].NickName != "红红" {
		t.Errorf("%+v", got)
	}
	friend.Unfriend()
	if got := r.advance(t); len(got.DelContactList) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestSyncAnswersCanBeBroken(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	r := newReader(t, s)
	g.Say(ming, "hi")
	for kind, check := range map[wechattest.Kind]func(a syncAnswer) bool{
		wechattest.NoSyncKey: func(a syncAnswer) bool { return a.SyncKey == nil && len(a.AddMsgList) == 1 },
		wechattest.EmptySyncKey: func(a syncAnswer) bool {
			return a.SyncKey.Count == 0 && len(a.SyncKey.List) == 0 && len(a.AddMsgList) == 1
		},
		wechattest.BadSyncKey: func(a syncAnswer) bool { return a.SyncKey.Count < len(a.SyncKey.List) && len(a.AddMsgList) == 1 },
		wechattest.Ret(-1): func(a syncAnswer) bool {
			return a.BaseResponse.Ret == -1 && a.SyncKey.Count == 0 && len(a.AddMsgList) == 0
		},
	} {
		fault := s.Fault(wechattest.Fault{Path: "webwxsync", Kind: kind})
		if a := r.sync(t); !check(a) {
			t.Errorf("%s: %+v", kind, a)
		}
		fault.Clear()
	}
	s.Fault(wechattest.Fault{Path: "synccheck", Kind: wechattest.Retcode(1102), Times: 1})
	if c := r.check(t); c.RetCode != "1102" {
		t.Errorf("retcode %+v", c)
	}
	if c := r.check(t); c.RetCode != "0" {
		t.Errorf("the session should live on: %+v", c)
	}
}

func TestFiftyGroupsOfFiveHundredAreGivenAtOnce(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true, QuietLogin: true})
	people := make([]*wechattest.Person, 499)
	for i := range people {
		people[i] = s.Person(fmt.Sprintf("成员%d😄", i))
	}
	for i := range 50 {
		s.Group(fmt.Sprint("群", i), people...)
	}
	r := newReader(t, s)
	members, err := r.Caller.WebWxGetContact(t.Context(), r.Storage.LoginInfo)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range members {
		if strings.HasPrefix(m.UserName, "@@") {
			names = append(names, m.UserName)
		}
	}
	started := time.Now()
	list, _ := r.batch(t, names...)
	for _, g := range list {
		if len(g.MemberList) != 500 {
			t.Errorf("%s has %d members", g.NickName, len(g.MemberList))
		}
	}
	if len(list) != 50 {
		t.Errorf("%d groups", len(list))
	}
	t.Logf("50 groups of 500 members in %s", time.Since(started))
}
