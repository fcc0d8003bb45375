package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/earning"
)

// unlimited are the standard rules without caps and cooldowns, so that nothing but the filters keeps a message from earning.
func unlimited() earning.Config {
	cfg := earning.Defaults()
	cfg.Speaking.Cap, cfg.Speaking.Cooldown = 0, 0
	return cfg
}

// lost tells how many of the messages that are long enough the filters against farming keep from earning.
func lost(t *testing.T, of string, sim *earning.Simulation) {
	t.Helper()
	n := 0
	for _, reason := range [...]earning.Reason{earning.Burst, earning.Duplicate, earning.NearDuplicate, earning.Copied} {
		n += sim.Reasons[reason]
		t.Logf("%s: %d %s", of, sim.Reasons[reason], reason)
	}
	share := float64(n) / float64(sim.Fit)
	t.Logf("%s: %d of %d messages that are long enough are filtered: %.3f %%", of, n, sim.Fit, 100*share)
	if sim.Fit == 0 || share >= 0.01 {
		t.Errorf("%s: the filters take %.2f %% from honest members", of, 100*share)
	}
}

// TestHonestMembersLoseNextToNothing counts what can be counted where only lengths and times are known: bursts.
func TestHonestMembersLoseNextToNothing(t *testing.T) {
	sim := earning.Simulate(unlimited(), func(community.MemberID) bool { return false })
	calendar, err := community.Defaults().Calendar()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range readHistory(t, historyFile(t)) {
		sim.Message(earning.Row{
			Seq: int64(i), At: r.Time, Day: calendar.Day(r.Time), Group: community.GroupID(r.Chat), Member: community.MemberID(r.From), Form: bot.Form(r.Kind), Chars: r.Len,
		})
	}
	lost(t, "two years of a real community", sim)
}

// TestTheStorysPeopleLoseLittle judges the demo's talk, whose words are known.
func TestTheStorysPeopleLoseLittle(t *testing.T) {
	tale, err := loadStory()
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := community.Defaults().Calendar()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := bareEngine(defaults())
	if err != nil {
		t.Fatal(err)
	}
	sim := earning.Simulate(unlimited(), func(community.MemberID) bool { return false })
	for i, ev := range tale.write(demoNow, time.FixedZone("+08", 8*3600), demoSeed) {
		if ev.Kind == bot.Message && !ev.Private {
			sim.Message(earning.Row{
				Seq: int64(i), At: ev.At, Day: calendar.Day(ev.At), Group: community.GroupID(ev.Chat), Member: community.MemberID(ev.From.User),
				Form: ev.Form, Chars: len([]rune(ev.Text)), Text: ev.Text, Command: engine.IsCommand(ev.Text),
			})
		}
	}
	t.Log(fmt.Sprint(sim.Reasons))
	lost(t, "eight weeks of the story", sim)
}
