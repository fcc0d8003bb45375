package community

import (
	"context"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// recoveryEvidence is what a binding that was proven by a recovery code rests on.
const recoveryEvidence = "recovery code"

// recoveryCode whispers a new recovery code to somebody who certainly is who they seem to be.
func (c *Community) recoveryCode(ctx context.Context, r *bot.Request) error {
	waits, err := c.Waits(ctx, MemberID(r.Actor.Origin))
	if err != nil {
		return err
	}
	if waits {
		return r.Refuse("recoverycode.waits", "Name", r.Actor.Name)
	}
	may, err := c.mayHaveCode(ctx, r)
	if err != nil {
		return err
	}
	if !may {
		return r.Refuse("recoverycode.weak", "Name", r.Actor.Name)
	}
	made, err := c.attempts(ctx, "made", r.Actor.Member, r.At.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if made >= recoveryMade {
		return r.Refuse("recoverycode.slow")
	}
	if err := c.attempted(ctx, "made", r.Actor.Member, r.At); err != nil {
		return err
	}
	return c.whisperCode(ctx, r, MemberID(r.Actor.Member), "recoverycode.done")
}

func (c *Community) whisperCode(ctx context.Context, r *bot.Request, id MemberID, key string, kv ...any) error {
	code, err := c.newRecoveryCode(ctx, r.Rand(), id, r.At)
	if err != nil {
		return err
	}
	r.Send(bot.Outgoing{Member: string(id), Text: r.T(key, append(kv, "Code", code)...), Priority: bot.Answer, Secret: true})
	return nil
}

// recover is 找回 CODE: whoever says a member's code in private is that member.
func (c *Community) recover(ctx context.Context, r *bot.Request) error {
	if r.Actor.Group != "" {
		return c.recoverAloud(ctx, r)
	}
	if r.Args == "" || r.From.User == "" {
		return r.Refuse("recover.how")
	}
	slow, err := c.tooManyTries(ctx, r)
	if err != nil {
		return err
	}
	if slow {
		return r.Refuse("recover.slow")
	}
	member, err := c.takeCode(ctx, r.Args)
	if err != nil {
		return err
	}
	if member == "" {
		r.Reply(r.T("recover.wrong")) // no refusal, which would undo the count of tries
		return c.attempted(ctx, "wrong", r.Actor.Origin, r.At)
	}
	alive, err := c.alive(ctx, r, member)
	if err != nil {
		return err
	}
	if alive {
		return c.stolen(ctx, r, member)
	}
	how, err := c.recognise(ctx, r, member)
	if err != nil {
		return err
	}
	p, err := c.Person(ctx, member)
	if err != nil {
		return err
	}
	balance, _, err := c.Purse.Worth(ctx, member)
	if err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "recover", string(member), map[string]any{"origin": r.Actor.Origin, "how": how}); err != nil {
		return err
	}
	r.Actor.Member = string(member) // the answer is the sender's, who is this member now
	if how == recoveredLater {
		r.Actor.Origin = string(member)
	}
	return c.whisperCode(ctx, r, member, "recover."+how, "Name", c.echo(p.Name), "Points", balance)
}

// stolen is what happens to a code that somebody else has than the one who certainly is its member and is here: it is
// void, and its member is told.
func (c *Community) stolen(ctx context.Context, r *bot.Request, member MemberID) error {
	r.Reply(r.T("recover.alive"))
	r.Send(bot.Outgoing{Member: string(member), Text: r.T("recover.stolen"), Priority: bot.Notice})
	if err := c.Audit.Record(ctx, r, "recover refused", string(member), map[string]any{"origin": r.Actor.Origin}); err != nil {
		return err
	}
	return c.attempted(ctx, "wrong", r.Actor.Origin, r.At)
}

// tooManyTries limits guessing, by one and by all together.
func (c *Community) tooManyTries(ctx context.Context, r *bot.Request) (bool, error) {
	hour := r.At.Add(-time.Hour)
	own, err := c.attempts(ctx, "wrong", r.Actor.Origin, hour)
	if err != nil {
		return false, err
	}
	all, err := c.attempts(ctx, "wrong", "", hour)
	return own >= recoveryTries || all >= recoveryAll, err
}

// The ways in which a code tells who somebody is, which are also the ends of their texts' keys.
const (
	recoveredSame  = "same"  // they were bound to the member already, and are now beyond doubt
	recoveredAll   = "all"   // everything since their login is the member's
	recoveredLater = "later" // what they did since their login stays with whom they were taken for
)

// recognise makes the sender the member whose code they had. Their login may have been taken for somebody
// else; where that somebody is only this login, or this login was merged into them, all of it goes along.
func (c *Community) recognise(ctx context.Context, r *bot.Request, member MemberID) (how string, err error) {
	origin, taken := MemberID(r.Actor.Origin), MemberID(r.Actor.Member)
	if taken == member {
		return recoveredSame, c.rebind(ctx, r, origin, recoveryEvidence)
	}
	own, err := c.onlyLogin(ctx, r, origin)
	if err != nil {
		return "", err
	}
	p, err := c.self(ctx, origin)
	if err != nil {
		return "", err
	}
	if own && p.Role > bot.Member || !own && r.Actor.Strong {
		return "", r.Refuse("recover.staff")
	}
	if !own {
		return recoveredLater, c.rebind(ctx, r, member, recoveryEvidence)
	}
	if origin != taken {
		if err := c.Split(ctx, r, origin); err != nil {
			return "", err
		}
	}
	if err := c.Merge(ctx, r, origin, member, recoveryEvidence); err != nil {
		return "", err
	}
	return recoveredAll, c.rebind(ctx, r, origin, recoveryEvidence)
}

// onlyLogin tells whether an id was made for the sender's login and no other was ever bound to it.
func (c *Community) onlyLogin(ctx context.Context, r *bot.Request, origin MemberID) (bool, error) {
	var others int
	err := c.row(ctx, `SELECT COUNT(*) FROM bindings WHERE member_id = ? AND NOT (transport = ? AND session = ? AND user_id = ?)`,
		string(origin), r.Transport, sessionOf(r, r.From), string(r.From.User)).Scan(&others)
	return others == 0, err
}

// recoverAloud burns a code that was said in a group, where everybody can read it.
func (c *Community) recoverAloud(ctx context.Context, r *bot.Request) error {
	if !looksLikeCode(r.Args) {
		return nil // "找回 自信" among people
	}
	member, err := c.takeCode(ctx, r.Args)
	if err != nil {
		return err
	}
	r.Reply(r.T("recover.aloud"))
	if member == "" || member != MemberID(r.Actor.Member) {
		return nil
	}
	may, err := c.mayHaveCode(ctx, r)
	if err != nil || !may {
		return err
	}
	return c.whisperCode(ctx, r, member, "recover.replaced")
}
