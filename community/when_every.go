package community

import (
	"fmt"
	"regexp"

	"github.com/weilu-im/weilu/bot"
)

// unevenTimes are repeated times that cron has no line for, by how they begin; key is what is said of them.
var unevenTimes = []struct {
	begin *regexp.Regexp
	key   string
}{
	{regexp.MustCompile(`^\s*(?:每?隔(?:一个?)?[天日周月]|(?:每隔?|隔)(?:[两二三四五六七八九十]|\d+) *个?(?:天|周|星期|礼拜|月)|每个?月的?(?:第|最后一个|最后1个|倒数)|every (?:other|second|\d+ (?:day|week|month)))`), whenUneven},
	{regexp.MustCompile(`^\s*(?:每年|每一年|yearly|every year|annually)`), whenYearly},
}

// uneven tells what is wrong with a repeated time that can't be had.
func (p *whenReader) uneven() error {
	folded := bot.Fold(p.rest)
	for _, t := range unevenTimes {
		if t.begin.MatchString(folded) {
			return &WhenError{t.key, p.rest}
		}
	}
	return nil
}

// every takes 每小时, 每2小时, 每30分钟, every hour: from the beginning of the day, or of the hour.
func (p *whenReader) every() (w When, ok bool, err error) {
	begin := p.rest
	if !p.has("每隔", "每", "every") {
		return w, false, nil
	}
	n, counted := p.number()
	if !counted {
		n = 1
	}
	switch {
	case !counted && p.has("半个小时", "半小时", "half hour", "half an hour"):
		return When{Spec: "*/30 * * * *"}, true, nil
	case p.has("个小时", "小时", "个钟头", "钟头", "hours", "hour"):
		return evenly(n, 24, "0 */%d * * *", "0 * * * *", begin[:len(begin)-len(p.rest)])
	case p.has("分钟", "minutes", "minute", "min"):
		return evenly(n, 60, "*/%d * * * *", "* * * * *", begin[:len(begin)-len(p.rest)])
	}
	return w, false, nil
}

// evenly is every n-th of so many; what doesn't divide them would come unevenly.
func evenly(n, of int, spec, each, said string) (When, bool, error) {
	switch {
	case n == 1:
		return When{Spec: each}, true, nil
	case n < 1 || n >= of || of%n != 0:
		return When{}, true, &WhenError{whenUneven, said}
	}
	return When{Spec: fmt.Sprintf(spec, n)}, true, nil
}
