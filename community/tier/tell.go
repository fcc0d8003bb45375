package tier

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// mostCheered is how many people are congratulated in one message.
const mostCheered = 5

// fresh is for how long news of a tier is worth saying.
const fresh = 12 * time.Hour

// tell tells what changed on a Day, which is the key: to everybody whom it is about, or to one person, whose id follows.
func (f *feature) tell(ctx context.Context, r *bot.Request) error {
	key, only, _ := strings.Cut(r.Key, "/")
	day, err := community.ParseDay(key)
	if err != nil {
		return err
	}
	list, err := f.c.Tiers.Between(ctx, day, day+1)
	if err != nil {
		return err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return err
	}
	gone, err := f.c.Gone(ctx)
	if err != nil {
		return err
	}
	var risen []tiers.Entry
	asked := false
	for _, e := range list {
		member := community.MemberID(e.Member)
		if out[member] || slices.Contains(gone, member) || only != "" && only != e.Member {
			continue
		}
		switch e.Cause {
		case tiers.Promoted:
			if only == "" {
				risen = append(risen, e)
			}
		case tiers.Confirmed:
			risen = append(risen, e)
		case tiers.Reviewed, tiers.Demoted, tiers.Recovered:
			if err := f.owe(ctx, r, e); err != nil {
				return err
			}
		case tiers.Awaiting:
			asked = true
		}
	}
	if asked {
		if err := f.askManagers(ctx, r); err != nil {
			return err
		}
	}
	return f.congratulate(ctx, r, risen)
}

// owe tells somebody in private what they are owed: that a review saw them below, what became of it, and what to do. Where
// they can't be reached 我的等级 says it.
func (f *feature) owe(ctx context.Context, r *bot.Request, e tiers.Entry) error {
	name, err := f.c.Called(ctx, community.MemberID(e.Member))
	if err != nil {
		return err
	}
	kv := []any{"Name", name, "Tier", named(r.T, e.To), "From", named(r.T, e.From), "Date", date(e.Day + tiers.Grace)}
	if e.Cause == tiers.Reviewed {
		ladder, _, err := f.c.Tiers.Ladder(ctx, community.Day(e.Day))
		if err != nil {
			return err
		}
		kept, _ := ladder.Classify(e.Facts, e.To).Kept()
		kv = append(kv, "Step", steps(r.T, kept.Missing()))
	}
	return f.aside(ctx, r, e.Member, r.T("tell."+string(e.Cause), kv...), bot.Notice)
}

// aside says something in private to who can be written to.
func (f *feature) aside(ctx context.Context, r *bot.Request, member, text string, priority bot.Priority) error {
	open, err := f.c.Reachable(ctx, member)
	if err != nil || !open {
		return err
	}
	at := f.c.Noise.Awake(r.At)
	o := bot.Outgoing{Member: member, Text: text, Priority: priority, NotAfter: at.Add(fresh)}
	if at.After(r.At) {
		o.NotBefore = at
	}
	r.Send(o)
	return nil
}

// askManagers tells the managers who waits for their word.
func (f *feature) askManagers(ctx context.Context, r *bot.Request) error {
	list, err := f.asked(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	lines := []string{r.T("waiting.title", "N", len(list))}
	for _, w := range list[:min(len(list), 20)] {
		lines = append(lines, r.T("waiting.line", "Name", w.name, "ID", string(w.id), "Tier", named(r.T, w.tier)))
	}
	lines = append(lines, r.T("waiting.how", "ID", string(list[0].id)))
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, m := range managers {
		if err := f.aside(ctx, r, string(m), strings.Join(lines, "\n"), bot.Notice); err != nil {
			return err
		}
	}
	return nil
}

// asked are those who wait for a manager's word, in the order of their ids.
type waits struct {
	id   community.MemberID
	name string
	tier tiers.Tier
}

func (f *feature) asked(ctx context.Context) (list []waits, err error) {
	all, err := f.c.Tiers.All(ctx)
	if err != nil {
		return nil, err
	}
	out, err := f.c.LeftOut(ctx)
	if err != nil {
		return nil, err
	}
	var ids []community.MemberID
	for id, s := range all {
		if s.Waits != "" && !out[id] {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, byAge)
	names, err := f.c.Names(ctx, ids...)
	for _, id := range ids {
		list = append(list, waits{id, names[id], all[id].Waits})
	}
	return list, err
}

// byAge orders ids by their age.
func byAge(a, b community.MemberID) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(string(a), string(b))
}

// congratulate cheers those who rose: in their group where the community announces the tier, and they want to be named;
// in private otherwise, where they can be written to.
func (f *feature) congratulate(ctx context.Context, r *bot.Request, risen []tiers.Entry) error {
	mute, err := f.c.Consent.All(ctx, community.NoNudge)
	if err != nil {
		return err
	}
	type room struct {
		group community.GroupID
		tier  tiers.Tier
	}
	var rooms []room
	cheered := map[room][]string{}
	for _, e := range risen {
		member := community.MemberID(e.Member)
		group := community.GroupID("")
		if slices.Contains(f.cfg.Announce, string(e.To)) && !mute[member] {
			if group, err = f.c.Home(ctx, member); err != nil {
				return err
			}
		}
		if group == "" {
			if err := f.cheerAside(ctx, r, e); err != nil {
				return err
			}
			continue
		}
		at := room{group, e.To}
		if cheered[at] == nil {
			rooms = append(rooms, at)
		}
		cheered[at] = append(cheered[at], e.Member)
	}
	slices.SortStableFunc(rooms, func(a, b room) int {
		if a.tier != b.tier && a.tier.Above(b.tier) {
			return -1
		}
		return 0
	})
	for _, at := range rooms {
		for part := range slices.Chunk(cheered[at], mostCheered) {
			if err := f.cheer(ctx, r, at.group, at.tier, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *feature) cheerAside(ctx context.Context, r *bot.Request, e tiers.Entry) error {
	name, err := f.c.Called(ctx, community.MemberID(e.Member))
	if err != nil {
		return err
	}
	return f.aside(ctx, r, e.Member, r.T("tell.promoted", "Name", name, "Tier", named(r.T, e.To)), bot.Friendly)
}

// cheer congratulates some people in a group, where it may hear something unasked.
func (f *feature) cheer(ctx context.Context, r *bot.Request, group community.GroupID, tier tiers.Tier, members []string) error {
	place, err := f.c.Place(ctx, group)
	if err != nil {
		return err
	}
	in := r.In("tier")
	if place.Language != "" {
		in.Actor.Language = place.Language
	}
	var names []string
	for _, m := range members {
		name, err := f.c.Called(ctx, community.MemberID(m))
		if err != nil {
			return err
		}
		names = append(names, "@"+name)
	}
	text := in.T("tell.group", "Names", strings.Join(names, " "), "Tier", named(in.T, tier))
	ok, err := f.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: group, Feature: "tier", Text: text})
	if err != nil || !ok {
		return err
	}
	r.Send(bot.Outgoing{Group: string(group), Text: text, Mention: members, Priority: bot.Friendly, NotAfter: r.At.Add(fresh)})
	return nil
}

// turn announces a ladder that will be in force, in all groups.
func (f *feature) turn(ctx context.Context, r *bot.Request) error {
	_, next, err := f.c.Tiers.Ladder(ctx, f.c.Calendar.Day(r.At))
	if err != nil || next.From == 0 {
		return err
	}
	groups, err := f.c.AdoptedGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		in := r.In("tier")
		if g.Language != "" {
			in.Actor.Language = g.Language
		}
		text := in.T("ladder.change", "Date", date(next.From)) + "\n" + rungs(in.T, next.Ladder)
		ok, err := f.c.Noise.TakeFor(ctx, r.At, community.Unasked{Group: g.ID, Feature: "tier", Text: text, Dated: true})
		if err != nil {
			return err
		}
		if ok {
			r.Send(bot.Outgoing{Group: string(g.ID), Text: text, Priority: bot.Post, Dated: true})
		}
	}
	return nil
}
