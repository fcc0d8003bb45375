package main

import (
	"math/rand/v2"
	"time"
)

// challengeBegins is the day on which the founder makes a challenge; it runs for three weeks from the next one.
const challengeBegins = storyDays - 17

// nudgesBegin is the day on which the founder lets the bot turn to single members.
const nudgesBegin = storyDays / 2

// rituals writes what people do with the bot's rituals: the question of the day, a challenge, a post that repeats. Its
// chance is its own, so that the rest of the story stays the same.
func (w *writer) rituals(rng *rand.Rand) {
	owner := w.byName[asOwner]
	at := func(day, minutes int) time.Time {
		return w.midnight(day).Add(time.Duration(minutes)*time.Minute + time.Duration(rng.IntN(60))*time.Second)
	}
	w.say(at(challengeBegins, 10*60), owner, 'c', "新建挑战 早起 21天 明天 05:00-10:00 每次1分 第7天20分 完成50分 完成徽章:早起达人 完成证书", nil)
	w.say(at(storyDays-6, 10*60+5), owner, 'c', "定时 每周五20:00 周末去哪儿走走？带上杯子，回来晒一张～", nil)
	for _, a := range w.cast {
		if a == owner || a.key == asNewcomer {
			continue
		}
		often := map[string]int{"koc": 92, "contributor": 70, "active": 45}[a.kind]
		joins := at(challengeBegins, 10*60+10+rng.IntN(11*60))
		in := often > 0 && a.groups[0] == 'c' && w.present(a, 'c', joins)
		if in {
			w.say(joins, a, 'c', "参加 早起", nil)
		}
		for day := challengeBegins + 1; day <= storyDays; day++ {
			up := at(day, 5*60+30+rng.IntN(4*60))
			if a.key == asRegular && day == storyDays {
				continue // who speaks as them does it
			}
			if in && chance(rng, often) && w.present(a, 'c', up) {
				w.say(up, a, 'c', w.fill(up.Format("打卡 早起 15:04，{rise}"), map[string]string{"wx": w.wx[day]}, rng), nil)
			}
		}
		for day := range storyDays + 1 {
			answers := at(day, 9*60+2+rng.IntN(4*60))
			if group := a.groups[0]; chance(rng, often/3) && w.present(a, group, answers) {
				w.say(answers, a, group, w.fill("#每日一问# {answer}", map[string]string{}, rng), nil)
			}
		}
	}
	w.say(at(nudgesBegin, 10*60), owner, 'c', "开启触达 唤醒", nil)
	w.say(at(nudgesBegin, 10*60+1), owner, 'c', "开启触达 连续签到", nil)
}
