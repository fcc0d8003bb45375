package shop

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// longestList is how many goods 商城 shows.
const longestList = 30

// list is 商城.
func (s *shop) list(ctx context.Context, r *bot.Request) error {
	all, err := s.catalogue(ctx)
	if err != nil {
		return err
	}
	balance, _, err := s.c.Purse.Worth(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	mine, err := s.reach(ctx, r)
	if err != nil {
		return err
	}
	today := s.c.Calendar.Day(r.At)
	var lines []string
	shown, example := 0, int64(0)
	for _, g := range all {
		if g.off || g.over(today) {
			continue
		}
		if shown++; shown > longestList {
			continue
		}
		mark := ""
		if g.Price <= balance && g.left() != 0 && !g.early(today) && mine.has(g) {
			mark = r.T("list.mark")
			if example == 0 {
				example = g.id
			}
		}
		lines = append(lines, r.T("list.line", "Mark", mark, "ID", g.id, "Name", g.Name, "Price", g.Price, "Terms", s.terms(r.T, r.In("tier").T, g, today)))
		if g.About != "" {
			lines = append(lines, "　"+strings.ReplaceAll(g.About, "\n", "\n　"))
		}
	}
	if shown == 0 {
		r.Reply(r.T("list.empty"))
		return nil
	}
	if shown > longestList {
		lines = append(lines, r.T("list.more", "Count", shown-longestList))
	}
	lines = append([]string{r.T("list.title", "Balance", balance)}, lines...)
	if example > 0 {
		lines = append(lines, r.T("list.how", "ID", example))
	} else {
		lines = append(lines, r.T("list.save"))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// terms says what is left of goods, who may have them, and when.
func (s *shop) terms(text, tierText func(key string, kv ...any) string, g goods, today community.Day) string {
	var parts []string
	switch left := g.left(); left {
	case unlimited:
	case 0:
		parts = append(parts, text("terms.gone"))
	default:
		parts = append(parts, text("terms.left", "Count", left))
	}
	if g.Limit > 0 {
		parts = append(parts, text("terms.limit", "Count", g.Limit))
	}
	if g.Each > 0 {
		parts = append(parts, text("terms.limit."+string(g.Per), "Count", g.Each))
	}
	if term := tierTerm(text, tierText, g.Tier); term != "" {
		parts = append(parts, term)
	}
	if g.early(today) {
		parts = append(parts, text("terms.from", "Day", date(g.From, today)))
	}
	if g.over(today) {
		parts = append(parts, text("terms.over", "Day", date(g.Until, today)))
	} else if g.Until != 0 {
		parts = append(parts, text("terms.until", "Day", date(g.Until, today)))
	}
	return strings.Join(append([]string{""}, parts...), " · ")
}

// date is a Day as members read it, with its year where that is another than today's.
func date(d, today community.Day) string {
	year := len("2006-")
	if text := d.String(); text[:year] != today.String()[:year] {
		return text
	}
	return d.String()[year:]
}
