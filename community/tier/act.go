package tier

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// undoSaid takes back what a manager said of somebody's tier.
const undoSaid = "tier.said"

// The limits of a lock.
const (
	longestLock   = 365 // Days
	longestReason = 100 // characters
)

// lock is 锁定等级 @x 贡献者 30天 原因.
func (f *feature) lock(ctx context.Context, r *bot.Request) error {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	word, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	tier, ok := community.ReadTier(r.T, word)
	if !ok {
		return r.Refuse("lock.tier", "Command", r.Command(), "Tiers", f.names(r))
	}
	ladder, _, err := f.c.Tiers.Ladder(ctx, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	if !ladder.Has(tier) {
		return r.Refuse("lock.none", "Tier", named(r.T, tier))
	}
	days, reason, ok := period(rest)
	switch {
	case !ok:
		return r.Refuse("lock.days", "Most", longestLock)
	case reason == "":
		return r.Refuse("lock.why", "Command", r.Command())
	case utf8.RuneCountInString(reason) > longestReason:
		return r.Refuse("lock.long", "Most", longestReason)
	}
	act := tiers.Said{Act: tiers.Act{Kind: tiers.Lock, Tier: tier}, Reason: reason}
	if days > 0 {
		act.Until = tiers.Day(f.c.Calendar.Day(r.At)) + tiers.Day(days)
	}
	key := "lock.done"
	if days > 0 {
		key = "lock.done.until"
	}
	return f.say(ctx, r, who, act, key, "Tier", named(r.T, tier), "Date", date(act.Until))
}

// period reads "30天 原因": for how many Days, and why. Without a number of Days it is until it is ended.
func period(s string) (days int, reason string, ok bool) {
	s = strings.TrimSpace(s)
	first, rest, _ := strings.Cut(s, " ")
	number := bot.Fold(first)
	for _, unit := range [...]string{"天", "日", "days", "day", "d"} {
		if n, found := strings.CutSuffix(number, unit); found {
			number = n
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0, s, true
	}
	return n, strings.TrimSpace(rest), n >= 1 && n <= longestLock
}

func (f *feature) names(r *bot.Request) string {
	var list []string
	for _, t := range tiers.All() {
		list = append(list, named(r.T, t))
	}
	return strings.Join(list, r.T("comma"))
}

// unlock is 解锁等级 @x.
func (f *feature) unlock(ctx context.Context, r *bot.Request) error {
	who, err := f.alone(ctx, r)
	if err != nil {
		return err
	}
	held, err := f.c.Tiers.Locked(ctx, who.ID, f.c.Calendar.Day(r.At))
	if err != nil {
		return err
	}
	if held == nil {
		return r.Refuse("unlock.none", "Name", f.c.Words.ScreenName(who.Name))
	}
	return f.say(ctx, r, who, tiers.Said{Act: tiers.Act{Kind: tiers.Unlock}}, "unlock.done")
}

// confirm is 确认等级 @x: a manager's yes to a tier that waits.
func (f *feature) confirm(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, tiers.Confirm, "confirm.done")
}

// decline is 暂缓等级 @x: not yet.
func (f *feature) decline(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, tiers.Decline, "decline.done")
}

func (f *feature) decide(ctx context.Context, r *bot.Request, kind tiers.Kind, key string) error {
	who, err := f.alone(ctx, r)
	if err != nil {
		return err
	}
	s, err := f.c.Tiers.Of(ctx, who.ID)
	if err != nil {
		return err
	}
	if s.Waits == "" {
		return r.Refuse("confirm.none", "Name", f.c.Words.ScreenName(who.Name))
	}
	if err := f.say(ctx, r, who, tiers.Said{Act: tiers.Act{Kind: kind}}, key, "Tier", named(r.T, s.Waits), "Days", int(tiers.Patience)); err != nil {
		return err
	}
	if kind != tiers.Confirm {
		return nil
	}
	return r.Later(ctx, f.c.Noise.Awake(r.At.Add(time.Minute)), tellJob, f.c.Calendar.Day(r.At).String()+"/"+string(who.ID))
}

// alone is who a command is about that says nothing else.
func (f *feature) alone(ctx context.Context, r *bot.Request) (community.Person, error) {
	who, rest, err := f.c.Target(ctx, r)
	if err == nil && rest != "" {
		err = r.Refuse("of.usage", "Command", r.Command())
	}
	return who, err
}

// say puts on record what a manager said of somebody's tier, and answers with the code that takes it back.
func (f *feature) say(ctx context.Context, r *bot.Request, who community.Person, said tiers.Said, key string, kv ...any) error {
	if who.Role >= bot.Moderator || who.Bot {
		return r.Refuse("staff", "Name", f.c.Words.ScreenName(who.Name))
	}
	said.Member, said.By, said.At = string(who.ID), r.Actor.Member, r.At.UnixMilli()
	id, err := f.c.Tiers.Say(ctx, r.At, said)
	if err != nil {
		return err
	}
	code, err := f.c.Undo.Offer(ctx, r, undoSaid, id)
	if err != nil {
		return err
	}
	detail := map[string]any{"act": id}
	if said.Tier != "" {
		detail["tier"], detail["until"] = string(said.Tier), int(said.Until)
	}
	if err := f.c.Audit.Record(ctx, r, "tier."+string(said.Kind), string(who.ID), detail); err != nil {
		return err
	}
	name, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	r.Reply(r.T(key, append(kv, "Name", name)...) + "\n" + r.T("undo", "Code", code))
	return nil
}

func (f *feature) unsay(ctx context.Context, r *bot.Request, payload []byte) error {
	var id int64
	if err := json.Unmarshal(payload, &id); err != nil {
		return err
	}
	ok, err := f.c.Tiers.Unsay(ctx, id)
	if err == nil && !ok {
		err = r.In("tier").Refuse("undo.late")
	}
	return err
}

// waiting is 待确认等级: who waits for a manager's word.
func (f *feature) waiting(ctx context.Context, r *bot.Request) error {
	list, err := f.asked(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("waiting.none"))
		return nil
	}
	lines := []string{r.T("waiting.title", "N", len(list))}
	for _, w := range list[:min(len(list), 20)] {
		lines = append(lines, r.T("waiting.line", "Name", w.name, "ID", string(w.id), "Tier", named(r.T, w.tier)))
	}
	r.Reply(strings.Join(append(lines, r.T("waiting.how", "ID", string(list[0].id))), "\n"))
	return nil
}
