package tier

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// threshold is one requirement of the configured ladder that can be tried with another number.
type threshold struct {
	rung, need, part int
	name             string // of its parameter
	label            string // key of its text
	tiers.Requirement
}

// thresholds are those of the configured ladder that have a name.
func (f *feature) thresholds() (list []threshold) {
	for i, rung := range f.cfg.Tiers() {
		if rung.Tier == tiers.Onlooker {
			continue // what it asks for is not configured
		}
		for j, need := range rung.Needs {
			for k, r := range need {
				if !slices.Contains(tiers.AllFacts(), r.Fact) {
					continue
				}
				name := string(rung.Tier) + "_" + string(r.Fact)
				if slices.ContainsFunc(list, func(t threshold) bool { return t.name == name }) {
					name += "_or"
				}
				list = append(list, threshold{i, j, k, name, "whatif." + string(rung.Tier) + "." + string(r.Fact), r})
			}
		}
	}
	return list
}

func (f *feature) whatIfParams() (params []bot.Param) {
	for _, t := range f.thresholds() {
		params = append(params, bot.Param{Name: t.name, Label: t.label, Kind: bot.Identifier})
	}
	return params
}

// tried is the configured ladder with the thresholds that a reader asks for.
func (f *feature) tried(q *bot.Query) (ladder tiers.Ladder, shown bot.Table) {
	shown = bot.Table{Key: "thresholds", Columns: []bot.Column{{Key: "threshold", Title: q.T("whatif.threshold")}, {Key: "as_is", Title: q.T("whatif.as_is"), Numbers: true},
		{Key: "tried", Title: q.T("whatif.tried"), Numbers: true}}}
	ladder = f.cfg.Tiers() // made anew each time
	for _, t := range f.thresholds() {
		least := t.Least
		if n, err := strconv.Atoi(q.Params[t.name]); err == nil && n > 0 && n <= 1_000_000 {
			least = n
		}
		ladder[t.rung].Needs[t.need][t.part].Least = least
		shown.Rows = append(shown.Rows, bot.Row{Key: t.name, Cells: []bot.Cell{{Text: q.T(t.label)}, number(t.Least), number(least)}})
	}
	return ladder, shown
}

// trial is who would move if a ladder were in force.
type trial struct {
	moves     []trialMove
	now, then map[tiers.Tier]int
}

type trialMove struct {
	id       community.MemberID
	from, to tiers.Tier
	way      string // up or down
}

// try finds who would move, by the facts of the 28 Days that end with a Day and what everybody holds. It reads tables only.
func (f *feature) try(ctx context.Context, ladder tiers.Ladder, day community.Day) (t trial, err error) {
	t.now, t.then = map[tiers.Tier]int{}, map[tiers.Tier]int{}
	facts, err := f.c.Tiers.FactsOf(ctx, day)
	if err != nil {
		return t, err
	}
	held, err := f.c.Tiers.All(ctx)
	if err != nil {
		return t, err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return t, err
	}
	for id := range held {
		if _, ok := facts[id]; !ok {
			facts[id] = tiers.Facts{}
		}
	}
	for id, one := range facts {
		if out[id] {
			continue
		}
		from := cmp.Or(held[id].Tier, ladder[0].Tier)
		to, way := ladder.Would(one, from)
		t.now[from]++
		t.then[to]++
		if way != "" {
			t.moves = append(t.moves, trialMove{id, from, to, way})
		}
	}
	slices.SortFunc(t.moves, func(a, b trialMove) int {
		return cmp.Or(cmp.Compare(b.way, a.way), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	return t, nil
}

// whatIf shows who would move if the ladder asked for something else.
func (f *feature) whatIf(ctx context.Context, q *bot.Query) (bot.Page, error) {
	ladder, thresholds := f.tried(q)
	day := f.c.Calendar.Day(q.At) - 1
	t, err := f.try(ctx, ladder, day)
	if err != nil {
		return bot.Page{}, err
	}
	counts := bot.Table{Key: "tiers", Empty: q.T("view.empty"), Columns: []bot.Column{{Key: "tier", Title: q.T("view.tier")}, {Key: "now", Title: q.T("whatif.now"), Numbers: true}, {Key: "then", Title: q.T("whatif.then"), Numbers: true}}}
	for _, tier := range slices.Backward(tiers.All()) {
		if tier != ladder[0].Tier && t.now[tier]+t.then[tier] > 0 { // who only reads has no facts, and is not counted
			counts.Rows = append(counts.Rows, bot.Row{Key: string(tier), Cells: []bot.Cell{{Text: named(q.T, tier), Value: string(tier)}, number(t.now[tier]), number(t.then[tier])}})
		}
	}
	moves, err := f.trialRows(ctx, q, t.moves)
	return bot.Page{Note: q.T("whatif.note", "Day", day), Tables: []bot.Table{counts, moves, thresholds}}, err
}

// trialRows are those who would move, as many as fit on a page.
func (f *feature) trialRows(ctx context.Context, q *bot.Query, moves []trialMove) (bot.Table, error) {
	list := bot.Table{Key: "moves", Title: q.T("whatif.moves"), Empty: q.T("whatif.none"), Columns: []bot.Column{{Key: "member", Title: q.T("view.member")}, {Key: "tier", Title: q.T("whatif.now")},
		{Key: "would", Title: q.T("whatif.would")}, {Key: "way", Title: q.T("view.state")}}}
	from, _ := strconv.Atoi(q.After) // empty: from the beginning
	from = min(max(0, from), len(moves))
	shown := moves[from:min(len(moves), from+q.Limit)]
	if from+q.Limit < len(moves) {
		list.Next = strconv.Itoa(from + q.Limit)
	}
	people, err := f.c.Directory(ctx)
	if err != nil {
		return list, err
	}
	var ids []community.MemberID
	for _, m := range shown {
		ids = append(ids, m.id)
	}
	names, err := people.Called(ctx, ids...)
	for _, m := range shown {
		list.Rows = append(list.Rows, bot.Row{Key: string(m.id), Cells: []bot.Cell{people.Cell(names, m.id), {Text: named(q.T, m.from), Value: string(m.from)},
			{Text: named(q.T, m.to), Value: string(m.to)}, {Text: q.T("whatif." + m.way), Value: m.way}}})
	}
	return list, err
}
