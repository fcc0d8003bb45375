package ambassador_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/ambassador"
	"github.com/weilu-im/weilu/config/database/dbtest"
	"github.com/weilu-im/weilu/points"
)

// newcomer is somebody of a simulated campaign, with what they will do.
type newcomer struct {
	user, code string
	joins      int   // the day
	minute     int   // of that day
	talks      []int // the days on which they speak
	leaves     int   // the day; 0: never
	texts      func(n int) string
	with       func(n int) string // whom they mention; empty: nobody
	fake       bool
	old        bool // they were in the community before
}

// fraud simulates a campaign whose truth is known.
type fraud struct {
	*village
	rng     *rand.Rand
	codes   map[string]string // of each ambassador
	honest  []string          // regulars whom newcomers talk to
	people  []*newcomer
	ids     map[community.MemberID]*newcomer
	decided int
}

const campaignDays = 45

// TestCampaignsWithAKnownTruth simulates campaigns of 45 Days with honest ambassadors and with people who invite themselves,
// rings, members who leave and come back, guessers, and newcomers who are paid for joining and leave. A manager decides
// about what the detectors show, two Days later and rightly; nobody else says anything. Of all that was paid less than 2 %
// goes to invitations that are not real, less than 1 % of the real ones wait for a manager, and no point comes from nowhere.
func TestCampaignsWithAKnownTruth(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			seeds := 4
			if testing.Short() || dialect == "postgres" {
				seeds = 1
			}
			var leaked, tried, paid int64
			var held, real int
			for seed := range seeds {
				f := simulate(t, dialect, uint64(seed))
				l, a, p, h, r := f.measure()
				leaked, tried, paid, held, real = leaked+l, tried+a, paid+p, held+h, real+r
				f.conserved()
			}
			t.Logf("%d campaigns: %d points paid, %d of them (%.2f %%) for what is not real, which would have brought %d; %d of %d real newcomers (%.2f %%) waited for a manager",
				seeds, paid, leaked, 100*float64(leaked)/float64(paid), tried, held, real, 100*float64(held)/float64(real))
			if float64(leaked) >= 0.02*float64(paid) || float64(leaked) >= 0.02*float64(tried) || tried == 0 {
				t.Errorf("%d points of %d, and of %d that were tried, are leaked", leaked, paid, tried)
			}
			if float64(held) >= 0.01*float64(real) || real < 50*seeds {
				t.Errorf("%d of %d real newcomers waited", held, real)
			}
		})
	}
}

func simulate(t *testing.T, dialect string, seed uint64) *fraud {
	f := &fraud{village: newVillage(t, dialect, ambassador.Defaults()), rng: rand.New(rand.NewPCG(seed, 77)), codes: map[string]string{}, ids: map[community.MemberID]*newcomer{}}
	f.names = map[string]string{}
	f.does("xboss")
	for i := range 25 {
		name := fmt.Sprintf("老友%c", '甲'+rune(i*37))
		f.honest = append(f.honest, name)
		f.says(name, "这里的朋友都很好")
	}
	for i := range 10 {
		f.honestAmbassador(i)
	}
	for i := range 4 {
		f.selfInviter(i)
	}
	for i := range 2 {
		f.ring(i)
		f.hired(i)
	}
	f.thieves()
	for day := range campaignDays {
		f.day(day)
	}
	return f
}

func (f *fraud) between(a, b int) int { return a + f.rng.IntN(b-a+1) }

func (f *fraud) pick(list ...string) string { return list[f.rng.IntN(len(list))] }

func (f *fraud) ambassador(name string) string {
	f.codes[name] = f.appoint(name)
	return f.codes[name]
}

// name is a nickname as people have them: some are alike, some end with a digit.
func (f *fraud) name() string {
	base := f.pick("小雨", "阿宁", "豆豆", "Lily", "山里人", "一杯茶", "木子", "晴天", "老K", "喵喵", "咖啡不加糖", "南风")
	if f.rng.IntN(4) > 0 {
		base += string(rune('一' + f.rng.IntN(3000)))
	}
	if f.rng.IntN(6) == 0 {
		base += fmt.Sprint(f.rng.IntN(100))
	}
	return base
}

// talk is what somebody real says.
func (f *fraud) talk(int) string {
	return f.pick("大家好", "大家好，新来的，请多关照", "早上好呀", "我是"+f.pick("小李", "阿芳", "Tom", "王工")+"，平时喝"+f.pick("拿铁", "手冲", "普洱", "白茶")+"，住在"+f.pick("城东", "城西", "河边")) +
		f.pick("", "，今天"+f.pick("下雨了", "好热", "刚下班", "有点困"), "～")
}

func (f *fraud) honestAmbassador(i int) {
	name := fmt.Sprintf("大使%c", '甲'+rune(i*53))
	code := f.ambassador(name)
	add := func(day, minute int) {
		n := &newcomer{user: fmt.Sprintf("真%d-%d", i, len(f.people)), code: code, joins: day, minute: minute, texts: f.talk}
		f.names[n.user] = f.name()
		n.with = func(int) string { return f.pick(append([]string{"", "", name}, f.honest...)...) }
		last := day + f.between(0, 40)
		switch f.rng.IntN(10) {
		case 0, 1: // only say hello
			n.talks = []int{day + f.between(0, 1)}
		case 2: // and leave again
			n.talks, n.leaves = []int{day}, day+f.between(1, 20)
		default:
			for d := day; d < last; d += f.between(1, 5) {
				n.talks = append(n.talks, d)
			}
		}
		f.people = append(f.people, n)
	}
	for day := 1; day < campaignDays-15; day++ {
		if f.rng.IntN(4) == 0 {
			add(day, f.between(0, 600))
		}
	}
	if i < 3 { // six friends after an evening together
		day := f.between(3, 20)
		for k := range 6 {
			add(day, 500+k*3)
		}
	}
}

// selfInviter has accounts that join, say a word, and stay or go.
func (f *fraud) selfInviter(i int) {
	code := f.ambassador(fmt.Sprintf("自邀%d", i))
	n, alike, same := f.between(6, 14), f.rng.IntN(2) == 0, f.rng.IntN(2) == 0
	start, quick := f.between(2, 20), f.rng.IntN(2) == 0
	greeting := f.pick("大家好我是新来的朋友", "终于进来啦以后多多指教", "很高兴认识各位新朋友们")
	for k := range n {
		p := &newcomer{user: fmt.Sprintf("假%d-%d", i, k), code: code, joins: start + k/4, minute: 300 + k*f.between(1, 4), fake: true, texts: f.talk}
		if f.names[p.user] = f.name(); alike || !same && !quick {
			f.names[p.user] = fmt.Sprintf("用户%d", 1000+f.rng.IntN(9000))
		}
		if same {
			p.texts = func(int) string { return greeting }
		}
		p.talks = []int{p.joins}
		if quick {
			p.leaves = p.joins + f.between(1, 3)
		} else if f.rng.IntN(2) == 0 {
			p.talks = append(p.talks, p.joins+f.between(1, 5))
		}
		f.people = append(f.people, p)
	}
}

// ring has accounts that talk to each other to look alive.
func (f *fraud) ring(i int) {
	boss := fmt.Sprintf("圈主%d", i)
	code := f.ambassador(boss)
	var names []string
	for k := range f.between(5, 9) {
		names = append(names, fmt.Sprintf("圈%d-%c", i, '甲'+rune(k)))
	}
	start := f.between(2, 15)
	for k, name := range names {
		f.names[name] = f.name()
		p := &newcomer{user: name, code: code, joins: start + k/3, minute: 200 + k*2, fake: true, texts: f.talk}
		p.with = func(int) string {
			for {
				if other := f.pick(append([]string{boss}, names...)...); other != name {
					return other
				}
			}
		}
		for d := p.joins; d < p.joins+20; d += f.between(1, 3) {
			p.talks = append(p.talks, d)
		}
		f.people = append(f.people, p)
	}
}

// hired brings strangers who are paid for joining: one sentence, and away.
func (f *fraud) hired(i int) {
	code := f.ambassador(fmt.Sprintf("中介%d", i))
	for k := range f.between(6, 15) {
		day, user := f.between(2, 25), fmt.Sprintf("路人%d-%d", i, k)
		f.names[user] = f.name()
		f.people = append(f.people, &newcomer{
			user: user, code: code, joins: day, minute: f.between(0, 600), talks: []int{day}, leaves: day + f.between(1, 4), fake: true, texts: f.talk,
		})
	}
}

// thieves are members who leave and come back with somebody's code, or with that of whom they invited.
func (f *fraud) thieves() {
	code := f.ambassador("收编")
	for i := range 6 {
		day := f.between(5, 25)
		f.people = append(f.people, &newcomer{user: f.honest[i], code: code, joins: day, minute: 100 + i, talks: []int{day, day + 2}, fake: true, old: true, texts: f.talk})
	}
}

// day lets a Day happen, and the manager decide about what has waited for two.
func (f *fraud) day(day int) {
	first := f.Community.Calendar.Day(begins)
	morning := f.Community.Calendar.Start(first + community.Day(day)).Add(6 * time.Hour)
	type act struct {
		minute int
		do     func()
	}
	var acts []act
	for _, p := range f.people {
		if p.joins == day {
			acts = append(acts, act{p.minute, func() { f.join(p) }})
		}
		if p.leaves == day && day > 0 {
			acts = append(acts, act{620, func() { f.deliver(f.event(bot.Left, p.user, "大群", "")) }})
		}
		if slices.Contains(p.talks, day) && (p.leaves == 0 || day <= p.leaves) {
			acts = append(acts, act{max(p.minute+3, f.between(0, 600)), func() { f.speak(p, day) }})
		}
	}
	for range 20 {
		acts = append(acts, act{f.between(0, 600), func() { f.says(f.pick(f.honest...), f.talk(0)) }})
	}
	for range 3 {
		acts = append(acts, act{f.between(0, 600), func() { f.says("猜码人", "邀请码 "+ambassador.NewCode(f.rng)) }})
	}
	slices.SortStableFunc(acts, func(a, b act) int { return a.minute - b.minute })
	f.until(morning)
	for _, a := range acts {
		if at := morning.Add(time.Duration(a.minute) * time.Minute); at.After(f.at) {
			f.at = at
		}
		a.do()
	}
	f.decide()
}

func (f *fraud) join(p *newcomer) {
	if p.old {
		f.deliver(f.event(bot.Left, p.user, "大群", ""))
	}
	f.deliver(f.event(bot.Joined, p.user, "大群", ""))
	f.ids[f.member(p.user)] = p
	f.says(p.user, "邀请码 "+p.code)
}

func (f *fraud) speak(p *newcomer, day int) {
	e := f.event(bot.Message, p.user, "大群", p.texts(day))
	if p.with != nil {
		if other := p.with(day); other != "" {
			e.Mentions = []bot.Person{{User: bot.UserID(other), Name: f.names[other], Stable: true}}
		}
	}
	f.deliver(e)
}

// decide is the manager, who knows the truth, two Days after a case was opened.
func (f *fraud) decide() {
	var open []struct{ ID, OpenedAt int64 }
	if err := f.DB.Conn(f.t.Context()).Raw(`SELECT id, opened_at FROM invite_cases WHERE state = 'open' AND kind = ''`).Scan(&open).Error; err != nil {
		f.t.Fatal(err)
	}
	for _, c := range open {
		if f.at.Sub(time.UnixMilli(c.OpenedAt)) < 48*time.Hour {
			continue
		}
		var members []community.MemberID
		if err := f.DB.Conn(f.t.Context()).Raw(`SELECT i.member_id FROM invites i JOIN invite_case_claims l ON l.invite_id = i.id WHERE l.case_id = ?`, c.ID).Scan(&members).Error; err != nil {
			f.t.Fatal(err)
		}
		var real []string
		for _, m := range members {
			if !f.ids[m].fake {
				real = append(real, string(m))
			}
		}
		how := "无效 "
		switch {
		case len(real) == len(members):
			how = "有效 "
		case len(real) > 0:
			how = "无效 除了 " + strings.Join(real, " ") + " "
		}
		if got, _ := f.says("boss", fmt.Sprintf("裁定 %d %s看过了", c.ID, how)); !strings.Contains(got, "撤销") {
			f.t.Fatalf("case %d: %s", c.ID, got)
		}
		f.decided++
	}
}

// measure tells how many points went to what is not real, how many that would have been, how many were paid in all; how many
// real newcomers were ever held, and how many there are.
func (f *fraud) measure() (leaked, tried, paid int64, held, real int) {
	f.t.Helper()
	var rows []struct {
		ID, Vested, Newcomer int64
		MemberID             string
		State                string
		Held                 int
		Paid                 int64
	}
	if err := f.DB.Conn(f.t.Context()).Raw(`SELECT i.id, i.vested, i.newcomer, i.member_id, i.state, (SELECT COUNT(*) FROM invite_case_claims l JOIN invite_cases c ON c.id = l.case_id
		WHERE l.invite_id = i.id AND c.kind = '') AS held, CASE WHEN i.state = 'counts' AND i.parts > 0 THEN i.newcomer ELSE 0 END AS paid FROM invites i`).Scan(&rows).Error; err != nil {
		f.t.Fatal(err)
	}
	leaks := map[string]int64{}
	for _, r := range rows {
		p := f.ids[community.MemberID(r.MemberID)]
		sum := r.Vested + r.Paid
		paid += sum
		if p.fake {
			leaked += sum
			tried += 40
			leaks[string([]rune(p.user)[:2])] += sum
			continue
		}
		real++
		if r.Held > 0 {
			held++
		}
	}
	f.t.Logf("%d claims, %d cases decided; what is leaked: %v; real ones held: %d of %d", len(rows), f.decided, leaks, held, real)
	return leaked, tried, paid, held, real
}

// conserved compares what was issued with what lies in all accounts.
func (f *fraud) conserved() {
	f.t.Helper()
	var sum, issued int64
	if err := f.DB.Conn(f.t.Context()).Raw(`SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM balances`).Row().Scan(&sum); err != nil {
		f.t.Fatal(err)
	}
	out, err := f.Ledger.Balance(f.t.Context(), points.Issued)
	if err != nil {
		f.t.Fatal(err)
	}
	if issued = -out; sum != issued {
		f.t.Errorf("%d points are in accounts, %d were issued", sum, issued)
	}
}
