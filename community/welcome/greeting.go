package welcome

import (
	"context"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// standard is how many greetings there are in the catalogues: hello.1 to hello.3.
const standard = 3

// greeting is what is said to some people.
func (w *welcome) greeting(ctx context.Context, r *bot.Request, as outcome, place string, list []arrival) (string, error) {
	v := variables{Group: place, Rules: w.rules(r)}
	names := make([]string, len(list))
	for i, a := range list {
		var err error
		if names[i], err = w.c.Called(ctx, a.member); err != nil {
			return "", err
		}
	}
	v.Name = w.together(r, names)
	if len(list) == 1 {
		var err error
		if v.Number, err = w.number(ctx, list[0]); err != nil {
			return "", err
		}
	}
	if by := list[0].inviter; by != "" && sameInviter(list) {
		var err error
		if v.Inviter, err = w.c.Called(ctx, by); err != nil {
			return "", err
		}
	}
	if as == late {
		return r.T("late", v.pairs()...), nil
	}
	return w.pick(r, v, -1)
}

// pick says the greeting of a number, or any where it is negative.
func (w *welcome) pick(r *bot.Request, v variables, number int) (string, error) {
	if number < 0 {
		number = r.Rand().IntN(w.count())
	}
	if len(w.variants) == 0 {
		return r.T(fmt.Sprintf("hello.%d", number+1), v.pairs()...), nil
	}
	var b strings.Builder
	err := w.variants[number].Execute(&b, v)
	return b.String(), err
}

// count is how many greetings there are to choose from.
func (w *welcome) count() int {
	if len(w.variants) == 0 {
		return standard
	}
	return len(w.variants)
}

func (v variables) pairs() []any {
	return []any{"Name", v.Name, "Group", v.Group, "Inviter", v.Inviter, "Number", v.Number, "Rules", v.Rules}
}

func (w *welcome) rules(r *bot.Request) string {
	if w.cfg.Rules != "" {
		return w.cfg.Rules
	}
	return r.T("rules")
}

func sameInviter(list []arrival) bool {
	for _, a := range list {
		if a.inviter != list[0].inviter {
			return false
		}
	}
	return true
}

// together joins names, so many as are said; those that can't be echoed are said as one with their number.
func (w *welcome) together(r *bot.Request, names []string) string {
	fallback := w.c.Words.ScreenName("")
	var said []string
	nameless := 0
	for _, name := range names {
		if name == fallback {
			nameless++
		} else {
			said = append(said, name)
		}
	}
	others := max(0, len(said)-w.cfg.Names)
	said = said[:len(said)-others]
	if nameless > 0 && len(said) < w.cfg.Names {
		if nameless == 1 {
			said = append(said, fallback)
		} else {
			said = append(said, r.T("nameless", "Name", fallback, "N", nameless))
		}
	} else {
		others += nameless
	}
	text := strings.Join(said, r.T("and"))
	if others > 0 {
		text = r.T("others", "Names", text, "N", others)
	}
	return text
}

// preview shows managers the real greeting, as it would be for them now.
func (w *welcome) preview(ctx context.Context, r *bot.Request) error {
	place := r.T("preview.group")
	v := variables{Name: r.Actor.Name, Rules: w.rules(r), Number: 1}
	if r.Actor.Group != "" {
		p, err := w.c.Place(ctx, community.GroupID(r.Actor.Group))
		if err != nil {
			return err
		}
		place = w.c.Words.ScreenName(p.Name)
		a := arrival{member: community.MemberID(r.Actor.Member), group: community.GroupID(r.Actor.Group), at: r.At}
		if v.Number, err = w.number(ctx, a); err != nil {
			return err
		}
	}
	v.Group = place
	lines := []string{r.T("preview.title", "N", w.count())}
	if !w.cfg.Enabled {
		lines = append(lines, r.T("preview.off"))
	}
	for i := range w.count() {
		text, err := w.pick(r, v, i)
		if err != nil {
			return err
		}
		if word, bad := w.c.Words.Forbidden(text); bad {
			text += "\n" + r.T("preview.word", "Word", word)
		}
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, text))
	}
	lines = append(lines, r.T("preview.late")+r.T("late", v.pairs()...))
	r.Reply(strings.Join(lines, "\n"))
	return nil
}
