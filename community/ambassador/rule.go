package ambassador

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// appealWithin is how long after a decision somebody may say that it is wrong.
const appealWithin = 14 * 24 * time.Hour

// The decisions, by the words of managers.
const (
	ruleValid   = "valid"   // the invitations count
	ruleInvalid = "invalid" // they don't
	ruleMove    = "move"    // of two people's codes the later counts
)

var ruleWords = map[string]string{
	"有效": ruleValid, "不成立": ruleValid, "valid": ruleValid, "无效": ruleInvalid, "成立": ruleInvalid, "invalid": ruleInvalid, "改记": ruleMove, "move": ruleMove,
}

// meant is the case whose number arguments begin with, and what follows.
func (f *feature) meant(ctx context.Context, r *bot.Request) (d doubt, rest string, err error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(r.Args), " ")
	id, err := strconv.ParseInt(strings.TrimPrefix(bot.Fold(word), "#"), 10, 64)
	if err != nil {
		return d, "", r.Refuse("case.which", "Command", r.Command())
	}
	list, err := f.cases(ctx, `WHERE id = ?`, id)
	if err == nil && len(list) == 0 {
		err = r.Refuse("case.unknown", "ID", id)
	}
	if err != nil {
		return d, "", err
	}
	return list[0], strings.TrimSpace(rest), nil
}

// ruled is what an undo of a decision needs.
type ruled struct {
	Case    int64            `json:"case"`
	Turn    int64            `json:"turn"`
	State   string           `json:"state"`
	Reason  string           `json:"reason"`
	Reviews map[int64]Review `json:"reviews"` // as they were
	Stood   []stood          `json:"stood"`   // what had been paid
}

// stood is what stood in the ledger under a key.
type stood struct {
	Key    string             `json:"key"`
	Origin community.MemberID `json:"origin"`
	From   points.Account     `json:"from"`
	Amount int64              `json:"amount"`
	Reason string             `json:"reason"`
}

// standing reads what was paid by invitations.
func (f *feature) standing(ctx context.Context, r *bot.Request, claims []*invite) (list []stood, err error) {
	for _, v := range claims {
		from := points.Account("")
		if v.Budget != "" {
			from = escrow(v)
		}
		name, err := f.c.Called(ctx, v.Member)
		if err != nil {
			return nil, err
		}
		all := []stood{{newcomerKey(v.ID), v.Member, from, 0, r.T("reason.newcomer")}}
		for i := range f.cfg.Parts {
			all = append(all, stood{partKey(v.ID, i), v.Owner, from, 0, r.T("reason.inviter", "Name", name)})
		}
		if v.Prize > 0 {
			all = append(all, stood{targetKey(v.ID, v.Prize), v.Owner, "", 0, r.T("reason.target", "Count", v.Prize)})
		}
		for _, s := range all {
			if s.Amount, err = f.c.Purse.Stands(ctx, s.Key); err != nil {
				return nil, err
			}
			if s.Amount > 0 {
				list = append(list, s)
			}
		}
	}
	return list, nil
}

// rule is 裁定 12 有效|无效|改记 [除了 @谁 ...] 原因.
func (f *feature) rule(ctx context.Context, r *bot.Request) error {
	d, rest, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	word, rest, _ := strings.Cut(rest, " ")
	how, ok := ruleWords[bot.Fold(word)]
	switch {
	case !ok:
		return r.Refuse("rule.how", "ID", d.ID)
	case how == ruleMove && d.Kind != Conflict:
		return r.Refuse("rule.no_move")
	case d.State != caseOpen && !d.Appealed.After(d.Decided):
		return r.Refuse("rule.done", "ID", d.ID)
	}
	claims, err := f.claimsOf(ctx, d.ID)
	if err != nil {
		return err
	}
	except, rest, err := f.exceptions(ctx, r, claims, rest)
	if err != nil {
		return err
	}
	reason, err := f.words(r, rest)
	if err != nil {
		return err
	}
	if reason == "" {
		return r.Refuse("rule.why", "ID", d.ID)
	}
	u := ruled{Case: d.ID, Turn: d.Turn + 1, State: d.State, Reason: d.Reason, Reviews: map[int64]Review{}}
	if u.Stood, err = f.standing(ctx, r, claims); err != nil {
		return err
	}
	for i, v := range claims {
		u.Reviews[v.ID] = v.Review
		if v.Review = reviewed(d.Kind, how, i, len(claims)); slices.Contains(except, v.ID) {
			v.Review = map[Review]Review{Refused: NoReview, NoReview: Refused, Accepted: Refused}[v.Review]
		}
	}
	state := map[string]string{ruleValid: caseCleared, ruleInvalid: caseUpheld, ruleMove: caseUpheld}[how]
	before, after, err := f.carry(ctx, r, d, claims, state, reason)
	if err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "ambassador."+how, string(d.Owner), map[string]any{"case": d.ID, "points": after - before}); err != nil {
		return err
	}
	if err := f.tellRuled(ctx, r, d, claims, how, reason); err != nil {
		return err
	}
	return f.done(ctx, r, "ambassador.case", u, r.T("rule.done."+how, "ID", d.ID, "Count", len(claims)-len(except), "Except", len(except), "Points", max(after-before, before-after),
		"Taken", after < before, "Paid", after > before))
}

// reviewed is what a decision says of the i-th of n invitations of a case. Those of a conflict are the first that counted and
// the later one, in this order.
func reviewed(kind Sign, how string, i, n int) Review {
	switch {
	case kind == Conflict && how == ruleMove:
		return map[bool]Review{true: Accepted, false: Passed}[i == n-1]
	case kind == Conflict && how == ruleValid:
		return NoReview
	case how == ruleInvalid:
		return Refused
	case kind == Unseen:
		return Accepted
	}
	return NoReview
}

// exceptions are the invitations that 除了 @小明 @小红 leaves out, and what follows.
func (f *feature) exceptions(ctx context.Context, r *bot.Request, claims []*invite, rest string) (ids []int64, after string, err error) {
	word, names, _ := strings.Cut(rest, " ")
	if w := bot.Fold(word); w != "除了" && w != "except" {
		return nil, rest, nil
	}
	whole := r.Args
	defer func() { r.Args = whole }()
	for rest = strings.TrimSpace(names); strings.HasPrefix(rest, "@") || strings.HasPrefix(rest, "＠") || isMember(rest); {
		r.Args = rest
		p, next, err := f.c.Target(ctx, r)
		if err != nil {
			return nil, "", err
		}
		found := false
		for _, v := range claims {
			who, err := f.c.Who(ctx, v.Member)
			if err != nil {
				return nil, "", err
			}
			if who == p.ID {
				ids, found = append(ids, v.ID), true
			}
		}
		if !found {
			return nil, "", r.Refuse("rule.not_in", "Name", f.c.Words.ScreenName(p.Name))
		}
		rest = strings.TrimSpace(next)
	}
	return ids, rest, nil
}

// carry writes a decision, makes the ledger follow it, and tells what the invitations of the case had brought before and
// after.
func (f *feature) carry(ctx context.Context, r *bot.Request, d doubt, claims []*invite, state, reason string) (before, after int64, err error) {
	if _, err := f.db.Exec(ctx, `UPDATE invite_cases SET state = ?, decided_at = ?, decided_by = ?, reason = ?, turn = turn + 1 WHERE id = ?`,
		state, r.At.UnixMilli(), r.Actor.Member, reason, d.ID); err != nil {
		return 0, 0, fmt.Errorf("case %d: %w", d.ID, err)
	}
	var people [][]community.MemberID
	for _, v := range claims {
		paid, err := f.brought(ctx, v)
		if err != nil {
			return 0, 0, err
		}
		before += paid
		v.Open = true
		if err := f.keep(ctx, v); err != nil {
			return 0, 0, err
		}
		ids, err := f.c.IDs(ctx, v.Member)
		if err != nil {
			return 0, 0, err
		}
		if !slices.ContainsFunc(people, func(p []community.MemberID) bool { return p[0] == ids[0] }) {
			people = append(people, ids)
		}
	}
	if len(people) > 0 {
		if err := f.settle(ctx, r.In("ambassador"), people, f.restate(r)); err != nil {
			return 0, 0, err
		}
	}
	f.waiting.drop(ctx, f.db)
	for _, v := range claims {
		paid, err := f.brought(ctx, v)
		if err != nil {
			return 0, 0, err
		}
		after += paid
	}
	return before, after, nil
}

// brought is what an invitation brought to both of its people.
func (f *feature) brought(ctx context.Context, v *invite) (int64, error) {
	inviter, err := f.paid(ctx, v, len(f.cfg.Parts))
	if err != nil {
		return 0, err
	}
	newcomer, err := f.c.Purse.Stands(ctx, newcomerKey(v.ID))
	return inviter + newcomer, err
}

// tellRuled tells whom a decision is about: always where it is against them, and where it is not when something was held for
// more than a Day.
func (f *feature) tellRuled(ctx context.Context, r *bot.Request, d doubt, claims []*invite, how, reason string) error {
	send := func(to community.MemberID, key string, kv ...any) {
		if to != "" {
			kv = append(kv, "ID", d.ID, "Reason", reason, "Days", int(appealWithin/(24*time.Hour)))
			r.Send(bot.Outgoing{Member: string(to), Text: r.T(key, kv...), Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
		}
	}
	switch {
	case d.Kind == Guessing || d.Kind == Conflict && how == ruleValid:
	case how == ruleMove:
		name, err := f.inviterName(ctx, claims[len(claims)-1])
		if err != nil {
			return err
		}
		send(d.Member, "ruled.moved", "Inviter", name)
		send(claims[0].Owner, "ruled.invalid")
	case d.Kind == Conflict || d.Kind == Unseen:
		send(d.Member, "ruled."+how)
	case how == ruleInvalid || r.At.Sub(d.Opened) >= 24*time.Hour:
		send(d.Owner, "ruled."+how)
	}
	return nil
}

// undoCase takes a decision back: the case waits again, or is decided as before.
func (f *feature) undoCase(ctx context.Context, r *bot.Request, u ruled) error {
	list, err := f.cases(ctx, `WHERE id = ?`, u.Case)
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].Turn != u.Turn {
		return r.Refuse("undo.late")
	}
	claims, err := f.claimsOf(ctx, u.Case)
	if err != nil {
		return err
	}
	for _, v := range claims {
		v.Review = u.Reviews[v.ID]
	}
	if _, _, err = f.carry(ctx, r, list[0], claims, u.State, u.Reason); err != nil {
		return err
	}
	for _, s := range u.Stood { // a case that waits again holds what is to come, and not what was paid before
		due := community.Due{Key: s.Key, Origin: s.Origin, From: s.From, Amount: s.Amount, Reason: s.Reason, At: r.At}
		if err := f.c.Purse.Restate(ctx, r, due); err != nil && !errors.Is(err, points.ErrInsufficient) {
			return err
		}
	}
	for _, v := range claims { // what they brought is on record again
		now, err := f.byID(ctx, v.ID)
		if err != nil {
			return err
		}
		if err := f.refresh(ctx, r, now, now.Judged, f.restate(r)); err != nil {
			return err
		}
	}
	return nil
}

// appeal is 申诉 12 理由, of whoever a decision is against.
func (f *feature) appeal(ctx context.Context, r *bot.Request) error {
	d, words, err := f.meant(ctx, r)
	if err != nil {
		return err
	}
	mine, err := f.concerns(ctx, d, community.MemberID(r.Actor.Member))
	switch {
	case err != nil:
		return err
	case !mine || d.Kind == Guessing:
		return r.Refuse("case.unknown", "ID", d.ID)
	case d.State != caseUpheld:
		return r.Refuse("appeal.none")
	case r.At.Sub(d.Decided) > appealWithin:
		return r.Refuse("appeal.late", "Days", int(appealWithin/(24*time.Hour)))
	case d.Appealed.After(d.Decided):
		return r.Refuse("appeal.twice")
	}
	if words, err = f.words(r, words); err != nil {
		return err
	}
	if words == "" {
		return r.Refuse("appeal.how", "ID", d.ID)
	}
	if _, err := f.db.Exec(ctx, `UPDATE invite_cases SET appeal = ?, appealed_at = ?, turn = turn + 1 WHERE id = ?`, words, r.At.UnixMilli(), d.ID); err != nil {
		return fmt.Errorf("case %d: %w", d.ID, err)
	}
	r.Reply(r.T("appeal.done", "Name", r.Actor.Name))
	return f.alert(ctx, r, r.T("appeal.told", "ID", d.ID, "Name", r.Actor.Name))
}

// concerns tells whether a case is about somebody: as the inviter, or as a newcomer.
func (f *feature) concerns(ctx context.Context, d doubt, member community.MemberID) (bool, error) {
	ids, err := f.c.IDs(ctx, member)
	if err != nil {
		return false, err
	}
	if slices.Contains(ids, d.Owner) || slices.Contains(ids, d.Member) {
		return true, nil
	}
	claims, err := f.claimsOf(ctx, d.ID)
	for _, v := range claims {
		if slices.Contains(ids, v.Member) || slices.Contains(ids, v.Owner) {
			return true, nil
		}
	}
	return false, err
}
