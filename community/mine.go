package community

import (
	"context"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// Mine is what the features say to a member of themselves: 我的 shows it without knowing them.
type Mine struct {
	c     *Community
	lines []func(ctx context.Context, r *bot.Request, member MemberID) (string, error)
}

// Register says what a feature tells a member in one line, while the program is put together; nothing where it has
// nothing to tell. r is of another feature, so texts come from r.In(name).
func (m *Mine) Register(_ string, line func(ctx context.Context, r *bot.Request, member MemberID) (string, error)) {
	m.lines = append(m.lines, line)
}

// command is 我的: what the features say, and the honours.
func (m *Mine) command(ctx context.Context, r *bot.Request) error {
	member := MemberID(r.Actor.Member)
	lines := []string{r.T("mine.head", "Name", r.Actor.Name)}
	for _, line := range m.lines {
		text, err := line(ctx, r, member)
		if err != nil {
			return err
		}
		if text != "" {
			lines = append(lines, text)
		}
	}
	badges, err := m.c.Badges.Of(ctx, member)
	if err != nil {
		return err
	}
	var names []string
	for _, b := range badges {
		names = append(names, m.c.BadgeName(r, b))
	}
	if len(names) > 0 {
		lines = append(lines, r.T("mine.badges", "Badges", strings.Join(names, r.T("mine.comma"))))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// BadgeName is what a badge is called in the language of r.
func (c *Community) BadgeName(r *bot.Request, b Badge) string {
	if b.Title != "" {
		return c.Words.ScreenName(b.Title)
	}
	return r.In(b.Feature).T("badge." + b.Name)
}

// Titled is Names with the titles that people hold beside them, in the language of r: for boards.
func (c *Community) Titled(ctx context.Context, r *bot.Request, ids ...MemberID) (map[MemberID]string, error) {
	names, err := c.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	titles, err := c.Badges.Beside(ctx, func(feature, key string) string { return r.In(feature).T(key) }, ids...)
	for id, title := range titles {
		names[id] += " · " + title
	}
	return names, err
}
