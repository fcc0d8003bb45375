package topic_test

import (
	"strings"
	"testing"

	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/topic"
)

type memberID = community.MemberID

func TestWhatIsWrongWithTheConfigurationIsToldAtOnce(t *testing.T) {
	if err := topic.Defaults().Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	cfg := topic.Defaults()
	cfg.Columns = []topic.Column{
		{Name: "a/b", Time: "9:00", Weekdays: []int{0, 8}, Hashtag: "x", Language: "fr"}, {Name: "问", Time: "09:00"}, {Name: "答", Hashtag: "#问#", Time: "09:00"},
		{Name: "问", Hashtag: "#又#", Time: "09:00"},
	}
	cfg.RecapAt, cfg.Window, cfg.CoolOff, cfg.Host, cfg.Answer, cfg.Best, cfg.Proposal = "midnight", 0, 0, 0, -1, -1, -1
	err := cfg.Validate()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{"is one word of 1 to", "time like 09:00", "not 0", "not 8", "begins with #", "zh or en", "hashtag of another", "name of another", "time like 21:30"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not told: %s", want)
		}
	}
	if n := len(strings.Split(err.Error(), "\n")); n != 15 {
		t.Errorf("%d problems, not 15:\n%v", n, err)
	}
}
