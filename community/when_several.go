package community

// clocks takes a time of day, or several in order that cron holds in one line: 9点, 9点和18点. A span of them, and more than
// one that can't be had together, are an error: the second is never left as text.
func (p *whenReader) clocks(part string) (list []clock, found bool, err error) {
	begin := p.rest
	c, found, err := p.clock(part)
	if !found || err != nil {
		return nil, found, err
	}
	list = []clock{c}
	for {
		before := p.rest
		c, joined, another := p.another(part, list[0])
		if !another {
			p.rest = before
			return list, true, nil
		}
		last := list[len(list)-1]
		if !joined || c.next || last.next || c.minute != last.minute || c.hour <= last.hour {
			return nil, true, &WhenError{whenSeveral, begin[:len(begin)-len(p.rest)]}
		}
		list = append(list, c)
	}
}

// oneClock takes one time of day, and refuses several.
func (p *whenReader) oneClock(part string) (c clock, found bool, err error) {
	begin := p.rest
	list, found, err := p.clocks(part)
	switch {
	case !found || err != nil:
		return c, found, err
	case len(list) > 1:
		return c, true, &WhenError{whenSeveral, begin[:len(begin)-len(p.rest)]}
	}
	return list[0], true, nil
}

// another takes a time of day behind the first. joined: 和 or 、 stands between. After a space or a comma it may begin the
// text, as 10点开会 does, unless it is a word of its own and another time than the first.
func (p *whenReader) another(part string, first clock) (c clock, joined, ok bool) {
	joined = p.has("以及", "和", "与", "及", "、", "&", "and")
	linked := joined || p.has("到", "至", "-", "~", "—", "–", "to", "或者", "或", "or")
	loose := !linked && (p.has(",", "，") || p.spaced())
	before := p.rest
	c, found, err := p.clock(part)
	if err != nil {
		p.rest = before
		c, found, err = p.clock(anyPart)
	}
	if !found || err != nil {
		return c, false, found && linked
	}
	return c, joined, !loose || c != first && (p.spaced() || p.linksOn(part))
}

// linksOn tells whether another time of day is linked to the one that was taken.
func (p *whenReader) linksOn(part string) bool {
	before := p.rest
	defer func() { p.rest = before }()
	if p.spaced() || p.has(",", "，") {
		return false
	}
	_, _, ok := p.another(part, clock{})
	return ok
}
