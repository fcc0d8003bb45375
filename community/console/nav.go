package console

import (
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// navSection is a part of the navigation.
type navSection struct {
	Name, Title string
	Groups      []navGroup
	Open        bool // the page that is shown is in it
	N           int  // how much waits in it
}

// navGroup is the views of a feature.
type navGroup struct {
	Title string // empty where it would say what its only view says
	Views []navView
}

// navView is where a view stands.
type navView struct {
	bot.ViewOffer
	N int // how much waits there
}

// Nav is the views that the reader may see, by what they are about and by feature.
func (p *page) Nav() []navSection {
	if p.Reader.Member == "" {
		return nil
	}
	if p.nav == nil {
		p.nav = p.buildNav()
	}
	return p.nav
}

func (p *page) buildNav() (sections []navSection) {
	waiting := map[string]int{}
	for _, w := range p.Waiting() {
		waiting[w.View.View] += w.N
	}
	offers := p.console.opts.Engine.Views(p.Reader.actor())
	slices.SortStableFunc(offers, func(a, b bot.ViewOffer) int {
		switch {
		case a.Lead == b.Lead:
			return 0
		case a.Lead:
			return -1
		}
		return 1
	})
	for _, name := range bot.Sections() {
		s := navSection{Name: string(name), Title: p.T("section." + string(name))}
		last := ""
		for _, v := range offers {
			if v.Section != name {
				continue
			}
			s.Open = s.Open || v.Name == p.At
			if v.Detail {
				continue
			}
			if v.Feature != last || len(s.Groups) == 0 {
				s.Groups, last = append(s.Groups, navGroup{Title: p.console.featureTitle(p.Reader.Lang, v.Feature, v.Title)}), v.Feature
			}
			g := &s.Groups[len(s.Groups)-1]
			g.Views = append(g.Views, navView{v, waiting[v.Name]})
			s.N += waiting[v.Name]
		}
		for i, g := range s.Groups {
			if len(g.Views) == 1 && g.Views[0].Title == g.Title {
				s.Groups[i].Title = ""
			}
		}
		if len(s.Groups) > 0 {
			sections = append(sections, s)
		}
	}
	return sections
}

// Waiting is what waits for the reader's word. What can't be counted is told to the operator, and left out.
func (p *page) Waiting() []bot.WaitingOffer {
	if p.waiting == nil {
		list, err := p.console.opts.Engine.Inbox(p.request.Context(), bot.Query{At: p.console.opts.Clock().UTC(), Actor: p.Reader.actor()})
		if err != nil && p.request.Context().Err() == nil {
			p.console.log.Error("console: not everything that waits could be counted", "err", err)
			p.partial = true
		}
		p.waiting = append([]bot.WaitingOffer{}, list...)
	}
	return p.waiting
}

// featureTitle is what a feature is called: its text "feature", or else what its first page is called.
func (c *Console) featureTitle(lang, feature, otherwise string) string {
	if title := c.opts.Engine.Text(lang, feature, "feature"); title != "feature" {
		return title
	}
	return otherwise
}
