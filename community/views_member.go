package community

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// entriesShown is how many entries of the ledger and of the audit a member's page shows.
const entriesShown = 20

// viewMember shows what is known of one person under all their ids.
func (c *Community) viewMember(ctx context.Context, q *bot.Query) (bot.Page, error) {
	d, err := c.Directory(ctx)
	if err != nil {
		return bot.Page{}, err
	}
	id := d.Who(MemberID(bot.Fold(q.Params["id"])))
	list, err := c.profiles(ctx, d, q.At, []MemberID{id})
	if err != nil {
		return bot.Page{}, err
	}
	p := list[0]
	switch {
	case q.Params["id"] == "":
		return bot.Page{Note: q.T("member.which")}, nil
	case p.ID == "":
		return bot.Page{Note: q.T("member.unknown", "ID", string(id))}, nil
	}
	figures, err := c.memberFigures(ctx, d, q, p)
	if err != nil {
		return bot.Page{}, err
	}
	page := bot.Page{Note: q.T("member.note", "Name", c.Words.ScreenName(p.Name), "ID", string(id)), Figures: figures}
	for _, read := range []func(context.Context, *Directory, *bot.Query, profile) (bot.Table, error){c.memberTimeline, c.memberLedger, c.memberIDs, c.memberAudit} {
		t, err := read(ctx, d, q, p)
		if err != nil {
			return bot.Page{}, err
		}
		page.Tables = append(page.Tables, t)
	}
	return page, nil
}

func (c *Community) memberFigures(ctx context.Context, d *Directory, q *bot.Query, p profile) ([]bot.Figure, error) {
	ids := d.IDs(p.ID)
	var consents []string
	if err := c.db.Conn(ctx).Raw(`SELECT DISTINCT kind FROM consents WHERE member_id IN ? ORDER BY kind`, ids).Scan(&consents).Error; err != nil {
		return nil, fmt.Errorf("consents of %s: %w", p.ID, err)
	}
	for i, kind := range consents {
		consents[i] = q.T("consent.kind." + kind)
	}
	var codes int64
	if err := c.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM recovery_codes WHERE member_id IN ?`, ids).Row().Scan(&codes); err != nil {
		return nil, fmt.Errorf("recovery code of %s: %w", p.ID, err)
	}
	code := bot.Cell{Text: q.T("answer.no"), Value: false}
	if codes > 0 {
		code = bot.Cell{Text: q.T("answer.yes"), Value: true}
	}
	return []bot.Figure{
		figure(q, "points", number(max(p.worth, 0))), figure(q, "debt", number(max(-p.worth, 0))),
		figure(q, "messages", number(p.messages)), figure(q, "said", number(p.said)),
		figure(q, "first_seen", c.Clock(p.FirstSeen)), figure(q, "last_seen", c.Clock(p.last)),
		figure(q, "groups", bot.Cell{Text: c.places(p.groups)}), figure(q, "role", bot.Cell{Text: roleOf(q, p.Person, p.waits), Value: p.Role.String()}),
		figure(q, "consents", bot.Cell{Text: cmp.Or(strings.Join(consents, q.T("evidence.comma")), "—"), Value: strings.Join(consents, q.T("evidence.comma"))}), figure(q, "recovery_code", code),
	}, nil
}

// memberLedger shows what moved their points last.
func (c *Community) memberLedger(ctx context.Context, d *Directory, q *bot.Query, p profile) (bot.Table, error) {
	t := bot.Table{Key: "ledger", Title: q.T("member.ledger"), Empty: q.T("member.ledger.none"), Columns: columns(q, "number# at amount# balance# reason")}
	entries, err := c.Purse.history(ctx, d.Accounts(p.ID), entriesShown)
	for _, e := range entries {
		reason := e.Reason
		if e.Kind == points.KindRepayment {
			reason = q.T("member.repaid")
		}
		t.Rows = append(t.Rows, bot.Row{Key: fmt.Sprint(e.ID), Cells: []bot.Cell{
			number(e.ID), c.Clock(e.At), {Text: fmt.Sprintf("%+d", e.Amount), Value: e.Amount}, number(e.Balance), {Text: bot.Clean(reason)},
		}})
	}
	return t, err
}

// memberIDs shows the ids that are this person, and how it is known of each; the acts about a member stand at theirs.
func (c *Community) memberIDs(ctx context.Context, d *Directory, q *bot.Query, p profile) (bot.Table, error) {
	t := bot.Table{Key: "ids", Title: q.T("member.ids"), Columns: columns(q, "member name at evidence by")}
	ids := d.IDs(p.ID)
	var rows []struct {
		ID, Name, Evidence, ByMember string
		At                           int64
	}
	if err := c.db.Conn(ctx).Raw(`SELECT m.id, m.name, COALESCE(a.evidence, '') AS evidence, COALESCE(a.by_member, '') AS by_member, COALESCE(a.at, 0) AS at
		FROM members m LEFT JOIN aliases a ON a.alias = m.id WHERE m.id IN ?`, ids).Scan(&rows).Error; err != nil {
		return t, fmt.Errorf("ids of %s: %w", p.ID, err)
	}
	own := map[MemberID]int{}
	asked := make([]MemberID, len(rows))
	for i, row := range rows {
		own[MemberID(row.ID)], asked[i] = i, MemberID(row.ByMember)
	}
	names, err := d.Called(ctx, asked...)
	if err != nil {
		return t, err
	}
	for _, id := range ids {
		i, ok := own[id]
		if !ok {
			continue
		}
		row := bot.Row{Key: string(id)}
		by, at, evidence := bot.Cell{}, time.Time{}, q.T("member.own")
		if id == p.ID {
			row.Acts = c.actsOn(q, id, len(ids), p.waits)
		} else {
			at, evidence = bot.FromMillis(rows[i].At), evidenceOf(q, rows[i].Evidence)
			if q.Actor.Role >= bot.Manager {
				row.Acts = []bot.Act{{Command: "拆分", Args: string(id), Grave: true}}
			}
			if rows[i].ByMember != "" {
				by = d.Cell(names, MemberID(rows[i].ByMember))
			}
		}
		row.Cells = []bot.Cell{{Text: string(id)}, {Text: c.Words.ScreenName(rows[i].Name)}, c.Clock(at), {Text: evidence, Value: rows[i].Evidence}, by}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// evidenceOf is by what an id was merged, in words.
func evidenceOf(q *bot.Query, stored string) string {
	key := "merged." + strings.ReplaceAll(stored, " ", "_")
	if text := q.T(key); text != key {
		return text
	}
	return bot.Clean(evidenceIn(q.T, stored))
}

// memberAudit shows what managers did to them last, and what of it can be taken back.
func (c *Community) memberAudit(ctx context.Context, d *Directory, q *bot.Query, p profile) (bot.Table, error) {
	t, err := c.auditTable(ctx, d, q, AuditFilter{Targets: d.IDs(p.ID), Limit: entriesShown + 1})
	t.Next = "" // the audit has a view of its own
	return t, err
}
