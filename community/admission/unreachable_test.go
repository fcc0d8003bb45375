package admission_test

import (
	"strings"
	"testing"
	"time"
)

const theWay = "https://example.com/secret-way"

func TestTheWayIsNeverSaidInAGroupWhereItIsPrivate(t *testing.T) {
	onEach(t, map[string]string{"admission.way": theWay, "admission.where": "private"}, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.lastly(true, "想私下聊的话")
		h.tells("明", "预备群", "保温杯真好用")
		h.tells("王", "", "通过 1 欢迎")
		h.lastly(false, "没法私聊对方")
		h.lastly(true, "私聊我发「入群」")
		h.tells("明", "预备群", "入群")
		h.never(true, theWay)
		h.never(false, theWay)
		h.tells("明", "", "入群") // who writes in private can be answered there
		h.lastly(false, theWay)
		h.tells("明", "预备群", "入群")
		h.lastly(false, theWay)
		h.never(true, theWay)
	})
}

func TestTheWayIsSaidInTheGroupWhereItIsOpen(t *testing.T) {
	onEach(t, map[string]string{"admission.way": theWay, "admission.way_private": "false"}, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", "保温杯真好用")
		h.tells("王", "", "通过 1")
		h.lastly(true, theWay)
	})
}

func TestWhyIsNotSaidInAGroup(t *testing.T) {
	onEach(t, nil, func(t *testing.T, h *house) {
		h.joins("明", "预备群")
		h.pass(2 * time.Minute)
		h.tells("明", "预备群", "保温杯真好用")
		h.tells("王", "预备群", "婉拒 1 说话太冲")
		h.lastly(true, "暂时没能安排")
		for _, w := range h.words(true) {
			if strings.Contains(w, "说话太冲") {
				t.Errorf("the group hears why: %q", w)
			}
		}
	})
}

func TestWhoIsAFriendIsInvited(t *testing.T) {
	onEach(t, map[string]string{"admission.invite": "true"}, func(t *testing.T, h *house) {
		for _, name := range []string{"明", "红"} {
			h.joins(name, "预备群")
			h.pass(2 * time.Minute)
			h.tells(name, "预备群", "保温杯真好用")
		}
		h.tells("红", "", "申请")
		h.tells("王", "", "通过 1")
		h.tells("王", "", "通过 2")
		if n := h.count(`SELECT COUNT(*) FROM outbox WHERE action = 'invite' AND group_id <> '' AND mention LIKE ?`, "%"+string(h.id("红"))+"%"); n != 1 {
			t.Errorf("%d invitations for a friend", n)
		}
		if n := h.count(`SELECT COUNT(*) FROM outbox WHERE action = 'invite'`); n != 1 {
			t.Errorf("%d invitations", n)
		}
	})
}
