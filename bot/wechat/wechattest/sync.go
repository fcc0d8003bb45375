package wechattest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// news is an entry of the log that all sessions read, each with its own names: a message, a person or group that
// changed, or one that is gone.
type news struct {
	message *message
	changed any
	gone    any
	apart   bool // never in the answer with the entry before
}

// keyBase keeps sync keys as large as real ones are.
const keyBase = 636_000_000

func (s *Server) append(n ...news) {
	s.log = append(s.log, n...)
	s.changed()
}

// keyAt is the sync key of those who have read so much of the log. The position is the value of key 2.
func (s *Server) keyAt(pos int) syncKey {
	return syncKey{4, []syncItem{{1, keyBase}, {2, keyBase + int64(pos)}, {3, keyBase}, {1000, s.opt.Now().Unix()}}}
}

// position is how much of the log the values of a sync key say was read.
func (s *Server) position(x *session, list []syncItem) int {
	for _, item := range list {
		if item.Key == 2 {
			return min(max(int(item.Val-keyBase), s.since), len(s.log))
		}
	}
	return x.start
}

// synccheck waits for news.
func (s *Server) synccheck(c *call) answer {
	retcode, selector := 0, 0
	flood := s.opt.FloodLimit
	pos := -1
	// news, silence or a client that is gone: what is known is answered
	_ = s.wait(c.r.Context(), s.opt.Hold, func() bool {
		ret := s.auth(c)
		if c.session != nil && flood > 0 && s.requests.To("synccheck").MaxPerSecond() > flood {
			c.session.ended, ret = retCookie, retGone
		}
		switch {
		case c.host != "webpush."+s.opt.Domain:
			retcode = retLogout
		case ret == retGone && c.session != nil:
			retcode = c.session.ended
		case ret != 0:
			retcode = ret
		default:
			if pos < 0 {
				pos = s.position(c.session, parseKey(c.r.URL.Query().Get("synckey")))
			}
			selector = s.selector(pos)
			return selector != 0
		}
		return true
	})
	c.ret = retcode
	a := script(fmt.Sprintf(`window.synccheck={retcode:"%d",selector:"%d"}`, retcode, selector))
	if s.opt.CookiesAtSync && retcode == 0 {
		a.header.Add("Set-Cookie", "wxpluginkey="+strconv.Itoa(pos)+"; Path=/")
	}
	return a
}

// selector hints at what waits; 0 is nothing.
func (s *Server) selector(pos int) int {
	hint := 0
	for _, n := range s.log[pos:] {
		switch {
		case n.message != nil:
			return 2
		case n.gone != nil:
			hint = 6
		case hint == 0:
			hint = 4
			if _, ok := n.changed.(*Group); ok {
				hint = 7
			}
		}
	}
	return hint
}

// parseKey reads the form 1_636000000|2_636000007.
func parseKey(s string) (list []syncItem) {
	for part := range strings.SplitSeq(s, "|") {
		key, val, _ := strings.Cut(part, "_")
		k, err1 := strconv.ParseInt(key, 10, 64)
		v, err2 := strconv.ParseInt(val, 10, 64)
		if err1 == nil && err2 == nil {
			list = append(list, syncItem{k, v})
		}
	}
	return list
}

type goneContact struct {
	UserName    string
	ContactFlag int
}

type syncAnswer struct {
	BaseResponse           baseResponse
	AddMsgCount            int
	AddMsgList             []wireMessage
	ModContactCount        int
	ModContactList         []contact
	DelContactCount        int
	DelContactList         []goneContact
	ModChatRoomMemberCount int
	ModChatRoomMemberList  []contact
	Profile                struct{ BitFlag int }
	ContinueFlag           int
	SyncKey                *syncKey
	SKey                   string
	SyncCheckKey           *syncKey
}

func newSyncAnswer() syncAnswer {
	return syncAnswer{AddMsgList: []wireMessage{}, ModContactList: []contact{}, DelContactList: []goneContact{}, ModChatRoomMemberList: []contact{}}
}

// webwxsync gives what follows the key, as much as fits. An old key gives old news again.
func (s *Server) webwxsync(c *call) answer {
	var ask struct{ SyncKey syncKey }
	if json.Unmarshal(c.body, &ask) != nil {
		return c.refuse(retParam)
	}
	x := c.session
	pos := s.position(x, ask.SyncKey.List)
	a := newSyncAnswer()
	changed := map[any]bool{}
	end := pos
	for ; end < len(s.log) && end-pos < s.opt.Batch; end++ {
		n := s.log[end]
		if n.apart && end > pos {
			break
		}
		switch {
		case n.message != nil:
			a.AddMsgList = append(a.AddMsgList, n.message.render(x))
		case n.gone != nil:
			a.DelContactList = append(a.DelContactList, goneContact{UserName: x.name(n.gone), ContactFlag: 2})
		case !changed[n.changed]:
			changed[n.changed] = true
			a.ModContactList = append(a.ModContactList, s.modified(x, n.changed))
		}
	}
	key := s.keyAt(end)
	a.SyncKey, a.SyncCheckKey = &key, &key
	a.AddMsgCount, a.ModContactCount, a.DelContactCount = len(a.AddMsgList), len(a.ModContactList), len(a.DelContactList)
	if end < len(s.log) {
		a.ContinueFlag = 1
	}
	return reply(a)
}

// modified is an entry of ModContactList: what the person or the group is now.
func (s *Server) modified(x *session, who any) contact {
	if g, ok := who.(*Group); ok {
		e := s.groupContact(x, g, true)
		e.EncryChatRoomId, e.HeadImgUrl = "", ""
		return e
	}
	e := s.contact(x, who.(*Person))
	e.HeadImgUrl = ""
	return e
}
