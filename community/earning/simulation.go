package earning

import (
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Row is a stored message of a group, with people as they are known today.
type Row struct {
	Seq      int64
	At       time.Time
	Day      community.Day
	Group    community.GroupID
	Member   community.MemberID
	Form     bot.Form
	Chars    int
	Text     string               // empty where it is not kept
	Named    []community.MemberID // whom it mentions, and whose message it quotes
	Recalled bool
	Staff    bool // its author is staff, or a bot
	Command  bool
}

// Tally is what a rule paid.
type Tally struct{ Times, Points int64 }

func (t *Tally) add(points int64) { t.Times, t.Points = t.Times+1, t.Points+points }

// Simulation judges stored messages by rules, as the running bot would have. Nothing is written. Each message is
// judged in the order in which it was accepted; where its words are gone, only its length and time count.
type Simulation struct {
	Rules   map[string]*Tally            // what each rule paid
	People  map[community.MemberID]int64 // what each person got
	Reasons map[Reason]int               // of messages of people who can earn: why they earned nothing by themselves
	Fit     int                          // messages of people who can earn that are long enough

	cfg      Config
	staff    func(community.MemberID) bool
	lookback community.Day
	rings    map[community.GroupID]*ring
	windows  map[community.MemberID]*window
	spoke    map[community.GroupID]map[community.MemberID]time.Time
	thanks   map[community.Day][]thank
}

// Simulate begins a simulation of rules. staff tells who is thanked in vain.
func Simulate(cfg Config, staff func(community.MemberID) bool) *Simulation {
	return &Simulation{
		Rules: map[string]*Tally{}, People: map[community.MemberID]int64{}, Reasons: map[Reason]int{}, cfg: cfg, staff: staff, lookback: lookback(cfg),
		rings: map[community.GroupID]*ring{}, windows: map[community.MemberID]*window{},
		spoke: map[community.GroupID]map[community.MemberID]time.Time{}, thanks: map[community.Day][]thank{},
	}
}

// Message judges the next message.
func (s *Simulation) Message(row Row) {
	g := s.rings[row.Group]
	if g == nil {
		g = &ring{}
		s.rings[row.Group], s.spoke[row.Group] = g, map[community.MemberID]time.Time{}
	}
	g.add(said{seq: row.Seq, at: row.At, origin: row.Member, form: row.Form, chars: row.Chars, text: row.Text})
	if row.Form == bot.Text && !row.Command && thanks(row.Text) {
		s.thank(g, row)
	}
	if last := s.spoke[row.Group]; row.At.After(last[row.Member]) {
		last[row.Member] = row.At
	}
	rule := s.cfg.rule(ruleOf(row.Form))
	if rule.Amount == 0 {
		return
	}
	s.earn(g, rule, row)
}

func (s *Simulation) earn(g *ring, rule Rule, row Row) {
	w := s.windows[row.Member]
	if w == nil {
		w = newWindow(0, nil)
		s.windows[row.Member] = w
	}
	w.forget(rule.Name, row.Day-s.lookback)
	here := g.last(row.Seq)
	m := Message{At: row.At, Day: row.Day, Text: row.Text != "", Chars: row.Chars, Print: here.read(), Staff: row.Staff, Command: row.Command}
	v := Judge(rule, Recent{Earned: w.counts[rule.Name], Around: g.around(row.Seq, row.At, []community.MemberID{row.Member})}, m)
	if v.Reason != Staff && v.Reason != Command && v.Reason != Short && v.Reason != Emoji {
		s.Fit++
	}
	if !v.Earns {
		s.Reasons[v.Reason]++
		return
	}
	w.add(rule.Name, m.earned())
	if !row.Recalled {
		s.pay(rule.Name, row.Member, rule.Amount)
	}
}

func (s *Simulation) pay(rule string, to community.MemberID, amount int64) {
	if s.Rules[rule] == nil {
		s.Rules[rule] = &Tally{}
	}
	s.Rules[rule].add(amount)
	s.People[to] += amount
}

// Add counts what another rule would have paid somebody so many times.
func (s *Simulation) Add(rule string, to community.MemberID, times, amount int64) {
	if amount == 0 {
		return
	}
	for range times {
		s.pay(rule, to, amount)
	}
}

func (s *Simulation) thank(g *ring, row Row) {
	if s.cfg.Thanks.Amount == 0 {
		return
	}
	seen := []community.MemberID{row.Member}
	for _, to := range row.Named {
		if slices.Contains(seen, to) {
			continue
		}
		if seen = append(seen, to); len(seen) > 1+mostThanked {
			return
		}
		last, ok := s.spoke[row.Group][to]
		here := ok && row.At.Sub(last) <= justNow || g.tookPart(row.Seq, []community.MemberID{to})
		if !here || s.staff(to) {
			continue
		}
		s.thanks[row.Day] = append(s.thanks[row.Day], thank{
			from: row.Member, to: to, day: row.Day, seq: row.Seq, at: row.At, price: s.cfg.Thanks.Amount, cap: s.cfg.Thanks.Cap, given: s.cfg.Thanks.Given,
		})
		list := s.thanks[row.Day]
		limitThanks(list, func(id community.MemberID) community.MemberID { return id })
		for _, t := range list {
			if t.seq == row.Seq && t.to == to && t.counts && !row.Recalled {
				s.pay(ruleThanks, to, t.price)
			}
		}
	}
}
