package nudge

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/community/uplift"
)

// report is 触达报告 [唤醒] [2026Q4]: what the families of a quarter came to.
func (f *feature) report(ctx context.Context, r *bot.Request) error {
	today := f.c.Calendar.Day(r.At)
	quarter, words := quarterOf(today), strings.Fields(r.Args)
	if n := len(words); n > 0 {
		if last := strings.ToUpper(bot.Fold(words[n-1])); len(last) == 6 && last[4] == 'Q' {
			if _, _, ok := quarterBounds(last); !ok {
				return r.Refuse("report.quarter", "Command", r.Command())
			}
			quarter, words = last, words[:n-1]
		}
	}
	list, err := f.families(ctx)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		one := *r
		one.Args = strings.Join(words, " ")
		s, err := f.only(ctx, &one)
		if err != nil {
			return err
		}
		list = []state{*s}
	}
	lines := []string{r.T("report.title", "Quarter", quarter)}
	for i := range list {
		e, err := f.effectOf(ctx, list[i].Name, quarter, today)
		if err != nil {
			return err
		}
		if e.result.Treated.N+e.result.Held.N+e.open+e.reached == 0 && len(words) == 0 {
			continue
		}
		about, err := f.effectLines(ctx, r, &list[i], e, today)
		if err != nil {
			return err
		}
		lines = append(lines, about...)
	}
	if len(lines) == 1 {
		lines = append(lines, r.T("report.empty"))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// effectLines are what is said of one family in a quarter.
func (f *feature) effectLines(ctx context.Context, r *bot.Request, s *state, e *effect, today community.Day) ([]string, error) {
	lines := []string{r.T("report.family", "Family", f.title(r.T, s), "State", f.stands(r.T, s), "Reached", e.reached,
		"Treated", e.result.Treated.N, "Held", e.result.Held.N, "Open", e.open)}
	if len(e.refused) > 0 {
		lines = append(lines, r.T("report.refused", "Why", f.why(r.T, e.refused)))
	}
	if !e.due {
		lines = append(lines, r.T("report.early", "Date", e.look.String())+f.visible(r.T, e))
	} else {
		goal := f.goalName(r.T, s.Goal)
		lines = append(lines, r.T("report.rates", "Goal", goal, "Treated", share1(e.result.Treated), "Held", share1(e.result.Held)),
			r.T("report.diff", "Diff", signed(e.result.Diff), "Lo", signed(e.result.Lo), "Hi", signed(e.result.Hi))+f.visible(r.T, e),
			r.T("verdict."+string(e.verdict)))
		for i, w := range e.variants {
			text := r.T("report.variant", "Letter", w.label, "Rate", share1(w.arm))
			if i > 0 {
				text += r.T("report.beside", "First", e.variants[0].label, "Diff", signed(w.beside.Diff), "Lo", signed(w.beside.Lo), "Hi", signed(w.beside.Hi), "Verdict", r.T("beside."+string(w.verdict)))
			}
			lines = append(lines, text)
		}
	}
	months, err := f.months(ctx, s.Name, today)
	if err == nil && uplift.Retire(months) {
		lines = append(lines, r.T("retire", "Family", f.title(r.T, s)))
	}
	return lines, err
}

// visible says which rise so many people would show.
func (f *feature) visible(t speaker, e *effect) string {
	if e.least >= 1 {
		return t("report.blind")
	}
	return t("report.least", "Least", points(e.least))
}

// share1 is a share with what it is of: 40.0% (12/30).
func share1(a uplift.Arm) string {
	if a.N == 0 {
		return "0/0"
	}
	return fmt.Sprintf("%.1f%%（%d/%d）", 100*a.Rate(), a.K, a.N)
}

// signed is a difference of shares in points: +6.7.
func signed(x float64) string { return fmt.Sprintf("%+.1f", 100*x) }

// points is a share in points.
func points(x float64) string { return fmt.Sprintf("%.1f", 100*x) }

// logged is how many nudges of one person are told.
const logged = 15

// log is 触达记录 @x: what somebody got, and why they got nothing.
func (f *feature) log(ctx context.Context, r *bot.Request) error {
	who, rest, err := f.c.Target(ctx, r)
	if err != nil {
		return err
	}
	if rest != "" {
		return r.Refuse("log.usage", "Command", r.Command())
	}
	name, err := f.c.Called(ctx, who.ID)
	if err != nil {
		return err
	}
	list, err := f.families(ctx)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for i := range list {
		titles[list[i].Name] = f.title(r.T, &list[i])
	}
	ids, err := f.c.IDs(ctx, who.ID)
	if err != nil {
		return err
	}
	in, args := community.In(ids)
	lines := []string{r.T("log.title", "Name", name)}
	for _, query := range [...]string{
		`SELECT family, variant, at, state, reason FROM nudge_sends WHERE member_id IN ` + in + ` ORDER BY at DESC, batch LIMIT ` + fmt.Sprint(logged),
		`SELECT family, '', at, 'refused', reason FROM nudge_refusals WHERE member_id IN ` + in + ` ORDER BY at DESC, family LIMIT ` + fmt.Sprint(logged),
	} {
		err := f.db.Each(ctx, func(scan func(...any) error) error {
			var family, variant, state, reason string
			var at int64
			if err := scan(&family, &variant, &at, &state, &reason); err != nil {
				return err
			}
			what := r.T("sent." + state)
			if reason != "" {
				what += r.T("sent.because", "Reason", r.T("why."+reason))
			}
			if titles[family] == "" {
				titles[family] = family
			}
			lines = append(lines, r.T("log.line", "At", f.clockOf(bot.FromMillis(at)), "Family", titles[family], "Letter", variant, "What", what))
			return nil
		}, query, args...)
		if err != nil {
			return fmt.Errorf("nudges of %s: %w", who.ID, err)
		}
	}
	if len(lines) == 1 {
		lines = append(lines, r.T("log.empty"))
	}
	r.Whisper(r.Actor.Member, strings.Join(lines, "\n"))
	return nil
}
