package shop

import (
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Kind says how goods are handed over.
type Kind string

// The kinds of goods.
const (
	Manual Kind = "manual" // by a manager
	Code   Kind = "code"   // as a code out of a pool, at once and in private
)

// Period is a span of time in which a limit counts; empty: all time.
type Period string

// The periods.
const (
	Daily   Period = "day"
	Weekly  Period = "week" // begins on Monday
	Monthly Period = "month"
)

func (p Period) known() bool { return p == "" || p == Daily || p == Weekly || p == Monthly }

// around is the first Day of the period that day is in, and the Day after its last.
func (p Period) around(day community.Day) (first, after community.Day) {
	switch p {
	case Daily:
		return day, day + 1
	case Weekly:
		first = day - community.Day((int(day.Weekday())+6)%7)
		return first, first + 7
	}
	return day.Month()
}

// unlimited is the stock of goods of which there are as many as are wanted.
const unlimited = -1

// definition is what goods are, apart from what became of them.
type definition struct {
	Name  string        `json:"name"`
	About string        `json:"about,omitempty"`
	Price int64         `json:"price"`
	Stock int64         `json:"stock"`           // pieces altogether, those redeemed included; unlimited
	Limit int64         `json:"limit,omitempty"` // pieces one member may have altogether, 0 for no limit
	Per   Period        `json:"per,omitempty"`
	Each  int64         `json:"each,omitempty"`  // pieces one member may have in each Per
	From  community.Day `json:"from,omitempty"`  // first Day, 0 for none
	Until community.Day `json:"until,omitempty"` // last Day, 0 for none
	Kind  Kind          `json:"kind"`
	Tier  tiers.Tier    `json:"tier,omitempty"` // the lowest that may have it; empty: everybody
}

// goods are one thing of the shop as it is now.
type goods struct {
	definition
	id       int64
	declared bool  // by the configuration
	sold     int64 // pieces that were redeemed and not refunded
	free     int64 // codes that wait in the pool
	off      bool  // taken off the shelf
}

// left is how many pieces can still be redeemed, or unlimited.
func (g goods) left() int64 {
	left := int64(unlimited)
	if g.Stock != unlimited {
		left = max(0, g.Stock-g.sold)
	}
	if g.Kind == Code && (left == unlimited || g.free < left) {
		left = g.free
	}
	return left
}

func (g goods) early(today community.Day) bool { return g.From != 0 && today < g.From }
func (g goods) over(today community.Day) bool  { return g.Until != 0 && today > g.Until }

// state is how an order stands.
type state string

// The states of an order. Each begins held and ends in one of the others.
const (
	held      state = "held"
	fulfilled state = "fulfilled"
	refunded  state = "refunded"
)

// readDay reads a date with its year: 2026-12-01, 2026/12/1 or 2026年12月1日.
func readDay(s string) (community.Day, bool) {
	parts := strings.FieldsFunc(strings.TrimSpace(bot.Fold(s)), func(r rune) bool { return strings.ContainsRune("-/.年月日", r) })
	if len(parts) != 3 || len(parts[0]) != 4 {
		return 0, false
	}
	for i := range parts {
		if len(parts[i]) == 1 {
			parts[i] = "0" + parts[i]
		}
	}
	day, err := community.ParseDay(strings.Join(parts, "-"))
	return day, err == nil && day > 0
}

// readNumber reads the number of goods or of an order, as people type it: 3, #3, 3号, R12.
func readNumber(s, prefixes string) (int64, bool) {
	s = bot.Fold(strings.TrimSpace(s))
	s = strings.TrimSuffix(strings.TrimLeft(s, prefixes+"#"), "号")
	if s == "" || len(s) > 12 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

// firstWord is the first word of a text, and what follows.
func firstWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, " \t\n\u3000"); i >= 0 {
		return s[:i], strings.TrimSpace(s[i:])
	}
	return s, ""
}

// orderName is how an order is called.
func orderName(id int64) string { return "R" + strconv.FormatInt(id, 10) }
