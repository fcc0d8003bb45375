package shop

import (
	"context"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// shownOrders is how many orders are listed at once.
const shownOrders = 20

// waiting is 待发货.
func (s *shop) waiting(ctx context.Context, r *bot.Request) error {
	open, err := s.orders(ctx, `WHERE o.state = 'held' ORDER BY o.id`)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		r.Whisper(r.Actor.Member, r.T("waiting.none"))
		return nil
	}
	lines, err := s.lines(ctx, r, open)
	if err != nil {
		return err
	}
	r.Whisper(r.Actor.Member, r.T("waiting.title", "Count", len(open))+"\n"+lines+"\n"+r.T("waiting.how", "Order", open[0].String()))
	return nil
}

// lines describes open orders, one a line.
func (s *shop) lines(ctx context.Context, r *bot.Request, open []order) (string, error) {
	var lines []string
	for _, o := range open[:min(len(open), shownOrders)] {
		called, err := s.c.Called(ctx, o.member)
		if err != nil {
			return "", err
		}
		lines = append(lines, r.T("waiting.line", "Order", o.String(), "Goods", o.name, "Name", called, "ID", string(o.member), "Waits", s.span(r, r.At.Sub(o.at))))
	}
	if more := len(open) - shownOrders; more > 0 {
		lines = append(lines, r.T("waiting.more", "Count", more))
	}
	return strings.Join(lines, "\n"), nil
}

// span is how long something took, as people say it.
func (s *shop) span(r *bot.Request, d time.Duration) string {
	switch hours := int(d.Hours()); {
	case hours >= 48:
		return r.T("span.days", "Count", hours/24)
	case hours >= 1:
		return r.T("span.hours", "Count", hours)
	}
	return r.T("span.new")
}
