package newcomer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/community/earning"
	"github.com/weilu-im/weilu/community/newcomer"
	"github.com/weilu-im/weilu/community/wallet"
)

// section is the section points of a small community; speaking earns nothing in it.
type section struct {
	checkinPoints
	earningPoints
	walletPoints
}

type (
	checkinPoints = checkin.Config
	earningPoints = earning.Config
	walletPoints  = wallet.Config
)

func assemble(p *communitytest.Parts) []bot.Feature {
	points := section{checkin.Defaults(), earning.Config{Speaking: earning.Defaults().Speaking, Thanks: earning.Defaults().Thanks}, wallet.Defaults()}
	points.Speaking.Amount, points.Thanks.Amount = 0, 0
	cfg := newcomer.Defaults()
	p.Section("points", &points)
	p.Section("newcomer", &cfg)
	// A topic's answers are known by a fact: here it is said that whoever wrote #每日一问 has one.
	p.Community.Facts.Register("topic.answers", func(ctx context.Context, who []community.MemberID, from, to time.Time) (n int, err error) {
		err = p.DB.Conn(ctx).Raw(`SELECT COUNT(*) FROM messages m JOIN message_texts t ON t.seq = m.seq WHERE m.member_id IN ? AND m.at >= ? AND m.at < ?
			AND t.text LIKE '%#每日一问%'`, who, from.UnixMilli(), to.UnixMilli()).Row().Scan(&n)
		if err != nil {
			return 0, fmt.Errorf("topic answers: %w", err)
		}
		return n, nil
	})
	return []bot.Feature{
		checkin.New(p.DB, p.Community, points.checkinPoints), earning.New(p.DB, p.Community, points.earningPoints),
		wallet.New(p.DB, p.Community, points.walletPoints), newcomer.New(p.DB, p.Community, cfg),
	}
}

func TestTranscripts(t *testing.T) {
	for _, dialect := range [...]string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) {
			bottest.ReplayAll(t, communitytest.BuildOn(t, dialect, assemble), "testdata/*.chat")
		})
	}
}

func TestConfigTellsEverythingThatIsWrong(t *testing.T) {
	cfg := newcomer.Defaults()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	cfg = newcomer.Config{Reminders: []int{3, 1}, ReminderTime: "25:00", IntroductionTags: []string{"自我介绍"}, Question: "a\nb", Points: community.Earning{Amount: -1}}
	err := cfg.Validate()
	if err == nil {
		t.Fatal("all that is valid")
	}
	for _, want := range []string{
		"between 0 and 100000 points", "between 1 and 90, not 0", "ascending days", "a time like", "between 1 and 20, not 0",
		"begin with #", "between 1 and 200 letters", "one line",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nothing is said of %q in %v", want, err)
		}
	}
}
