package wechat

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"
)

// dump is what a client gives its storage to keep, with its cursor.
func dump(t *testing.T, sid string, cursor int64) []byte {
	t.Helper()
	content, err := json.Marshal(map[string]any{
		"BaseRequest": openwechat.BaseRequest{Uin: 155, Sid: sid}, "LoginInfo": openwechat.LoginInfo{WxUin: 155, WxSid: sid}, "WechatDomain": "wx.qq.com",
		"SyncKey": map[string]any{"Count": 1, "List": []map[string]int64{{"Key": 1, "Val": cursor}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestASessionThatIsOverCannotSaveOverItsSuccessor(t *testing.T) {
	s, err := openStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	claim := func() *hot {
		h, err := s.claim(saved{}, false, newCookies(time.Now, nil), func(*saved) {}, func(err error) {
			if err != nil {
				t.Error(err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	save := func(h *hot, sid string, cursor int64, want string) {
		t.Helper()
		if _, err := h.Write(dump(t, sid, cursor)); err != nil {
			t.Errorf("a client whose save comes too late must not stumble over it: %v", err)
		}
		login, err := s.load()
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%s at %d", login.LoginInfo.WxSid, login.SyncKey.List[0].Val); got != want {
			t.Errorf("saved is %s, want %s", got, want)
		}
	}
	old := claim()
	save(old, "old", 7, "old at 7")
	next := claim() // before it has saved anything itself
	save(old, "old", 8, "old at 7")
	save(next, "new", 9, "new at 9")
	save(old, "old", 10, "new at 9")
	old.close()
	save(next, "new", 11, "new at 11")
	next.close()
	save(next, "new", 12, "new at 11")
	save(old, "old", 13, "new at 11")
}
