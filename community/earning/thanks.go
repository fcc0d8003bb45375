package earning

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Who took part in a talk: whoever spoke in it this short ago, or in one of so many messages.
const (
	justNow      = 30 * time.Minute
	lastMessages = 10
)

// mostThanked is how many people one message thanks.
const mostThanked = 3

// The words of thanks, and phrases that hold one and thank nobody.
var (
	thanksWords = []string{"谢谢", "感谢", "多谢", "谢啦", "谢了", "谢过", "辛苦了", "thanks", "thank you", "thx", "3q"}
	noThanks    = strings.NewReplacer("不用谢谢", "", "不谢谢", "", "不感谢", "", "感谢信", "", "感谢不尽", "感谢", "no thanks", "", "no, thanks", "")
)

// thanks tells whether a text thanks somebody.
func thanks(text string) bool {
	if !strings.ContainsAny(text, "谢辛qQxXsSuU３ＱｑＴｔ") {
		return false
	}
	text = noThanks.Replace(bot.Fold(text))
	for _, word := range thanksWords {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// thanked pays those whom a message thanks: people it mentions, or whose message it quotes, who just took part.
func (f *earning) thanked(ctx context.Context, r *bot.Request, g *ring) error {
	mentions, quoted, err := f.addressed(ctx, r.Seq)
	if err != nil {
		return err
	}
	giver := community.MemberID(r.Actor.Member)
	seen := map[community.MemberID]bool{giver: true}
	for _, id := range strings.Fields(mentions + " " + quoted) {
		origin := community.MemberID(id)
		who, err := f.c.Who(ctx, origin)
		if err != nil {
			return err
		}
		if seen[who] {
			continue
		}
		if seen[who] = true; len(seen) > 1+mostThanked {
			return nil
		}
		if err := f.thankOne(ctx, r, g, origin); err != nil {
			return err
		}
	}
	return nil
}

// thankOne keeps that somebody was thanked, and pays it where it counts.
func (f *earning) thankOne(ctx context.Context, r *bot.Request, g *ring, to community.MemberID) error {
	ids, err := f.c.IDs(ctx, to)
	if err != nil {
		return err
	}
	if here, err := f.tookPart(ctx, r, g, ids); err != nil || !here {
		return err
	}
	t := thank{
		from: community.MemberID(r.Actor.Origin), to: to, day: f.c.Calendar.Day(r.At), seq: r.Seq, at: r.At,
		price: f.cfg.Thanks.Amount, cap: f.cfg.Thanks.Cap, given: f.cfg.Thanks.Given,
	}
	if t.recalled, err = f.isEarly(ctx, r.ID); err != nil {
		return err
	}
	place, err := f.c.Place(ctx, community.GroupID(r.Actor.Group))
	if err == nil && !place.Test { // it is in figures
		err = f.c.Activity.Edge(ctx, t.day, t.from, t.to, community.Thanked)
	}
	if err != nil || t.price == 0 {
		return err
	}
	who, err := f.c.Person(ctx, to)
	if err != nil || who.Role >= bot.Moderator || who.Bot || t.recalled {
		return err
	}
	if err := f.recordThank(ctx, t); err != nil {
		return err
	}
	counts, err := f.countsNow(ctx, t)
	if err != nil || !counts {
		return err
	}
	return f.pay(ctx, t.key(), t.to, t.price, r.T("reason.thanks"), r.At)
}

// countsNow tells whether a thank that was just recorded counts among all of its Day.
func (f *earning) countsNow(ctx context.Context, t thank) (bool, error) {
	list, err := f.thanksOf(ctx, t.day)
	if err != nil {
		return false, err
	}
	who, err := f.people(ctx, list)
	if err != nil {
		return false, err
	}
	limitThanks(list, who)
	for _, o := range list {
		if o.seq == t.seq && o.to == t.to {
			return o.counts, nil
		}
	}
	return false, nil
}

// people resolves the ids of thanks.
func (f *earning) people(ctx context.Context, list []thank) (func(community.MemberID) community.MemberID, error) {
	who := map[community.MemberID]community.MemberID{}
	for _, t := range list {
		for _, id := range [...]community.MemberID{t.from, t.to} {
			if _, ok := who[id]; ok {
				continue
			}
			person, err := f.c.Who(ctx, id)
			if err != nil {
				return nil, err
			}
			who[id] = person
		}
	}
	return func(id community.MemberID) community.MemberID { return who[id] }, nil
}
