package earning_test

import (
	"testing"

	"github.com/weilu-im/weilu/bot"
)

func TestTheCooldownHoldsInBothDirectionsOfTime(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.deliver(says("u", 600, sentence(1)), says("u", 570, sentence(2)), says("u", 630, sentence(3)), says("u", 540, sentence(4)), says("u", 659, sentence(5)))
		v.has("u", 2)
		v.verify()
	})
}

func TestABacklogCountsByItsOwnTime(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		for i := range 15 { // of the Day before, after a message of today
			v.deliver(says("u", i, sentence(100)))
			v.deliver(says("u", -86400+90*i, sentence(i)))
		}
		v.has("u", 1+10)
	})
}

func TestARestartDecidesTheSame(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		for i := range 40 { // more than are context of anything
			v.deliver(says("d", i-100, "嗯"))
		}
		v.deliver(says("a", 0, sentence(1)), says("b", 10, sentence(2)), says("a", 61, sentence(3)))
		v = openVillage(t, v.DB)
		v.n = 100
		v.deliver(
			says("a", 120, sentence(4)), // the cooldown
			says("a", 130, sentence(1)), // said before
			says("c", 131, sentence(2)), // copied
			says("b", 132, sentence(5)),
		)
		v.has("a", 2)
		v.has("c", 0)
		v.has("b", 2)
		v = openVillage(t, v.DB)
		v.n = 200
		v.deliver(to(says("c", 133, "谢谢 @b"), "b"))
		v.has("b", 4)
	})
}

func TestARepeatedEventEarnsOnce(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		one := says("u", 0, sentence(1))
		one.ID = "once"
		v.deliver(one)
		v.deliver(one)
		v.has("u", 1)
	})
}

func TestARecallBeforeItsMessageIsARecall(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		recall := bot.Event{Kind: bot.Recalled, Ref: "late", From: bot.Person{User: "u"}, At: noon}
		message := to(says("u", 0, "谢谢 @b 的这一份手冲教程"), "b")
		message.ID = "late"
		v.deliver(says("b", -10, sentence(1)), recall, recall)
		v = openVillage(t, v.DB)
		v.n = 100
		v.deliver(message)
		v.has("u", 0)
		v.has("b", 1)
		v.deliver(recall)
		v.has("u", 0)
		v.verify()
	})
}

func TestCapsAreAPersonsAcrossMergesAndSplits(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.deliver(says("a", -9999, sentence(1000)), says("b", -9000, sentence(1001)), says("boss", -8000, sentence(1002)))
		for i := range 8 {
			v.deliver(says("a", 100*i, sentence(i)), says("b", 100*i+30, sentence(100+i)))
		}
		v.has("a", 9)
		v.has("b", 9)
		merge := says("boss", 2000, "xmerge "+string(v.id("b"))+" "+string(v.id("a")))
		split := says("boss", 3000, "xsplit "+string(v.id("b")))
		v.deliver(merge)
		v.has("a", 10) // 18 are no more than one person's cap, and those of b fell into the cooldown
		v.deliver(says("b", 2100, sentence(200)))
		v.has("a", 10)
		v.deliver(split)
		v.has("a", 9)
		v.has("b", 10) // with what only a's earnings kept from earning
		merge.ID = ""
		v.deliver(merge)
		v.has("a", 10)
		v.verify()
	})
}

func TestARecallStandsAcrossMergesAndSplits(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		one := says("b", 30, sentence(2))
		one.ID = "one"
		v.deliver(says("boss", -100, sentence(9)), says("a", 0, sentence(1)), one)
		merge := says("boss", 200, "xmerge "+string(v.id("b"))+" "+string(v.id("a")))
		split := says("boss", 300, "xsplit "+string(v.id("b")))
		v.deliver(merge)
		v.has("a", 1)
		v.deliver(bot.Event{Kind: bot.Recalled, Ref: "one", From: bot.Person{User: "b"}, At: noon})
		v.deliver(split)
		v.has("a", 1)
		v.has("b", 0)
		v.verify()
	})
}

func TestThanksAreAPairsAcrossMergesAndSplits(t *testing.T) {
	eachVillage(t, func(t *testing.T, v *village) {
		v.deliver(says("boss", -100, sentence(9)), says("a", 0, sentence(1)), says("b", 1, sentence(2)), says("c", 2, "嗯"))
		v.deliver(to(says("c", 10, "谢谢 @a"), "a"), to(says("c", 11, "谢谢 @b"), "b"))
		v.has("a", 3)
		v.has("b", 3)
		v.deliver(says("boss", 200, "xmerge "+string(v.id("b"))+" "+string(v.id("a"))))
		v.has("a", 3) // one cooldown, one pair
		v.deliver(says("boss", 300, "xsplit "+string(v.id("b"))))
		v.has("a", 3)
		v.has("b", 3)
		v.deliver(says("boss", 400, "xmerge "+string(v.id("b"))+" "+string(v.id("c"))))
		v.has("c", 1) // nobody thanks themselves
		v.verify()
	})
}
