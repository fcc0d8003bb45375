package wechat

import (
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// maxPiece is how many characters are said in one message. WeChat takes about 2,000; what is longer is lost.
const maxPiece = 1800

// render writes something said as the texts to send, in order: mentions first, unless the text holds them, and a
// long text in several pieces. names are what people are called where it is said; who has none is called what the
// mention itself says. All pieces together are the text, but for spaces where it was cut, and for characters that
// nobody sees.
func render(o bot.Outgoing, names map[bot.UserID]string) []string {
	text := bot.CleanAll(o.Text)
	var atoms []string
	var head strings.Builder
	for _, p := range o.Mentions {
		name, ok := names[p.User]
		if !ok {
			name = p.Called()
		}
		name = strings.Join(strings.Fields(bot.CleanAll(name)), " ")
		if name == "" {
			continue
		}
		atom := "@" + name + string(fourth)
		atoms = append(atoms, "@"+name)
		if !strings.Contains(text, "@"+name) && !strings.Contains(head.String(), atom) {
			head.WriteString(atom)
		}
	}
	return bot.Pieces(head.String()+text, maxPiece, atoms)
}
