package earning_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// TestFarmersGetNoMoreThanTheCaps lets scripted spammers work for a Day: each gets at most what the caps allow, and most nothing.
func TestFarmersGetNoMoreThanTheCaps(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		var all []bot.Event
		add := func(user string, second int, text string) { all = append(all, says(user, second, text)) }
		for i := range 240 { // one every 90 seconds
			at := 90 * i
			add("repeats", at, "今天也要元气满满地签到打卡")
			add("nearly", at+5, "今天也要元气满满地签到打卡"+string([]rune("呀啊哦嗯哈")[i%5]))
			add("numbers", at+10, fmt.Sprintf("这是我今天的第 %d 条发言请查收", i))
			add("emoji", at+15, "😀🎉[微笑][强]👍🏻👍🏿🇨🇳1️⃣2️⃣3️⃣4️⃣")
			add("laughs", at+20, "哈哈哈哈哈哈哈哈哈哈哈哈")
			add("links", at+25, fmt.Sprintf("https://example.com/%d", i))
			add("honest", at+30, sentence(i))
			add("parrot", at+40, sentence(i))
			for k, word := range []string{"好啊好呀", "真的不错", "我也觉得", "就是这样"} {
				add("bursts", at+50+k, word)
			}
		}
		for i := range 5 { // a ring that thanks in all directions, again and again
			add(fmt.Sprint("ring", i), 1, "嗯")
		}
		for round := range 6 {
			for i := range 5 {
				for k := range 5 {
					if i != k {
						one := says(fmt.Sprint("ring", i), 60+60*round, fmt.Sprintf("谢谢 @ring%d", k))
						all = append(all, to(one, fmt.Sprint("ring", k)))
					}
				}
			}
		}
		for i := range 40 { // says, takes back, says again
			one := says("unsays", 91*i, sentence(1000+i))
			one.ID = fmt.Sprint("unsays/", t.Name(), i)
			all = append(all, one, bot.Event{Kind: bot.Recalled, Ref: one.ID, From: one.From, At: one.At.Add(time.Second)})
		}
		v.deliver(all...)
		v.verify()
		for user, most := range map[string]int64{
			"repeats": 1, "nearly": 1, "numbers": 1, "emoji": 0, "laughs": 0, "links": 0, "parrot": 0, "bursts": 4, "unsays": 0, "honest": 10,
		} {
			got := v.worth(user)
			t.Logf("%s: %d", user, got)
			if got > most {
				t.Errorf("%s got %d, more than %d", user, got, most)
			}
		}
		v.has("honest", 10)
		var ring int64
		for i := range 5 {
			got := v.worth(fmt.Sprint("ring", i))
			ring += got
			if got > 3*2 {
				t.Errorf("ring%d got %d, more than three thanks", i, got)
			}
		}
		t.Logf("the ring of five: %d", ring)
		if ring > 10*2 {
			t.Errorf("the ring got %d, more than one thanks for each of its ten pairs", ring)
		}
	})
}
