package ambassador

import (
	"context"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// For the tests of codes.
const Alphabet = codeAlphabet

// For the tests of codes.
var (
	NewCode = newCode
	Checks  = checks
	CutCode = cutCode
)

// FindCode is findCode.
func FindCode(text string) (code string, direct, ok bool) {
	s, ok := findCode(text)
	return s.code, s.direct, ok
}

// ReadFunnels is funnels, of a community.
func ReadFunnels(ctx context.Context, db bot.Storage, c *community.Community, from, to, today community.Day) (Funnels, error) {
	f := &feature{db: community.SQL{Storage: db}, c: c, cfg: Defaults()}
	return f.funnels(ctx, from, to, today)
}
