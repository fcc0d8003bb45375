package post

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// perPage is how many posts the chat lists at once.
const perPage = 10

// upcoming is a post with the next time at which it is sent; the zero time where there is none in sight.
type upcoming struct {
	*post
	next time.Time
}

// upcoming are the posts that have times to come, the first one first.
func (f *feature) upcoming(ctx context.Context, ask occurrences, now time.Time) ([]upcoming, error) {
	posts, err := f.livePosts(ctx, now)
	if err != nil {
		return nil, err
	}
	soon, err := ask(ctx, now.Add(time.Millisecond), now.Add(8*24*time.Hour))
	if err != nil {
		return nil, err
	}
	slots := map[string][]time.Time{}
	for _, o := range soon {
		if o.Job == "post."+sayJob && o.Ending == bot.ToCome {
			slots[o.Key] = append(slots[o.Key], o.Slot)
		}
	}
	days := f.days()
	list := make([]upcoming, len(posts))
	for i, p := range posts {
		list[i].post = p
		var near []time.Time
		if len(p.Groups) > 0 {
			near = slots[key(p.ID, p.Groups[0])]
		}
		if p.When.Spec == "" {
			near = []time.Time{p.When.At}
		}
		for _, slot := range near {
			reason, err := days.excluded(ctx, p, slot)
			if err != nil {
				return nil, err
			}
			if reason == "" {
				list[i].next = slot
				break
			}
		}
		if list[i].next.IsZero() {
			next, _, err := f.coming(ctx, ask, p, now, 1)
			if err != nil {
				return nil, err
			}
			if len(next) > 0 {
				list[i].next = next[0]
			}
		}
	}
	slices.SortStableFunc(list, func(a, b upcoming) int {
		if a.next.IsZero() != b.next.IsZero() {
			return bit(a.next.IsZero()) - bit(b.next.IsZero())
		}
		return a.next.Compare(b.next)
	})
	return list, nil
}

// list is 定时列表: what is to come, in a group for that group.
func (f *feature) list(ctx context.Context, r *bot.Request) error {
	page := 1
	if asked := bot.Fold(strings.TrimSpace(r.Args)); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > mostLive {
			return r.Refuse("list.page")
		}
		page = n
	}
	list, err := f.upcoming(ctx, r.Occurrences, r.At)
	if err != nil {
		return err
	}
	if here := community.GroupID(r.Actor.Group); here != "" {
		list = slices.DeleteFunc(list, func(u upcoming) bool { return !slices.Contains(u.Groups, here) })
	}
	if len(list) == 0 {
		r.Reply(r.T("list.none"))
		return nil
	}
	pages := (len(list) + perPage - 1) / perPage
	page = min(page, pages)
	lines := []string{r.T("list.title", "Count", len(list), "Page", page, "Pages", pages)}
	for _, u := range list[(page-1)*perPage : min(page*perPage, len(list))] {
		what, err := f.describe(ctx, r, u.post, hidden(r, u.post))
		if err != nil {
			return err
		}
		a, err := u.assent(f.who(ctx))
		if err != nil {
			return err
		}
		next := ""
		if !u.next.IsZero() && u.When.Spec != "" {
			next = f.times(r, []time.Time{u.next})
		}
		lines = append(lines, r.T("list.line", "Number", u.number(), "What", what, "Next", next, "State", f.stateText(r.T, u.post, a, r.At)))
	}
	if page < pages {
		lines = append(lines, r.T("list.next", "Page", page+1))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// How much of the past 定时 12 shows.
const (
	stepsShown = 12
	slotsShown = 6
	slotsSince = 30 * 24 * time.Hour
)

// show is 定时 12: everything that is known of a post, in private where it is for other groups.
func (f *feature) show(ctx context.Context, r *bot.Request, id int64) error {
	p, ok, err := f.find(ctx, id)
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("unknown", "ID", id)
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return err
	}
	a, err := p.assent(f.who(ctx))
	if err != nil {
		return err
	}
	lines := []string{
		r.T("show.title", "Number", p.number(), "State", f.stateText(r.T, p, a, r.At)),
		r.T("show.when", "When", f.c.Calendar.SayWhen(r.In("community").T, p.When, r.At), "Groups", groupList(names, p.Groups)),
	}
	if left := f.sayExclusions(r.T, r.In("community").T, p); left != "" {
		lines = append(lines, r.T("left_out", "What", left))
	}
	if p.Picture != "" {
		lines = append(lines, r.T("with_picture", "Name", community.Excerpt(p.Picture, 40)))
	}
	if p.live(r.At) {
		next, _, err := f.coming(ctx, r.Occurrences, p, r.At, 3)
		if err != nil {
			return err
		}
		if len(next) > 0 {
			lines = append(lines, r.T("next", "Times", f.times(r, next)))
		}
	}
	lines = append(lines, r.T("show.text"), p.Text, r.T("show.steps"))
	for _, s := range p.Steps[max(0, len(p.Steps)-stepsShown):] {
		name, err := f.c.Called(ctx, s.Member)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("show.step", "At", f.short(s.At), "Name", name, "Step", r.T("step."+s.What), "Note", f.note(r.T, s), "Undone", s.Undone))
	}
	past, err := f.past(ctx, r.Occurrences, p.ID, r.At)
	if err != nil {
		return err
	}
	if len(past) > 0 {
		lines = append(lines, r.T("show.slots"))
	}
	for _, o := range past[max(0, len(past)-slotsShown):] {
		lines = append(lines, r.T("show.slot", "At", f.short(o.Slot), "Group", names[community.GroupID(o.Group)], "State", f.ending(r.T, o, "")))
	}
	if hidden(r, p) {
		r.Reply(r.T("show.hidden", "Number", p.number()))
		r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
		return nil
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// note is what a step's note says.
func (f *feature) note(t text, s step) string {
	if s.What == stepEdited {
		return t("field." + s.Note)
	}
	return s.Note
}

func (f *feature) short(at time.Time) string { return at.In(f.c.Calendar.Zone()).Format("01-02 15:04") }

// past are the times of a post that have ended, of the last 30 days.
func (f *feature) past(ctx context.Context, ask occurrences, id int64, now time.Time) ([]bot.Occurrence, error) {
	list, err := ask(ctx, now.Add(-slotsSince), now.Add(time.Millisecond))
	return slices.DeleteFunc(list, func(o bot.Occurrence) bool {
		of, _, _, ok := readKey(o.Key)
		return o.Job != "post."+sayJob || !ok || of != id || o.Ending == bot.ToCome
	}), err
}
