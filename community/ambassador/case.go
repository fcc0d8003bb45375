package ambassador

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// held tells whether an open case holds what an invitation is still to earn. Only signs in the newcomers of an inviter do.
func (f *feature) held(ctx context.Context, id int64) (bool, error) {
	var n int
	err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_case_claims l JOIN invite_cases c ON c.id = l.case_id WHERE l.invite_id = ? AND c.state = 'open' AND c.kind = ''`, id).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("case of invitation %d: %w", id, err)
	}
	return n > 0, nil
}

// look looks for signs after a claim, and after somebody's first words.
func (f *feature) look(ctx context.Context, r *bot.Request, v *invite) error {
	switch v.State {
	case Second:
		first, err := f.firstOf(ctx, v)
		if err != nil || first == nil {
			return err
		}
		return f.openOne(ctx, r, Conflict, v, first)
	case Waits:
		return f.openOne(ctx, r, Unseen, v)
	}
	if v.Owner == "" {
		return nil
	}
	return f.examine(ctx, r, v.Owner)
}

// firstOf is the claim that counts for the newcomer of another one.
func (f *feature) firstOf(ctx context.Context, v *invite) (*invite, error) {
	ids, err := f.c.IDs(ctx, v.Member)
	if err != nil {
		return nil, err
	}
	list, err := f.of(ctx, ids)
	for _, o := range list {
		if o.State == Counts || o.State == Waits {
			return o, nil
		}
	}
	return nil, err
}

// examine looks at the newcomers of an inviter together, and makes a case where there are signs enough, or adds to the one
// that is open.
func (f *feature) examine(ctx context.Context, r *bot.Request, owner community.MemberID) error {
	ids, err := f.c.IDs(ctx, owner)
	if err != nil {
		return err
	}
	list, err := f.traces(ctx, ids, f.c.Calendar.Day(r.At), func(id community.MemberID) ([]community.MemberID, error) { return f.c.IDs(ctx, id) })
	if err != nil || len(list) == 0 {
		return err
	}
	face, err := f.face(ctx, ids)
	if err != nil {
		return err
	}
	known, err := f.isKnown(ctx, ids, r.At)
	if err != nil {
		return err
	}
	found := Findings(face, known, list)
	suspect := Suspect(found)
	if len(suspect) == 0 {
		return nil
	}
	id, fresh, err := f.caseOf(ctx, r, owner, ids)
	if err != nil {
		return err
	}
	added, err := f.addClaims(ctx, id, suspect)
	if err != nil {
		return err
	}
	for _, finding := range found {
		for _, claim := range finding.IDs {
			if err := f.addSign(ctx, id, finding.Sign, claim, 1); err != nil {
				return err
			}
		}
	}
	if added > 0 {
		for _, claim := range suspect { // they stay open until the case is decided
			if _, err := f.db.Exec(ctx, `UPDATE invites SET open = TRUE WHERE id = ? AND state = 'counts'`, claim); err != nil {
				return err
			}
		}
	}
	if !fresh {
		return nil
	}
	name, err := f.c.Called(ctx, owner)
	if err != nil {
		return err
	}
	return f.alert(ctx, r, r.In("ambassador").T("case.opened", "ID", id, "Name", name, "Count", len(suspect)))
}

// caseOf is the open case about an inviter; a new one where there is none.
func (f *feature) caseOf(ctx context.Context, r *bot.Request, owner community.MemberID, ids []community.MemberID) (id int64, fresh bool, err error) {
	in, args := community.In(ids)
	list, err := f.cases(ctx, `WHERE kind = '' AND state = 'open' AND owner_id IN `+in+` ORDER BY id`, args...)
	if err != nil {
		return 0, false, err
	}
	if len(list) > 0 {
		return list[0].ID, false, nil
	}
	id, err = f.newCase(ctx, r, "", owner, "")
	return id, true, err
}

func (f *feature) newCase(ctx context.Context, r *bot.Request, kind Sign, owner, member community.MemberID) (id int64, err error) {
	err = f.db.Row(ctx, `INSERT INTO invite_cases (kind, owner_id, member_id, state, opened_at) VALUES (?, ?, ?, 'open', ?) RETURNING id`,
		string(kind), string(owner), string(member), r.At.UnixMilli()).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("new case: %w", err)
	}
	return id, nil
}

func (f *feature) addClaims(ctx context.Context, id int64, claims []int64) (added int64, err error) {
	for _, claim := range claims {
		n, err := f.db.Exec(ctx, `INSERT INTO invite_case_claims (case_id, invite_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, claim)
		if err != nil {
			return added, fmt.Errorf("case %d: %w", id, err)
		}
		added += n
	}
	return added, nil
}

func (f *feature) addSign(ctx context.Context, id int64, sign Sign, claim int64, n int) error {
	_, err := f.db.Exec(ctx, `INSERT INTO invite_case_signs (case_id, sign, invite_id, n) VALUES (?, ?, ?, ?) ON CONFLICT (case_id, sign, invite_id) DO UPDATE SET n = excluded.n`,
		id, string(sign), claim, n)
	if err != nil {
		return fmt.Errorf("sign of case %d: %w", id, err)
	}
	return nil
}

// openOne makes a case about one claim, once.
func (f *feature) openOne(ctx context.Context, r *bot.Request, kind Sign, v *invite, more ...*invite) error {
	var known int
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM invite_case_signs WHERE sign = ? AND invite_id = ?`, string(kind), v.ID).Scan(&known); err != nil || known > 0 {
		return err
	}
	id, err := f.newCase(ctx, r, kind, v.Owner, v.Member)
	if err != nil {
		return err
	}
	claims := []int64{v.ID}
	for _, o := range more {
		claims = append(claims, o.ID)
	}
	if _, err := f.addClaims(ctx, id, claims); err != nil {
		return err
	}
	if err := f.addSign(ctx, id, kind, v.ID, 1); err != nil {
		return err
	}
	name, err := f.c.Called(ctx, v.Member)
	if err != nil {
		return err
	}
	return f.alert(ctx, r, r.In("ambassador").T("case.opened."+string(kind), "ID", id, "Name", name))
}

// alert tells the managers something in private, when they are awake.
func (f *feature) alert(ctx context.Context, r *bot.Request, text string) error {
	managers, err := f.c.Managers(ctx)
	if err != nil {
		return err
	}
	for _, m := range managers {
		r.Send(bot.Outgoing{Member: string(m), Text: text, Priority: bot.Notice, NotBefore: f.c.Noise.Awake(r.At)})
	}
	return nil
}

func (f *feature) caseCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"邀请案件", "invite-cases"}, Usage: "usage.case", Help: "help.cases", Role: bot.Manager, Run: f.listCases},
		{Names: []string{"裁定", "rule-case"}, Usage: "usage.rule", Help: "help.rule", Role: bot.Manager, Run: f.rule},
	}
}

// listCases is 邀请案件: what waits for a decision, or one case with all evidence.
func (f *feature) listCases(ctx context.Context, r *bot.Request) error {
	if strings.TrimSpace(r.Args) != "" {
		d, _, err := f.meant(ctx, r)
		if err != nil {
			return err
		}
		text, err := f.sayCase(ctx, r, d)
		if err != nil {
			return err
		}
		r.Reply(text)
		return nil
	}
	list, err := f.cases(ctx, `WHERE state = 'open' OR appeal <> '' AND appealed_at > decided_at ORDER BY id`)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("cases.none"))
		return nil
	}
	const most = 10
	lines := []string{r.T("cases.title", "Count", len(list))}
	for _, d := range list[:min(most, len(list))] {
		head, err := f.caseHead(ctx, r, d)
		if err != nil {
			return err
		}
		lines = append(lines, "· "+head)
	}
	if len(list) > most {
		lines = append(lines, r.T("list.more", "Count", len(list)-most))
	}
	r.Reply(strings.Join(append(lines, r.T("cases.how", "ID", list[0].ID)), "\n"))
	return nil
}

// caseHead is a case in one line.
func (f *feature) caseHead(ctx context.Context, r *bot.Request, d doubt) (string, error) {
	about := d.Owner
	if d.Kind != "" {
		about = d.Member
	}
	name, err := f.c.Called(ctx, about)
	if err != nil {
		return "", err
	}
	signs, n, err := f.signsOf(ctx, d.ID)
	if err != nil {
		return "", err
	}
	var said []string
	for _, s := range signs {
		said = append(said, r.T("sign."+string(s), "Count", n[s]))
	}
	text := r.T("case.head", "ID", d.ID, "Name", name, "Member", string(about), "Signs", strings.Join(said, r.T("case.comma")), "Day", f.c.Calendar.Day(d.Opened).String())
	if d.State != caseOpen {
		text += r.T("case.is."+d.State, "Reason", d.Reason)
	}
	if d.Appeal != "" {
		text += r.T("case.appealed", "Words", d.Appeal)
	}
	return text, nil
}

// sayCase is a case with all evidence, in words.
func (f *feature) sayCase(ctx context.Context, r *bot.Request, d doubt) (string, error) {
	head, err := f.caseHead(ctx, r, d)
	if err != nil {
		return "", err
	}
	lines := []string{head}
	claims, err := f.claimsOf(ctx, d.ID)
	if err != nil {
		return "", err
	}
	today := f.c.Calendar.Day(r.At)
	const most = 15
	for _, v := range claims[:min(most, len(claims))] {
		line, err := f.sayClaim(ctx, r, v, today)
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	if len(claims) > most {
		lines = append(lines, r.T("list.more", "Count", len(claims)-most))
	}
	return strings.Join(append(lines, r.T("case.how."+map[bool]string{true: "conflict", false: "any"}[d.Kind == Conflict], "ID", d.ID)), "\n"), nil
}

// sayClaim is one invitation of a case, as managers have to know it.
func (f *feature) sayClaim(ctx context.Context, r *bot.Request, v *invite, today community.Day) (string, error) {
	ids, err := f.c.IDs(ctx, v.Member)
	if err != nil {
		return "", err
	}
	owners, err := f.c.IDs(ctx, v.Owner)
	if v.Owner == "" {
		owners, err = nil, nil
	}
	if err != nil {
		return "", err
	}
	var t Trace
	if err := f.trace(ctx, v, ids, owners, nil, today, &t); err != nil {
		return "", err
	}
	name, err := f.c.Called(ctx, v.Member)
	if err != nil {
		return "", err
	}
	inviter, err := f.inviterName(ctx, v)
	if err != nil {
		return "", err
	}
	by, err := f.hinted(ctx, v)
	if err != nil {
		return "", err
	}
	hint := ""
	if by != "" {
		if hint, err = f.c.Called(ctx, by); err != nil {
			return "", err
		}
	}
	return r.T("case.claim", "Name", name, "Member", string(v.Member), "Inviter", inviter, "At", v.At.In(f.c.Calendar.Zone()).Format("01-02 15:04"), "Hint", hint,
		"Messages", t.Messages, "Outside", t.Outside, "Left", v.LeftDay > 0, "Words", community.Excerpt(t.Words, 20), "Vested", v.Vested), nil
}
