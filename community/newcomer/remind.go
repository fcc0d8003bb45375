package newcomer

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// stillMissing is the guard of reminders.
const stillMissing = "still"

// Why a reminder was not said.
const (
	nobody = "nobody"
	word   = "word"
)

// patient is how long a reminder is worth saying: no longer than its Day lasts.
const patient = 8 * time.Hour

// repeats is what the key of a run begins with that says anew what a guard held back.
const repeats = "again/"

// reminded is somebody whose turn it is.
type reminded struct {
	person
	name string
	day  int // which reminder it is
}

// remind ends what is too old, finishes what is complete, and tells the others what is missing: one message in each
// group, or in private where the configuration wants it so.
func (f *newcomer) remind(ctx context.Context, r *bot.Request) error {
	groups, err := f.turns(ctx, r)
	if err != nil {
		return err
	}
	said, held := 0, nobody
	for _, g := range groups {
		list, err := f.aside(ctx, r, g.list, &said)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		// Where there are too many for one message, those come first who heard least.
		slices.SortStableFunc(list, func(a, b reminded) int { return cmp.Compare(a.Reminded, b.Reminded) })
		reason, err := f.call(ctx, r, g.id, list[:min(len(list), f.cfg.Mentions)])
		if err != nil {
			return err
		}
		if reason == "" {
			said++
		} else {
			held = reason
		}
	}
	if said == 0 {
		r.Skip(held)
	}
	return nil
}

// turn are those of a group whose turn it is, in the order in which they began.
type turn struct {
	id   community.GroupID
	list []reminded
}

func (f *newcomer) turns(ctx context.Context, r *bot.Request) (groups []turn, err error) {
	rows, err := f.paths(ctx, `ended_at = 0 ORDER BY started_at, member_id`)
	if err != nil {
		return nil, err
	}
	seen := map[community.MemberID]bool{}
	for _, row := range rows {
		who, err := f.c.Who(ctx, row.Member)
		if err != nil {
			return nil, err
		}
		if seen[who] {
			continue
		}
		seen[who] = true
		t, ok, err := f.turnOf(ctx, r, who)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		i := slices.IndexFunc(groups, func(g turn) bool { return g.id == t.Group })
		if i < 0 {
			i, groups = len(groups), append(groups, turn{id: t.Group})
		}
		groups[i].list = append(groups[i].list, t)
	}
	slices.SortFunc(groups, func(a, b turn) int { return cmp.Or(cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id)) })
	return groups, f.close(ctx, f.c.Calendar.Start(f.c.Calendar.Day(r.At)-community.Day(f.cfg.Days)), r.At)
}

// turnOf tells whether it is somebody's turn: as they are now, who is there, is no staff and wants to be told.
func (f *newcomer) turnOf(ctx context.Context, r *bot.Request, who community.MemberID) (t reminded, ok bool, err error) {
	p, ok, err := f.person(ctx, who)
	if err != nil || !ok || !p.open() || f.over(&p.path, r.At) {
		return t, false, err
	}
	if complete, err := f.review(ctx, r, &p); err != nil || complete {
		return t, false, err
	}
	day, ok := due(f.age(&p.path, r.At), f.cfg.Reminders, p.Reminded)
	if !ok {
		return t, false, nil
	}
	known, err := f.c.Person(ctx, who)
	if err != nil || known.Role >= bot.Moderator || known.Bot {
		return t, false, err
	}
	if quiet, err := f.c.Consent.Has(ctx, who, community.NoNudge); err != nil || quiet {
		return t, false, err
	}
	if p.Group, err = f.home(ctx, &p); err != nil || p.Group == "" {
		return t, false, err
	}
	name, err := f.c.Called(ctx, who)
	p.Member = who
	return reminded{p, name, day}, err == nil, err
}

// aside reminds those in private who are to be told there and can be, and gives the others.
func (f *newcomer) aside(ctx context.Context, r *bot.Request, list []reminded, said *int) (others []reminded, err error) {
	for i := range list {
		t := &list[i]
		open := false
		if f.cfg.Private {
			if open, err = f.c.Reachable(ctx, string(t.Member)); err != nil {
				return nil, err
			}
		}
		if !open {
			others = append(others, *t)
			continue
		}
		in := f.in(r, "")
		at := f.c.Noise.Awake(r.At)
		ref := f.ref(r, string(t.Member))
		r.Send(bot.Outgoing{
			Member: string(t.Member), Text: in.T("remind.private", "Name", t.name, "How", f.how(in, t.missing()[0])), Ref: ref,
			Priority: bot.Friendly, NotBefore: later(r, at), NotAfter: at.Add(patient), Guard: stillMissing,
		})
		if err := f.keep(ctx, t, ref); err != nil {
			return nil, err
		}
		*said++
	}
	return others, nil
}

// call reminds several people in their group; the reason tells why not.
func (f *newcomer) call(ctx context.Context, r *bot.Request, group community.GroupID, list []reminded) (reason string, err error) {
	in, err := f.inGroup(ctx, r, group)
	if err != nil {
		return "", err
	}
	u := community.Unasked{Group: group, Feature: "newcomer", Text: f.reminder(in, list)}
	if _, bad := f.c.Words.Forbidden(u.Text); bad {
		reason = word
	} else if reason, err = f.c.Noise.Try(ctx, r.At, u); err != nil {
		return "", err
	}
	if reason != "" {
		return reason, f.c.Noise.Withhold(ctx, r.At, u, reason)
	}
	o := bot.Outgoing{Group: string(group), Text: u.Text, Ref: f.ref(r, string(group)), Priority: bot.Friendly, NotAfter: r.At.Add(patient), Guard: stillMissing}
	for i := range list {
		o.Mention = append(o.Mention, string(list[i].Member))
		if err := f.keep(ctx, &list[i], o.Ref); err != nil {
			return "", err
		}
	}
	r.Send(o)
	return "", nil
}

// reminder is what a group is told: who has what still before them.
func (f *newcomer) reminder(in *bot.Request, list []reminded) string {
	lines := []string{in.T("remind.title")}
	for _, kind := range kinds {
		var names []string
		for i := range list {
			if list[i].kind() == kind {
				names = append(names, "@"+list[i].name)
			}
		}
		if len(names) > 0 {
			lines = append(lines, in.T("remind."+kind, "Names", strings.Join(names, " "), "Tag", f.cfg.IntroductionTags[0], "Question", f.question(in)))
		}
	}
	return strings.Join(append(lines, in.T("remind.end")), "\n")
}

// ref names a reminder: by its run, and to whom it is.
func (f *newcomer) ref(r *bot.Request, to string) string {
	key := "first"
	if strings.HasPrefix(r.Key, repeats) {
		key = "again"
	}
	return fmt.Sprintf("%s/%d/%s", key, r.At.UnixMilli(), to)
}

// keep keeps which reminder somebody got, and what it said, for all of their ids.
func (f *newcomer) keep(ctx context.Context, t *reminded, ref string) error {
	kind := t.kind()
	for i := range t.rows {
		row := &t.rows[i]
		if !row.open() {
			continue
		}
		row.Before, row.Reminded, row.Ref, row.Kind = t.Reminded, t.day, ref, kind
		if err := f.save(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// stillMissing is asked when a reminder is about to be sent: it is held back where somebody whom it speaks to has gone
// on since, left, or wants to be told nothing.
func (f *newcomer) stillMissing(ctx context.Context, o bot.Outgoing, now time.Time) (reason string, err error) {
	rows, err := f.paths(ctx, `reminder = ?`, o.Ref)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		p, ok, err := f.person(ctx, row.Member)
		if err != nil {
			return "", err
		}
		same := ok && p.open() && p.kind() == row.Kind
		for s, name := range facts {
			if same && p.Done[s].At == 0 {
				n, err := f.c.Facts.Count(ctx, name, p.Member, bot.FromMillis(p.Started), now.Add(time.Millisecond))
				if err != nil {
					return "", err
				}
				same = n == 0
			}
		}
		if same {
			quiet, err := f.c.Consent.Has(ctx, row.Member, community.NoNudge)
			if err != nil {
				return "", err
			}
			here, err := f.home(ctx, &p)
			if err != nil {
				return "", err
			}
			same = here != "" && !quiet && (o.Group == "" || o.Group == string(here))
		}
		if !same {
			return "somebody it speaks to has gone on since", nil
		}
	}
	return "", nil
}

// settled takes a reminder back that nobody heard, and says once more, to those whom it is still for, what its guard
// held back. One that could not be said as long as it was worth saying is over: there is another day.
func (f *newcomer) settled(ctx context.Context, r *bot.Request) error {
	if r.Ref == "" || r.Outcome != bot.Withheld && r.Outcome != bot.Failed {
		return nil
	}
	rows, err := f.paths(ctx, `reminder = ?`, r.Ref)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		row.Reminded, row.Ref, row.Kind = row.Before, "", ""
		if err := f.save(ctx, row); err != nil {
			return err
		}
	}
	run, first := strings.CutPrefix(r.Ref, "first/")
	run, _, _ = strings.Cut(run, "/")
	at, err := strconv.ParseInt(run, 10, 64)
	late := err == nil && !r.At.Before(bot.FromMillis(at).Add(patient))
	if len(rows) == 0 || r.Outcome != bot.Withheld || !first || late {
		return nil
	}
	return r.Later(ctx, r.At.Add(time.Minute), remindJob, repeats+f.c.Calendar.Day(r.At).String())
}
