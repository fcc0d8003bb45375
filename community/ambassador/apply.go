package ambassador

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// standing is where somebody stands as an ambassador.
type standing string

// The standings.
const (
	applied  standing = "applied"
	active   standing = "active"
	declined standing = "declined"
	retired  standing = "retired"
)

// seat is a person's standing as it is stored, under the id that applied or was appointed.
type seat struct {
	ID      int64
	Member  community.MemberID
	State   standing
	Words   string
	Applied time.Time
	Decided time.Time
	Note    string
	Turn    int64
}

// The limits of what is said with an application and a decision.
const (
	longestWords = 200
	reapplyAfter = 14 * 24 * time.Hour
)

func (f *feature) seats(ctx context.Context, where string, args ...any) (list []seat, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var s seat
		var applied, decided int64
		err := scan(&s.ID, &s.Member, &s.State, &s.Words, &applied, &decided, &s.Note, &s.Turn)
		s.Applied, s.Decided = bot.FromMillis(applied), bot.FromMillis(decided)
		list = append(list, s)
		return err
	}, `SELECT id, member_id, state, words, applied_at, decided_at, note, turn FROM ambassadors `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("ambassadors: %w", err)
	}
	return list, nil
}

// seatOf is a person's standing: of several ids the one that is active, else the latest. ok is false where there is none.
func (f *feature) seatOf(ctx context.Context, ids []community.MemberID) (s seat, ok bool, err error) {
	in, args := community.In(ids)
	list, err := f.seats(ctx, `WHERE member_id IN `+in+` ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'applied' THEN 1 ELSE 2 END, id DESC LIMIT 1`, args...)
	if err != nil || len(list) == 0 {
		return s, false, err
	}
	return list[0], true, nil
}

// sit gives an id a standing. It answers the seat as it is then.
func (f *feature) sit(ctx context.Context, r *bot.Request, member community.MemberID, to standing, words, note string) (s seat, err error) {
	decidedBy, decided := r.Actor.Member, r.At.UnixMilli()
	if to == applied {
		decidedBy, decided = "", 0
	}
	_, err = f.db.Exec(ctx, `INSERT INTO ambassadors (member_id, state, words, applied_at, decided_at, decided_by, note, turn) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (member_id) DO UPDATE SET state = excluded.state, words = CASE WHEN excluded.state = 'applied' THEN excluded.words ELSE ambassadors.words END,
		applied_at = CASE WHEN excluded.state = 'applied' THEN excluded.applied_at ELSE ambassadors.applied_at END,
		decided_at = excluded.decided_at, decided_by = excluded.decided_by, note = excluded.note, turn = ambassadors.turn + 1`,
		string(member), string(to), words, r.At.UnixMilli(), decided, decidedBy, note)
	if err != nil {
		return s, fmt.Errorf("ambassador %s: %w", member, err)
	}
	list, err := f.seats(ctx, `WHERE member_id = ?`, string(member))
	if err != nil {
		return s, err
	}
	return list[0], nil
}

// apply is 申请大使, with some words about oneself.
func (f *feature) apply(ctx context.Context, r *bot.Request) error {
	me := community.MemberID(r.Actor.Member)
	ids, err := f.c.IDs(ctx, me)
	if err != nil {
		return err
	}
	staff, err := f.isStaff(ctx, me)
	if err != nil {
		return err
	}
	if staff {
		return r.Refuse("apply.staff")
	}
	s, has, err := f.seatOf(ctx, ids)
	switch {
	case err != nil:
		return err
	case has && s.State == active:
		return r.Refuse("apply.already")
	case has && s.State == applied:
		return r.Refuse("apply.waits")
	case has && s.State == declined && r.At.Before(s.Decided.Add(reapplyAfter)):
		return r.Refuse("apply.later", "Day", f.c.Calendar.Day(s.Decided.Add(reapplyAfter)).String())
	}
	held, err := f.c.Tiers.Of(ctx, me)
	if err != nil {
		return err
	}
	if lowest := tiers.Tier(f.cfg.Tier); lowest.Above(held.Tier) {
		return r.Refuse("apply.tier", "Tier", community.TierName(r.In("tier").T, lowest), "Mine", community.TierName(r.In("tier").T, held.Tier))
	}
	words, err := f.words(r, r.Args)
	if err != nil {
		return err
	}
	if _, err := f.sit(ctx, r, me, applied, words, ""); err != nil {
		return err
	}
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, m := range managers {
		r.Send(bot.Outgoing{Member: string(m), Text: r.T("apply.told", "Name", r.Actor.Name), Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	}
	r.Reply(r.T("apply.done", "Name", r.Actor.Name))
	return nil
}

// words checks what somebody wants to be read by others.
func (f *feature) words(r *bot.Request, text string) (string, error) {
	text = community.OneLine(text)
	if utf8.RuneCountInString(text) > longestWords {
		return "", r.Refuse("words.long", "Count", longestWords)
	}
	if word, bad := f.c.Words.Forbidden(text); bad {
		return "", r.Refuse("words.word", "Word", word)
	}
	return text, nil
}

// applicants is 大使审核: who waits, with what managers have to know of them.
func (f *feature) applicants(ctx context.Context, r *bot.Request) error {
	list, err := f.seats(ctx, `WHERE state = 'applied' ORDER BY applied_at, id`)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("waiting.none"))
		return nil
	}
	const most = 10
	lines := []string{r.T("waiting.title", "Count", len(list))}
	for _, s := range list[:min(most, len(list))] {
		line, err := f.introduce(ctx, r, s)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if len(list) > most {
		lines = append(lines, r.T("waiting.more", "Count", len(list)-most))
	}
	r.Reply(strings.Join(append(lines, r.T("waiting.how", "ID", string(list[0].Member))), "\n"))
	return nil
}

// introduce is an applicant with tier and facts.
func (f *feature) introduce(ctx context.Context, r *bot.Request, s seat) (string, error) {
	name, err := f.c.Called(ctx, s.Member)
	if err != nil {
		return "", err
	}
	held, err := f.c.Tiers.Of(ctx, s.Member)
	if err != nil {
		return "", err
	}
	facts, _, err := f.c.Tiers.Facts(ctx, s.Member, f.c.Calendar.Day(r.At)-1)
	if err != nil {
		return "", err
	}
	line := r.T("waiting.line", "ID", string(s.Member), "Name", name, "Tier", community.TierName(r.In("tier").T, held.Tier), "Days", facts.ActiveDays,
		"Messages", facts.Messages, "Since", f.c.Calendar.Day(s.Applied).String())
	if s.Words != "" {
		line += r.T("waiting.words", "Words", s.Words)
	}
	return line, nil
}

// accept is 通过大使.
func (f *feature) accept(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, active, true)
}

// decline is 婉拒大使, with a reason.
func (f *feature) decline(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, declined, true)
}

// appoint is 任命大使, of somebody who did not apply.
func (f *feature) appoint(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, active, false)
}

// retire is 卸任大使: the code is good no more, and what was promised is still paid.
func (f *feature) retire(ctx context.Context, r *bot.Request) error {
	return f.decide(ctx, r, retired, false)
}

// turned is what an undo of a decision needs.
type turned struct {
	Member community.MemberID `json:"member"`
	Turn   int64              `json:"turn"`
	From   standing           `json:"from"` // empty: none
	Codes  []string           `json:"codes,omitempty"`
	Made   string             `json:"made,omitempty"`
}

func (f *feature) decide(ctx context.Context, r *bot.Request, to standing, waits bool) error {
	p, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	ids, err := f.c.IDs(ctx, p.ID)
	if err != nil {
		return err
	}
	name := f.c.Words.ScreenName(p.Name)
	note, err := f.words(r, rest)
	if err != nil {
		return err
	}
	s, has, err := f.seatOf(ctx, ids)
	switch {
	case err != nil:
		return err
	case to == active && (p.Role >= bot.Moderator || p.Bot):
		return r.Refuse("decide.staff", "Name", name)
	case to == active && has && s.State == active:
		return r.Refuse("decide.already", "Name", name)
	case waits && (!has || s.State != applied):
		return r.Refuse("decide.none", "Name", name)
	case to == retired && (!has || s.State != active):
		return r.Refuse("decide.not", "Name", name)
	case (to == declined || to == retired) && note == "":
		return r.Refuse("decide.why", "Command", r.Command())
	}
	seatID := p.ID
	if has {
		seatID = s.Member
	}
	u := turned{Member: seatID, From: s.State}
	now, err := f.sit(ctx, r, seatID, to, "", note)
	if err != nil {
		return err
	}
	u.Turn = now.Turn
	kv := []any{"Name", name, "Note", note}
	switch to {
	case active:
		c, fresh, err := f.codeFor(ctx, r, seatID, ids)
		if err != nil {
			return err
		}
		if fresh {
			u.Made = c.Code
		}
		kv = append(kv, "Code", shownCode(c.Code), "Inviter", f.cfg.Inviter, "Newcomer", f.cfg.Newcomer)
	case retired:
		if u.Codes, err = f.revokeAll(ctx, r, ids); err != nil {
			return err
		}
	}
	if err := f.c.Audit.Record(ctx, r, "ambassador."+string(to), string(p.ID), map[string]any{"from": u.From}); err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(p.ID), Text: r.T("told."+string(to), kv...), Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	return f.done(ctx, r, "ambassador.seat", u, r.T("decide."+string(to), kv...))
}

// done answers a manager, with the code that takes it back.
func (f *feature) done(ctx context.Context, r *bot.Request, action string, payload any, text string) error {
	code, err := f.c.Undo.Offer(ctx, r, action, payload)
	if err != nil {
		return err
	}
	r.Reply(text + "\n" + r.In("community").T("undo.offer", "Code", code))
	return nil
}

// dismissStaff ends being an ambassador for who became staff: staff earns nothing. What was promised is not paid on.
func (f *feature) dismissStaff(ctx context.Context, r *bot.Request) error {
	list, err := f.seats(ctx, `WHERE state = 'active' ORDER BY id`)
	if err != nil {
		return err
	}
	for _, s := range list {
		staff, err := f.isStaff(ctx, s.Member)
		if err != nil {
			return err
		}
		if !staff {
			continue
		}
		ids, err := f.c.IDs(ctx, s.Member)
		if err != nil {
			return err
		}
		if _, err := f.sit(ctx, r, s.Member, retired, "", r.T("retired.staff")); err != nil {
			return err
		}
		if _, err := f.revokeAll(ctx, r, ids); err != nil {
			return err
		}
	}
	return nil
}

// list is 大使: the ambassadors, the best first.
func (f *feature) list(ctx context.Context, r *bot.Request) error {
	list, err := f.seats(ctx, `WHERE state = 'active' ORDER BY id`)
	if err != nil {
		return err
	}
	var waiting int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM ambassadors WHERE state = 'applied'`).Scan(&waiting); err != nil {
		return err
	}
	lines := []string{r.T("list.title", "Count", len(list), "Waiting", waiting)}
	const most = 20
	for _, s := range list[:min(most, len(list))] {
		ids, err := f.c.IDs(ctx, s.Member)
		if err != nil {
			return err
		}
		name, err := f.c.Called(ctx, s.Member)
		if err != nil {
			return err
		}
		sum, err := f.sumOf(ctx, ids)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("list.line", "ID", string(s.Member), "Name", name, "Joined", sum.Counting, "Spoke", sum.Spoke, "Stayed", sum.Stayed))
	}
	if len(list) > most {
		lines = append(lines, r.T("list.more", "Count", strconv.Itoa(len(list)-most)))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}
