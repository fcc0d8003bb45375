package admission_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestWhatIsTakenBackAtNightIsNeverSaid(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", "保温杯真好用")
		h.pass(16*time.Hour - 2*time.Minute) // one at night
		told := func(state string) int {
			return h.count(`SELECT COUNT(*) FROM outbox WHERE text LIKE '%私聊我发「入群」%' AND state = ?`, state)
		}
		h.tells("王", "", "通过 1")
		if told("pending") != 1 {
			t.Fatal("it is said at night, or not at all")
		}
		list := h.words(false)
		code := regexp.MustCompile(`撤销 ([A-Z0-9]{6})`).FindStringSubmatch(list[len(list)-1])
		if code == nil {
			t.Fatalf("no code in %q", list)
		}
		h.tells("王", "", "撤销 "+code[1])
		h.pass(7 * time.Hour)
		if told("withheld") != 1 || told("sent") != 0 {
			t.Error("what was taken back is said")
		}
	})
}

func TestStaffAreNoApplicants(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.tells("李", "大群", "大家好")
		h.do(h.Engine.Do(t.Context(), func(ctx context.Context) error { return h.Community.Appoint(ctx, h.id("李"), bot.Moderator) }))
		h.joins("李", "预备群")
		h.pass(2 * time.Minute)
		if n := h.count(`SELECT COUNT(*) FROM admissions`); n != 0 {
			t.Errorf("%d applications", n)
		}
	})
}

func TestAFailedInvitationIsToldToWhoDecided(t *testing.T) {
	onEach(t, map[string]string{"admission.invite": "true"}, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "", "保温杯真好用")
		h.pass(16*time.Hour - 2*time.Minute) // the invitation waits for the morning
		h.tells("王", "", "通过 1")
		claimed, err := h.Engine.Claim(t.Context(), h.now.Add(7*time.Hour), 10)
		h.do(err)
		for _, o := range claimed {
			result := bot.Result{Outgoing: o, Outcome: bot.Sent}
			if o.Action == bot.InviteToGroup {
				result.Outcome = bot.Failed
			}
			h.do(h.Engine.Settle(t.Context(), h.now, result))
		}
		h.lastly(false, "没有成功")
	})
}
