package community

import (
	"context"
	"errors"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

func (c *Community) identityCommands() []bot.Command {
	return []bot.Command{
		{Names: []string{"待认领", "pending"}, Usage: "usage.pending", Help: "help.pending", Role: bot.Manager, Run: c.pending},
		{Names: []string{"合并", "merge"}, Usage: "usage.merge", Help: "help.merge", Role: bot.Manager, Run: c.merge},
		{Names: []string{"拆分", "split"}, Usage: "usage.target", Help: "help.split", Role: bot.Manager, Run: c.split},
		{Names: []string{"确认新人", "newcomer"}, Usage: "usage.target", Help: "help.newcomer", Role: bot.Manager, Run: c.newcomer},
		{Names: []string{"认领群", "claimgroup"}, Usage: "usage.claim", Help: "help.claim", Role: bot.Manager, Where: bot.InGroup, Dormant: true, Run: c.claimGroup},
		{Names: []string{"找回码", "recoverycode"}, Help: "help.recoverycode", Where: bot.InPrivate, Run: c.recoveryCode},
		{Names: []string{"找回", "recover"}, Usage: "usage.recover", Help: "help.recover", Secret: true, Run: c.recover},
	}
}

// sureWords say that two people who were both active at one time are one person nevertheless.
var sureWords = map[string]bool{"同一人": true, "same": true}

// merge makes two people one: 合并 @小明 到 m12.
func (c *Community) merge(ctx context.Context, r *bot.Request) error {
	from, into, rest, err := c.couple(ctx, r)
	if err != nil {
		return err
	}
	names := []any{"From", c.echo(from.Name), "FromID", string(from.ID), "Into", c.echo(into.Name), "IntoID", string(into.ID)}
	if from.ID == into.ID {
		return r.Refuse("merge.same", names...)
	}
	for _, id := range [...]MemberID{from.ID, into.ID} {
		if asked, _, err := c.erasure(ctx, id); err != nil || !asked.IsZero() {
			return errors.Join(err, r.Refuse("merge.erased"))
		}
	}
	waits, err := c.Waits(ctx, into.ID)
	if err != nil {
		return err
	}
	if waits {
		return r.Refuse("merge.provisional", names...)
	}
	if r.Actor.Role < bot.Owner && max(from.Role, into.Role) > bot.Member {
		return r.Refuse("merge.staff", names...)
	}
	both, err := c.overlap(ctx, from.ID, into.ID)
	if err != nil {
		return err
	}
	if both && !sureWords[bot.Fold(rest)] {
		return r.Refuse("merge.both", append(names, "Command", r.Command())...)
	}
	sure, err := c.Confirmations.Ask(ctx, r, strings.Join([]string{
		r.T("merge.preview", names...), c.figures(ctx, r, from.ID), c.figures(ctx, r, into.ID), r.T("merge.promise", names...),
	}, "\n"))
	if err != nil || !sure {
		return err
	}
	if err := c.Merge(ctx, r, from.ID, into.ID, "manager"); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.merge", undoMerge{from.ID},
		strings.Join([]string{r.T("merge.done", names...), c.figures(ctx, r, into.ID)}, "\n"))
}

// couple reads the two people of 合并 @a 到 @b, and what follows.
func (c *Community) couple(ctx context.Context, r *bot.Request) (from, into Person, rest string, err error) {
	from, rest, err = c.Target(ctx, r)
	if err != nil {
		return from, into, "", err
	}
	to := ""
	for _, word := range [...]string{"到", "to ", "into ", "->"} {
		if after, ok := strings.CutPrefix(rest, word); ok {
			to = strings.TrimSpace(after)
			break
		}
	}
	if to == "" {
		return from, into, "", r.Refuse("merge.how", "Command", r.Command())
	}
	second := *r
	second.Args = to
	into, rest, err = c.Target(ctx, &second)
	return from, into, rest, err
}

// overlap tells whether two people were active at the same time, so that they are hardly one.
func (c *Community) overlap(ctx context.Context, a, b MemberID) (bool, error) {
	nA, firstA, lastA, err := c.spoke(ctx, a)
	if err != nil {
		return false, err
	}
	nB, firstB, lastB, err := c.spoke(ctx, b)
	return nA > 0 && nB > 0 && firstA <= lastB && firstB <= lastA, err
}

// figures is a line of what is known of somebody. What can't be read is left out of it.
func (c *Community) figures(ctx context.Context, r *bot.Request, id MemberID) string {
	messages, first, last, err := c.spoke(ctx, id)
	if err != nil {
		return "· " + string(id)
	}
	day := func(ms int64) string {
		if ms == 0 {
			return "–"
		}
		return bot.FromMillis(ms).In(c.Calendar.Zone()).Format("2006-01-02")
	}
	line := c.text(r, "identity.figures", "ID", string(id), "Messages", messages, "First", day(first), "Last", day(last))
	if balance, _, err := c.Purse.Worth(ctx, id); err == nil {
		line += c.text(r, "identity.points", "Points", balance)
	}
	return line
}

// split makes an id that was merged somebody of their own again: 拆分 m45.
func (c *Community) split(ctx context.Context, r *bot.Request) error {
	alias, err := c.whichAlias(ctx, r)
	if err != nil {
		return err
	}
	if who, err := c.Who(ctx, alias); err != nil || who == alias {
		if err == nil {
			err = c.unbind(ctx, r, alias)
		}
		return err
	}
	person, err := c.Person(ctx, alias)
	if err != nil {
		return err
	}
	if r.Actor.Role < bot.Owner && person.Role > bot.Member {
		return r.Refuse("merge.staff")
	}
	own, err := c.self(ctx, alias)
	if err != nil {
		return err
	}
	names := []any{"Name", c.echo(own.Name), "ID", string(alias), "Person", c.echo(person.Name), "PersonID", string(person.ID)}
	sure, err := c.Confirmations.Ask(ctx, r, r.T("split.preview", names...))
	if err != nil || !sure {
		return err
	}
	via := c.aliases.via[alias]
	if err := c.Split(ctx, r, alias); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.split", undoSplit{alias, via},
		strings.Join([]string{r.T("split.done", names...), c.figures(ctx, r, person.ID), c.figures(ctx, r, alias)}, "\n"))
}

// unbind parts somebody who was taken for a member at a login from them: 拆分 m12, where nobody was merged into m12.
func (c *Community) unbind(ctx context.Context, r *bot.Request, member MemberID) error {
	g, _, err := c.guessed(ctx, member)
	if err != nil {
		return err
	}
	p, err := c.Person(ctx, member)
	if err != nil {
		return err
	}
	if r.Actor.Role < bot.Owner && p.Role > bot.Member {
		return r.Refuse("merge.staff")
	}
	names := []any{"Name", c.echo(p.Name), "ID", string(member), "Since", bot.FromMillis(g.At).In(c.Calendar.Zone()).Format("01-02 15:04")}
	sure, err := c.Confirmations.Ask(ctx, r, r.T("unbind.preview", names...))
	if err != nil || !sure {
		return err
	}
	id, err := c.Unbind(ctx, r, member)
	if err != nil || id == "" {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.merge.again", undoSplit{id, member},
		r.T("unbind.done", append(names, "New", string(id))...))
}

// whichAlias is the id that 拆分 means: an alias by its id, the only one of a person, or somebody without any who
// was taken for a member at a login.
func (c *Community) whichAlias(ctx context.Context, r *bot.Request) (MemberID, error) {
	if id, _, ok := cutID(strings.TrimSpace(r.Args)); ok {
		if who, err := c.Who(ctx, id); err != nil || who != id {
			return id, err
		}
	}
	p, _, err := c.Target(ctx, r)
	if err != nil {
		return "", err
	}
	ids, err := c.IDs(ctx, p.ID)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 1:
		if _, guessed, err := c.guessed(ctx, p.ID); err != nil || guessed {
			return p.ID, err
		}
		return "", r.Refuse("split.none", "Name", c.echo(p.Name), "ID", string(p.ID))
	case 2:
		return ids[1], nil
	}
	lines := []string{r.T("split.which", "Name", c.echo(p.Name), "ID", string(p.ID), "Count", len(ids)-1)}
	for _, id := range ids[1:] {
		own, err := c.self(ctx, id)
		if err != nil {
			return "", err
		}
		lines = append(lines, r.T("split.alias", "ID", string(id), "Name", c.echo(own.Name)))
	}
	return "", bot.Refuse(strings.Join(append(lines, r.T("target.choose", "Example", r.Command()+" "+string(ids[1]))), "\n"))
}

// newcomer says that somebody who waits to be recognised is a new person: 确认新人 m45.
func (c *Community) newcomer(ctx context.Context, r *bot.Request) error {
	p, _, err := c.Target(ctx, r)
	if err != nil {
		return err
	}
	names := []any{"Name", c.echo(p.Name), "ID", string(p.ID)}
	since, err := c.Roster.provisional(ctx, p.ID)
	if err != nil {
		return err
	}
	if since == 0 {
		return r.Refuse("newcomer.already", names...)
	}
	if err := c.Confirm(ctx, r, p.ID); err != nil {
		return err
	}
	return c.answerWithUndo(ctx, r, "community.newcomer", undoNewcomer{p.ID, since},
		strings.Join([]string{r.T("newcomer.done", names...), c.figures(ctx, r, p.ID)}, "\n"))
}
