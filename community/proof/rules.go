package proof

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// number reads the number of a transfer, with the # that 明细 writes before it or without.
func number(s string) (id int64, ok bool) {
	id, err := strconv.ParseInt(strings.TrimSpace(strings.TrimPrefix(bot.Fold(strings.TrimSpace(s)), "#")), 10, 64)
	return id, err == nil && id > 0
}

// signed is an amount as the asker sees it.
func signed(amount int64, mine side) string {
	if mine == gave || mine == got {
		return fmt.Sprintf("%+d", amount)
	}
	return strconv.FormatInt(amount, 10)
}

// ends are the first and the last digits of a hash, which people compare at a glance.
func ends(hash string) string {
	const n = 6
	if len(hash) <= 2*n {
		return hash
	}
	return hash[:n] + "…" + hash[len(hash)-n:]
}
