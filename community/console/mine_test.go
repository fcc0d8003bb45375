package console_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// mineLink asks for a link to somebody's own data, as they do in private.
func (h *house) mineLink(id, member string) string {
	h.t.Helper()
	said, err := h.engine.Ask(h.t.Context(), bot.Event{
		ID: id, Kind: bot.Message, Form: bot.Text, At: h.clock(), SeenAt: h.clock(), Transport: "console", Member: member, Text: "导出我的数据"})
	h.must(err)
	if len(said) != 1 {
		h.t.Fatalf("%d answers", len(said))
	}
	found := regexp.MustCompile(`/mine/([A-Z2-7]{26})$`).FindStringSubmatch(said[0].Text)
	if found == nil || !said[0].Secret {
		h.t.Fatalf("no link, or one that is kept: %+v", said[0])
	}
	return found[1]
}

func TestALinkDownloadsOnesOwnDataOnceWithinADay(t *testing.T) {
	each(t, func(h *house) {
		token := h.mineLink("x1", "m4")
		for range 2 { // whoever looks at links for their preview
			status, body := h.stranger().get("/mine/" + token)
			if status != http.StatusOK {
				t.Fatal(status, body)
			}
			contains(t, body, "<button", "/mine/"+token)
			if strings.Contains(body, "小明") {
				t.Error("the page before the button tells of the member")
			}
		}
		status, body := h.stranger().post("/mine/"+token, nil)
		if status != http.StatusOK {
			t.Fatal(status, body)
		}
		var got struct {
			Member string
			Kept   []struct {
				What   string
				Tables map[string][]map[string]any
			}
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if got.Member != "m4" || len(got.Kept) < 5 {
			t.Errorf("%s with %d kinds", got.Member, len(got.Kept))
		}
		contains(t, body, "小明")
		for _, other := range []string{"林岚", "阿北", "Cathy", "hash", "salt"} {
			if strings.Contains(body, other) {
				t.Errorf("the data of one member holds %q", other)
			}
		}
		if status, _ := h.stranger().post("/mine/"+token, nil); status != http.StatusForbidden {
			t.Errorf("a second time: %d", status)
		}
		old := h.mineLink("x2", "m4")
		if status, _ := h.stranger().post("/login/"+old, nil); status != http.StatusForbidden {
			t.Errorf("it logs in: %d", status)
		}
		login := h.link("m1")
		if status, _ := h.stranger().post("/mine/"+login, nil); status != http.StatusForbidden {
			t.Errorf("a login downloads: %d", status)
		}
		h.later(24 * time.Hour)
		if status, _ := h.stranger().post("/mine/"+old, nil); status != http.StatusForbidden {
			t.Errorf("after a day: %d", status)
		}
	})
}
