package newcomer

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// window is of how many Days the figures are.
const window = 30

// row of a funnel: how many did something, and how many by each of the reminders' days.
type reached struct {
	all int
	by  []int
}

// funnel is how far the newcomers came who began lately.
type funnel struct {
	begun int
	steps [steps]reached
	ended reached // those who completed all
}

// count adds somebody. age tells on which Day of their path something was.
func (f *funnel) count(p *path, marks []int, age func(at int64) int) {
	add := func(to *reached, at int64) {
		if to.by == nil {
			to.by = make([]int, len(marks))
		}
		if at == 0 {
			return
		}
		to.all++
		for i, d := range marks {
			if age(at) <= d {
				to.by[i]++
			}
		}
	}
	f.begun++
	for s := range steps {
		add(&f.steps[s], p.Done[s].At)
	}
	end := int64(0)
	if p.How == completed {
		end = p.Ended
	}
	add(&f.ended, end)
}

// report is what managers see of all paths.
type report struct {
	funnel
	open  []person // in the order in which they began
	names map[community.MemberID]string
	dir   *community.Directory
}

// report reads it from the tables alone: views run beside the events.
func (f *newcomer) report(ctx context.Context, at time.Time) (r report, err error) {
	if r.dir, err = f.c.Directory(ctx); err != nil {
		return r, err
	}
	rows, err := f.paths(ctx, `1 = 1 ORDER BY started_at, member_id`)
	if err != nil {
		return r, err
	}
	people := map[community.MemberID][]path{}
	var order []community.MemberID
	for _, row := range rows {
		who := r.dir.Who(row.Member)
		if people[who] == nil {
			order = append(order, who)
		}
		people[who] = append(people[who], row)
	}
	since := f.c.Calendar.Start(f.c.Calendar.Day(at) - window + 1).UnixMilli()
	var stuck []community.MemberID
	for _, who := range order {
		p, _ := combine(people[who])
		if p.open() && !f.over(&p.path, at) {
			p.Member = who
			r.open, stuck = append(r.open, p), append(stuck, who)
		}
		if p.Started >= since {
			r.count(&p.path, f.cfg.Reminders, func(at int64) int { return f.age(&p.path, bot.FromMillis(at)) })
		}
	}
	r.names, err = r.dir.Called(ctx, stuck...)
	return r, err
}
