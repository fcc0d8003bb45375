package shop

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/tiers"
)

// Config is the section shop.
type Config struct {
	Goods []Goods `yaml:"goods" doc:"what members can redeem points for, besides what managers offer in the chat with 上架"`
}

// Goods are one of the goods that the configuration declares.
type Goods struct {
	ID    int64  `yaml:"id" doc:"the number members type, 1 to 99; it stays the goods' own for ever"`
	Name  string `yaml:"name" doc:"what it is called"`
	About string `yaml:"about" doc:"a line about it, may be left out"`
	Price int64  `yaml:"price" doc:"points for one piece"`
	Stock *int64 `yaml:"stock" doc:"pieces altogether, those redeemed included; left out: as many as are wanted"`
	Limit int64  `yaml:"limit" doc:"pieces one member may have, 0 for no limit"`
	Per   Period `yaml:"per" doc:"day, week or month: the limit is of each; left out: of all time"`
	From  string `yaml:"from" doc:"first Day on which it can be redeemed, like 2026-12-01"`
	Until string `yaml:"until" doc:"last Day"`
	Kind  Kind   `yaml:"kind" doc:"manual: a manager hands it over (the default); code: a code is given at once, in private"`
	Tier  string `yaml:"tier" doc:"the lowest tier that may redeem it: onlooker, interactor, contributor or koc; left out: everybody"`
}

// Defaults are a shop without goods.
func Defaults() Config { return Config{Goods: []Goods{}} }

// The limits of goods.
const (
	mostDeclared = 99
	mostPieces   = 1_000_000
	longestName  = 40  // characters
	longestAbout = 200 // characters
)

// Validate tells everything that is wrong with the goods.
func (c Config) Validate() error {
	var problems []error
	seen := map[int64]bool{}
	for i, g := range c.Goods {
		wrong := func(key, format string, args ...any) {
			problems = append(problems, community.KeyError{Name: fmt.Sprintf("goods.%d.%s", i, key), Problem: fmt.Sprintf(format, args...)})
		}
		if g.ID < 1 || g.ID > mostDeclared {
			wrong("id", "is a number from 1 to %d, not %d; higher ones are those of 上架", mostDeclared, g.ID)
		} else if seen[g.ID] {
			wrong("id", "%d is the number of other goods already", g.ID)
		}
		seen[g.ID] = true
		g.check(wrong)
	}
	return errors.Join(problems...)
}

// Past are the keys of the last Days that are over.
func (c Config) Past(today community.Day) (keys []string) {
	for i, g := range c.Goods {
		if until, ok := readDay(g.Until); ok && until < today {
			keys = append(keys, fmt.Sprintf("goods[%d].until", i))
		}
	}
	return keys
}

func (g Goods) check(wrong func(key, format string, args ...any)) {
	if n := utf8.RuneCountInString(g.Name); strings.TrimSpace(g.Name) == "" || n > longestName || bot.Clean(g.Name) != g.Name || strings.ContainsAny(g.Name, "\n\t") {
		wrong("name", "is one line of 1 to %d characters", longestName)
	}
	if n := utf8.RuneCountInString(g.About); n > longestAbout || bot.Clean(g.About) != g.About {
		wrong("about", "has at most %d characters", longestAbout)
	}
	if g.Price < 1 || g.Price > community.MaxAmount {
		wrong("price", "is between 1 and %d points, not %d", int64(community.MaxAmount), g.Price)
	}
	if g.Stock != nil && (*g.Stock < 0 || *g.Stock > mostPieces) {
		wrong("stock", "is between 0 and %d pieces, not %d; leave it out where there is no limit", mostPieces, *g.Stock)
	}
	if g.Limit < 0 || g.Limit > mostPieces {
		wrong("limit", "is between 0 (no limit) and %d pieces, not %d", mostPieces, g.Limit)
	}
	if !g.Per.known() {
		wrong("per", "is day, week or month, not %q", string(g.Per))
	} else if g.Per != "" && g.Limit == 0 {
		wrong("per", "needs a limit of pieces in each %s", string(g.Per))
	}
	if g.Kind != "" && g.Kind != Manual && g.Kind != Code {
		wrong("kind", "is manual or code, not %q", string(g.Kind))
	}
	if _, err := tiers.Parse(g.Tier); g.Tier != "" && err != nil {
		wrong("tier", "is onlooker, interactor, contributor or koc, not %q; left out: everybody", g.Tier)
	}
	from, okFrom := readDay(g.From)
	until, okUntil := readDay(g.Until)
	if g.From != "" && !okFrom {
		wrong("from", "is a date like 2026-12-01, not %q", g.From)
	}
	if g.Until != "" && !okUntil {
		wrong("until", "is a date like 2026-12-31, not %q", g.Until)
	} else if okFrom && okUntil && until < from {
		wrong("until", "is before from")
	}
}

// definition is what the configuration says about the goods, as they are stored.
func (g Goods) definition() definition {
	d := definition{Name: strings.TrimSpace(g.Name), About: strings.TrimSpace(g.About), Price: g.Price, Stock: unlimited, Kind: g.Kind, Tier: tiers.Tier(g.Tier)}
	if d.Tier == tiers.Lurker { // everybody is
		d.Tier = ""
	}
	if g.Stock != nil {
		d.Stock = *g.Stock
	}
	if d.Kind == "" {
		d.Kind = Manual
	}
	if g.Per == "" {
		d.Limit = g.Limit
	} else {
		d.Per, d.Each = g.Per, g.Limit
	}
	d.From, _ = readDay(g.From)
	d.Until, _ = readDay(g.Until)
	return d
}
