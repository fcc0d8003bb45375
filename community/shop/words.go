package shop

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// wordError says why words about goods are not understood. Key is the text to refuse them with, KV
// its values.
type wordError struct {
	Key string
	KV  []any
}

func (e *wordError) Error() string { return "not understood (" + e.Key + ")" }

// readOffer reads what follows 上架: a name, a price and a stock, then conditions in any order, and what is to be
// said about the goods in the lines below; l has the names of tiers. Its error is a *wordError or a *community.AmountError.
func readOffer(args string, l ladder) (d definition, err error) {
	head, about, _ := strings.Cut(args, "\n")
	d = definition{Kind: Manual, Stock: unlimited}
	words := strings.Fields(head)
	for len(words) > 0 {
		n, err := d.condition(words, l)
		if err != nil {
			return d, err
		}
		if n == 0 {
			break
		}
		words = words[:len(words)-n]
	}
	switch {
	case utf8.RuneCountInString(strings.Join(words, " ")) > longestName+2*len("1000000 "):
		return d, &wordError{Key: "offer.name"}
	case len(words) < 3:
		return d, &wordError{Key: "offer.how"}
	}
	name, price, stock := strings.Join(words[:len(words)-2], " "), words[len(words)-2], words[len(words)-1]
	if err := d.set("name", name); err != nil {
		return d, err
	}
	if err := d.set("price", price); err != nil {
		return d, err
	}
	if d.Stock, err = readStock(stock); err != nil {
		return d, err
	}
	return d, d.set("about", strings.TrimSpace(about))
}

// periodWords begin the limits that managers type.
var periodWords = []struct {
	begin string
	per   Period
}{
	{"每天", Daily}, {"每日", Daily}, {"每周", Weekly}, {"每星期", Weekly}, {"每月", Monthly},
	{"daily", Daily}, {"weekly", Weekly}, {"monthly", Monthly}, {"每人限", ""}, {"限", ""}, {"limit", ""},
}

// condition reads the last words as a condition of goods; n is how many it took, 0 where they are none.
func (d *definition) condition(words []string, l ladder) (n int, err error) {
	last := bot.Fold(words[len(words)-1])
	if last == "兑换码" || last == "codes" {
		d.Kind = Code
		return 1, nil
	}
	if n, err := d.tierCondition(words, l); n > 0 || err != nil {
		return n, err
	}
	if ok, err := d.limit(last); ok || err != nil {
		return 1, err
	}
	for _, w := range dateWords {
		rest, ok := strings.CutPrefix(last, w.begin)
		if ok && rest != "" {
			return 1, d.set(w.field, rest)
		}
	}
	if len(words) > 1 { // 从 2026-12-01
		for _, w := range dateWords {
			if bot.Fold(words[len(words)-2]) == w.begin {
				return 2, d.set(w.field, last)
			}
		}
	}
	return 0, nil
}

var dateWords = []struct{ begin, field string }{{"从", "from"}, {"到", "until"}, {"from", "from"}, {"until", "until"}}

// limit reads 限2, 每周1 and the like; ok is false where the word is nothing of that kind.
func (d *definition) limit(word string) (ok bool, err error) {
	for _, w := range periodWords {
		rest, found := strings.CutPrefix(word, w.begin)
		rest = strings.TrimSuffix(strings.TrimPrefix(rest, "限"), "件")
		if !found || rest == "" || strings.Trim(rest, "0123456789") != "" {
			continue
		}
		n, err := community.Amount(rest)
		switch {
		case err != nil:
			return true, err
		case w.per == "" && d.Limit > 0, w.per != "" && d.Per == w.per:
			return true, &wordError{Key: "offer.twice"}
		case w.per == "":
			d.Limit = n
		case d.Each > 0 && d.Per != w.per:
			return true, &wordError{Key: "offer.periods"}
		default:
			d.Per, d.Each = w.per, n
		}
		return true, nil
	}
	return false, nil
}

// readStock reads how many pieces there are.
func readStock(word string) (int64, error) {
	switch bot.Fold(word) {
	case "不限", "不限量", "无限", "unlimited":
		return unlimited, nil
	case "0":
		return 0, nil
	}
	return community.Amount(strings.TrimSuffix(word, "件"))
}

// none are the words that take a condition away.
func none(word string) bool {
	switch bot.Fold(word) {
	case "无", "不限", "取消", "none", "unlimited":
		return true
	}
	return false
}

// fields are the words by which managers name what they change.
var fields = map[string]string{
	"价格": "price", "price": "price", "库存": "stock", "stock": "stock", "限购": "limit", "limit": "limit",
	"名称": "name", "名字": "name", "name": "name", "说明": "about", "介绍": "about", "about": "about",
	"开始": "from", "from": "from", "截止": "until", "结束": "until", "until": "until", "等级": "tier", "条件": "tier", "tier": "tier",
}

// set changes one field. The stock is no such field, since what is left is not all there was, nor is the tier.
func (d *definition) set(field, value string) (err error) {
	switch field {
	case "price":
		d.Price, err = community.Amount(strings.TrimSuffix(strings.TrimSuffix(value, "积分"), "分"))
		var wrong *community.AmountError
		if errors.As(err, &wrong) && wrong.Key == "amount.zero" {
			return &wordError{Key: "offer.free"}
		}
	case "name":
		value = strings.Join(strings.Fields(bot.Clean(value)), " ")
		if n := utf8.RuneCountInString(value); n == 0 || n > longestName {
			return &wordError{Key: "offer.name"}
		}
		d.Name = value
	case "about":
		value = strings.TrimSpace(bot.Clean(value))
		if none(value) {
			value = ""
		}
		if utf8.RuneCountInString(value) > longestAbout {
			return &wordError{Key: "offer.about"}
		}
		d.About = value
	case "limit":
		if none(value) {
			d.Limit, d.Per, d.Each = 0, "", 0
			return nil
		}
		return d.setLimits(value)
	case "from", "until":
		return d.setDay(field, value)
	}
	return err
}

// setLimits reads limits in the place of those there were: 2, 限2 or 每周1.
func (d *definition) setLimits(value string) error {
	d.Limit, d.Per, d.Each = 0, "", 0
	for _, word := range strings.Fields(bot.Fold(value)) {
		ok, err := d.limit(word)
		if err == nil && !ok {
			d.Limit, err = community.Amount(word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// over refuses what ended before it began.
func (d definition) over(today community.Day) error {
	if d.Until != 0 && d.Until < today {
		return &wordError{Key: "offer.past"}
	}
	return nil
}

func (d *definition) setDay(field, value string) error {
	day, ok := readDay(value)
	switch {
	case none(value):
		day = 0
	case !ok:
		return &wordError{Key: "offer.day"}
	}
	if field == "from" {
		d.From = day
	} else {
		d.Until = day
	}
	if d.From != 0 && d.Until != 0 && d.Until < d.From {
		return &wordError{Key: "offer.order"}
	}
	return nil
}
