package main

import (
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// open lets the founders open the groups on the first morning.
func (w *writer) open() {
	at := w.midnight(0).Add(9*time.Hour + 2*time.Minute)
	for _, a := range w.cast {
		if a.joins == 0 {
			for _, g := range []byte(a.groups) {
				w.came[presence{a, g}] = at.Add(-time.Hour)
			}
		}
	}
	for _, x := range w.scripts {
		if x.special == "开场" {
			at = w.play(x, x.groups[0], at, 0, plot{}).Add(25 * time.Minute)
			w.busy[x.groups[0]] = at
		}
	}
}

// passages writes when somebody comes, goes and takes another name. Who was there from the start did not join.
func (w *writer) passages(a *actor) {
	if a.joins > 0 {
		at := w.some(a.joins, pick(w.rng, []string{"午", "下午", "晚"}))
		if a.key == asNewcomer {
			at = w.now.Add(-7 * time.Minute)
		}
		for i, g := range []byte(a.groups) {
			if i > 0 {
				at = w.some(a.joins+within(w.rng, 1, 5), "晚")
			}
			w.event(at, bot.Joined, a, g)
			w.came[presence{a, g}] = at
			switch {
			case a.key == asNewcomer:
				w.say(at.Add(2*time.Minute), w.byName["棉条"], g, "欢迎 @N 柚柚这个名字好清爽～随便坐，想问什么直接问", map[string]*actor{"N": a})
			case i == 0:
				w.greet(a, g, at)
			}
		}
	}
	if a.renamed < never {
		w.event(w.some(a.renamed, "晚"), bot.Renamed, a, a.groups[0]).From.Name = a.called
	}
	if a.leaves < never {
		at := w.some(a.leaves, "晚")
		w.gone[a] = at
		for i, g := range []byte(a.groups) {
			w.event(at.Add(time.Duration(i)*time.Minute), bot.Left, a, g)
		}
	}
}

// greet has a newcomer say hello, most of the time.
func (w *writer) greet(a *actor, group byte, at time.Time) {
	percent := 90
	if a.kind == "lurker" {
		percent = 20
	}
	if group != 'n' || !chance(w.rng, percent) {
		return
	}
	var fit []*script
	for _, x := range w.scripts {
		if x.special == "欢迎" {
			fit = append(fit, x)
		}
	}
	day := int(at.Sub(w.midnight(0)).Hours()) / 24
	w.play(fit[(len(a.key)+a.joins)%len(fit)], group, at.Add(w.pause("")+time.Minute), day, plot{roles: map[string]*actor{"N": a}})
}

// habits writes what somebody does besides talking: check in, and ask the bot something now and then.
func (w *writer) habits(a *actor, day int) {
	group := a.groups[0]
	if at := w.some(day, a.when); w.checksIn(a, day) && w.present(a, group, at) {
		w.say(at, a, group, pick(w.rng, []string{"签到", "签到", "签到", "签到！", "签到～", "/签到"}), nil)
		if chance(w.rng, 2) {
			w.say(at.Add(time.Hour), a, group, "签到", nil)
		}
	}
	if at := w.some(day, pick(w.rng, rhythm[false])); talkative[a.kind] > 2 && chance(w.rng, 4) && w.present(a, group, at) {
		w.say(at, a, group, pick(w.rng, []string{"积分", "积分", "积分", "排行", "排行", "排行 总", "帮助", "公约"}), nil)
	}
}

// checksIn tells whether somebody checks in on a day. The people to speak as have not done so today, and the
// regular has been at it since the day after a break.
func (w *writer) checksIn(a *actor, day int) bool {
	switch {
	case day == storyDays && (a.key == asRegular || a.key == asLurker || a.key == asNewcomer):
		return false
	case a.key == asRegular:
		return day != storyDays-13 && day != 17
	}
	return chance(w.rng, a.checkin)
}

// privately writes what some whisper to the bot.
func (w *writer) privately() {
	for _, p := range []struct {
		who, part string
		day       int
		texts     []string
	}{
		{asRegular, "晚", storyDays - 6, []string{"积分", "明细"}},
		{asRegular, "午", storyDays - 1, []string{"排行 月"}},
		{asOwner, "早", storyDays - 1, []string{"勿扰清单", "排行 总"}},
		{asLurker, "晚", storyDays - 3, []string{"帮助"}},
	} {
		at := w.some(p.day, p.part)
		for _, text := range p.texts {
			w.say(at, w.byName[p.who], 0, text, nil)
			at = at.Add(w.pause(text))
		}
	}
}

// isCommand tells whether a line of the story is meant for the bot.
func isCommand(text string) bool {
	word, _, _ := strings.Cut(strings.TrimPrefix(text, "/"), " ")
	return word == "加分" || word == "任命"
}
