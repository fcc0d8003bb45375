package wallet

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/points"
)

// How much of a bulk grant is shown.
const (
	bulkPreview  = 5
	bulkReport   = 20
	bulkProblems = 20
	bulkText     = 20                 // characters of what is not understood
	bulkAgain    = 7 * 24 * time.Hour // in which the same content is pointed out
)

// bulked is what an undo of a bulk grant needs: its transfers are key/1 to key/n.
type bulked struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

// bulkRecord is what the audit keeps of a bulk grant.
type bulkRecord struct {
	Key    string `json:"key"`
	Rows   int    `json:"rows"`
	People int    `json:"people"`
	Given  int64  `json:"given"`
	Taken  int64  `json:"taken"`
	Hash   string `json:"hash"`
}

// bulk gives to and takes from many members at once, all or nothing, from a file or the lines of a message:
//
//	批量加分 春节活动
//	@小明 10
//	m12 -5 重复领取
func (w *wallet) bulk(ctx context.Context, r *bot.Request) error {
	first, _, _ := strings.Cut(strings.TrimSpace(r.Text), "\n")
	reason := strings.Join(strings.Fields(strings.TrimPrefix(strings.TrimLeft(first, "/／"), r.Command())), " ")
	var lines []bulkLine
	var problems []problem
	switch {
	case r.Table != nil:
		lines, problems = tableLines(r.Table)
	case utf8.RuneCountInString(r.Text) > bulkChat:
		return r.Refuse("bulk.long")
	default:
		lines = chatLines(r.Text)
	}
	reason, err := w.c.Reason(r, reason)
	if err != nil {
		return err
	}
	p, more, err := w.plan(ctx, community.MemberID(r.Actor.Member), lines)
	if err != nil {
		return err
	}
	if problems = append(problems, more...); len(problems) > 0 {
		return bot.Refuse(w.tellProblems(r, problems))
	}
	if len(p.awards) == 0 {
		return r.Refuse("bulk.how", "Command", r.Command())
	}
	stored := cmp.Or(reason, r.T("bulk.reason"))
	hash := p.hash(stored)
	if !r.Confirmed {
		preview, err := w.bulkPreview(ctx, r, p, reason, hash)
		if err != nil {
			return err
		}
		r.Table = p.table()
		_, err = w.c.Confirmations.Ask(ctx, r, preview)
		return err
	}
	done := bulked{fmt.Sprintf("bulk/%d", r.Seq), len(p.awards)}
	if err := w.post(ctx, r, p, done.Key, stored); err != nil {
		return err
	}
	code, err := w.c.Undo.Offer(ctx, r, "wallet.bulk", done)
	if err != nil {
		return err
	}
	if err := w.c.Audit.Record(ctx, r, "bulk", done.Key, p.record(done.Key, hash)); err != nil {
		return err
	}
	r.Reply(strings.Join([]string{r.T("bulk.done", p.figures()...), w.tellAwards(r, p, bulkReport), r.T("grant.undo", "Code", code)}, "\n"))
	return nil
}

func (p plan) record(key, hash string) bulkRecord {
	return bulkRecord{key, len(p.awards), p.people, p.given, p.taken, hash}
}

// figures are the plan's numbers for texts.
func (p plan) figures() []any {
	return []any{"Rows", len(p.awards), "People", p.people, "Given", p.given, "Taken", p.taken, "Largest", p.largest.amount, "Name", p.largest.name}
}

// bulkPreview shows what would be done, and when the same was done before.
func (w *wallet) bulkPreview(ctx context.Context, r *bot.Request, p plan, reason, hash string) (string, error) {
	lines := []string{r.T("bulk.preview", p.figures()...), w.tellAwards(r, p, bulkPreview)}
	if reason != "" {
		lines = append(lines, r.T("bulk.why", "Reason", reason))
	}
	before, ok, err := w.sameBefore(ctx, r.At, hash)
	if ok {
		lines = append(lines, r.T("bulk.again", "Time", before.In(w.c.Calendar.Zone()).Format("01-02 15:04")))
	}
	return strings.Join(lines, "\n"), err
}

// tellAwards are the first lines of a plan.
func (w *wallet) tellAwards(r *bot.Request, p plan, most int) string {
	var lines []string
	for _, a := range p.awards[:min(most, len(p.awards))] {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("· %s（%s）%+d  %s", a.name, a.id, a.amount, community.Shorten(a.reason, historyReason)), " "))
	}
	if more := len(p.awards) - most; more > 0 {
		lines = append(lines, r.T("bulk.more", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// tellProblems are the first problems, and how many there are.
func (w *wallet) tellProblems(r *bot.Request, problems []problem) string {
	lines := []string{r.T("bulk.problems", "Count", len(problems))}
	for _, p := range problems[:min(bulkProblems, len(problems))] {
		kv := slices.Clone(p.kv)
		for i := 1; i < len(kv); i += 2 {
			switch v := kv[i].(type) {
			case string:
				switch kv[i-1] {
				case "Name":
					kv[i] = w.c.Words.ScreenName(v)
				case "Text":
					kv[i] = community.Shorten(community.OneLine(v), bulkText)
				}
			case []community.MemberID:
				kv[i] = spelled(v)
			}
		}
		lines = append(lines, r.T("bulk.line", "Line", p.line, "Problem", r.T("bulk.problem."+p.key, kv...)))
	}
	if more := len(problems) - bulkProblems; more > 0 {
		lines = append(lines, r.T("bulk.more_problems", "Count", more))
	}
	return strings.Join(lines, "\n")
}

// spelled names a few ids.
func spelled(ids []community.MemberID) string {
	var words []string
	for _, id := range ids[:min(len(ids), 5)] {
		words = append(words, string(id))
	}
	return strings.Join(words, ", ")
}

// sameBefore tells when a bulk grant of the same content was done last in the days before at, and stands.
func (w *wallet) sameBefore(ctx context.Context, at time.Time, hash string) (when time.Time, ok bool, err error) {
	since := at.Add(-bulkAgain)
	undone := map[string]bool{}
	undos, err := w.c.Audit.List(ctx, community.AuditFilter{Action: "undo", Since: since, Limit: 500})
	if err != nil {
		return when, false, err
	}
	for _, e := range undos {
		undone[e.UndoOf] = true
	}
	bulks, err := w.c.Audit.List(ctx, community.AuditFilter{Action: "bulk", Since: since, Limit: 500})
	if err != nil {
		return when, false, err
	}
	for _, e := range bulks {
		var record bulkRecord
		if err := json.Unmarshal(e.Detail, &record); err != nil {
			return when, false, fmt.Errorf("audit %d: %w", e.ID, err)
		}
		if record.Hash == hash && !undone[e.Event] {
			return e.At, true, nil
		}
	}
	return when, false, nil
}

// post moves the points of a plan, in its order.
func (w *wallet) post(ctx context.Context, r *bot.Request, p plan, key, reason string) error {
	var gifts []points.Transfer
	for i, a := range p.awards {
		t := points.Transfer{Key: fmt.Sprintf("%s/%d", key, i+1), From: points.Issued, Amount: a.amount, Reason: cmp.Or(a.reason, reason), At: r.At}
		if a.amount < 0 {
			break
		}
		var err error
		if t.To, err = w.c.Account(ctx, a.id); err != nil {
			return err
		}
		gifts = append(gifts, t)
	}
	if _, err := w.c.Purse.Post(ctx, gifts...); err != nil {
		return err
	}
	for i, a := range p.awards[len(gifts):] {
		t := points.Transfer{Key: fmt.Sprintf("%s/%d", key, len(gifts)+i+1), To: points.Burned, Amount: -a.amount, Reason: cmp.Or(a.reason, reason), At: r.At}
		if err := w.c.Purse.Spend(ctx, r, a.id, t); err != nil {
			return err
		}
	}
	return nil
}

// undoBulk takes a whole bulk grant back, last first.
func (w *wallet) undoBulk(ctx context.Context, r *bot.Request, payload []byte) error {
	var b bulked
	if err := json.Unmarshal(payload, &b); err != nil {
		return err
	}
	for i := b.N; i > 0; i-- {
		if err := w.takeBack(ctx, r, fmt.Sprintf("%s/%d", b.Key, i)); err != nil {
			return err
		}
	}
	return nil
}
