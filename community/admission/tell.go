package admission

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// What the Ref of an invitation, and of a manager's question, begins with; the application's number follows.
const (
	inviteRef   = "invite/"
	questionRef = "question/"
)

// place is where an applicant can be told something: "private", "group", or "nowhere".
func (f *admission) place(ctx context.Context, a application) (string, error) {
	open, err := f.c.Reachable(ctx, string(a.member))
	if err != nil {
		return "", fmt.Errorf("applicant %d: %w", a.id, err)
	}
	if open {
		return "private", nil
	}
	here, err := f.present(ctx, a.group, a.member)
	if err != nil || here {
		return "group", err
	}
	return "nowhere", nil
}

// said is something to an applicant that they are owed, while their application stands as it does.
func (f *admission) said(r *bot.Request, a application, where, text string) bot.Outgoing {
	o := bot.Outgoing{
		Member: string(a.member), Text: text, Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At),
		Guard: "stands", Ref: fmt.Sprintf("%d/%d", a.id, a.turn),
	}
	if where == "group" {
		o.Member, o.Group, o.Mention = "", string(a.group), []string{string(a.member)}
	}
	return o
}

// stands is the guard of what an applicant is told: what was taken back in the meantime is not said, and no question that
// was answered.
func (f *admission) stands(ctx context.Context, o bot.Outgoing, _ time.Time) (reason string, err error) {
	if ref, ok := strings.CutPrefix(o.Ref, questionRef); ok {
		id, number, _ := strings.Cut(ref, "/")
		n := 0
		err = f.db.Row(ctx, `SELECT COUNT(*) FROM admission_answers q JOIN admissions a ON a.id = q.admission_id
			WHERE CAST(a.id AS TEXT) = ? AND CAST(q.n AS TEXT) = ? AND q.answered_at = 0 AND a.state = ?`, id, number, string(asking)).Scan(&n)
		if err == nil && n == 0 {
			reason = "the question is not open any more"
		}
		return reason, err
	}
	id, turn, _ := strings.Cut(strings.TrimPrefix(o.Ref, inviteRef), "/")
	n := 0
	err = f.db.Row(ctx, `SELECT COUNT(*) FROM admissions WHERE CAST(id AS TEXT) = ? AND CAST(turn AS TEXT) = ?`, id, turn).Scan(&n)
	if err == nil && n == 0 {
		reason = "the application was moved since"
	}
	return reason, err
}

// tell tells an applicant what was decided, with a manager's note, and says where that was.
func (f *admission) tell(ctx context.Context, r *bot.Request, a application, note string) (where string, err error) {
	where, err = f.place(ctx, a)
	if err != nil || where == "nowhere" {
		return where, err
	}
	named, err := f.names(ctx, []community.MemberID{a.member})
	if err != nil {
		return "", err
	}
	kv := []any{"Names", named, "Group", f.coreName(), "Note", note, "Days", f.cfg.ReapplyDays, "Way", f.theWay(r)}
	o := f.said(r, a, where, r.T("tell."+string(a.state)+"."+where, kv...))
	if a.state == passed && where == "group" && !f.cfg.WayPrivate {
		o.Text, o.Picture = r.T("tell.passed.open", kv...), f.picture
	}
	if a.state == passed && where == "private" {
		o.Picture = f.picture
	}
	r.Send(o)
	if a.state == passed && where == "private" && f.cfg.Invite {
		return where, f.invite(ctx, r, a)
	}
	return where, nil
}

// askOne asks an applicant one question by a manager's word, and says where that was.
func (f *admission) askOne(ctx context.Context, r *bot.Request, a application, q question) (where string, err error) {
	where, err = f.place(ctx, a)
	if err != nil || where == "nowhere" {
		return where, err
	}
	if where == "private" && f.cfg.Where != inPrivate {
		if here, err := f.present(ctx, a.group, a.member); err != nil {
			return "", err
		} else if here {
			where = "group"
		}
	}
	named, err := f.names(ctx, []community.MemberID{a.member})
	if err != nil {
		return "", err
	}
	o := f.said(r, a, where, r.T("more."+where, "Names", named, "Question", q.text))
	o.Ref = fmt.Sprintf("%s%d/%d", questionRef, a.id, q.n)
	r.Send(o)
	return where, nil
}
