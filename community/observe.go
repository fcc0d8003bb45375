package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// seen is what the roster made of an event.
type seen struct {
	group    GroupID  // empty in private
	test     bool     // it is a test group
	member   MemberID // empty where nobody acts; this and the others are ids that facts are kept under
	mentions []MemberID
	quoted   MemberID // whose message this one quotes; empty where not known for certain
}

// observe binds the event's chat and people, keeps presence and names up to date, and sets r.Actor.
func (ro *Roster) observe(ctx context.Context, r *bot.Request) (s seen, err error) {
	r.Actor.Active = r.Kind == bot.Tick
	if done, err := ro.follow(ctx, r); done || err != nil {
		return s, err
	}
	if r.Chat != "" && !r.Private {
		if err := ro.observeGroup(ctx, r, &s); err != nil {
			return s, err
		}
	}
	acts := r.From.User != "" && !r.From.Self || r.Member != ""
	if r.Kind == bot.FriendAsked && acts {
		if acts, err = ro.met(ctx, r); err != nil {
			return s, err
		}
	}
	if acts {
		if err := ro.observeSender(ctx, r, &s); err != nil {
			return s, err
		}
	}
	for _, p := range r.Mentions {
		if !p.Stable && p.User == "" {
			continue
		}
		b, err := ro.member(ctx, r, p)
		if err != nil {
			return s, err
		}
		if b.member != s.member && !slices.Contains(s.mentions, b.member) {
			s.mentions = append(s.mentions, b.member)
		}
	}
	if r.Quote != nil && s.group != "" {
		if s.quoted, err = ro.quoted(ctx, r, s.group); err != nil {
			return s, err
		}
		if s.quoted == s.member {
			s.quoted = ""
		}
	}
	if r.Kind == bot.MembersSeen && s.group != "" {
		return s, ro.listedForGood(ctx, r, s.group)
	}
	return s, nil
}

func (ro *Roster) observeGroup(ctx context.Context, r *bot.Request, s *seen) error {
	id, err := ro.group(ctx, r)
	if err != nil || id == "" {
		return err
	}
	g, err := ro.Place(ctx, id)
	if err != nil {
		return err
	}
	s.group, s.test = id, g.Test
	r.Actor.Group, r.Actor.Active = string(id), g.Adopted
	if g.Language != "" {
		r.Actor.Language = g.Language
	}
	return nil
}

func (ro *Roster) observeSender(ctx context.Context, r *bot.Request, s *seen) error {
	b := binding{member: MemberID(r.Member), strong: true}
	if r.Member == "" {
		var err error
		if b, err = ro.member(ctx, r, r.From); err != nil {
			return err
		}
		if err := ro.sighted(ctx, b.member, r.From, r.At); err != nil {
			return err
		}
		if key := (userKey{r.Transport, sessionOf(r, r.From), r.From.User}); key.session != "" {
			if err := ro.glance(ctx, r, s.group, b, r.From); err != nil {
				return err
			}
			b = ro.users[key] // it may have said who they are
			p := r.From
			p.Friend = p.Friend || r.Private && r.Kind == bot.Message
			if err := ro.befriend(ctx, r.Transport, r.Session, r.At, p); err != nil {
				return err
			}
		} else if r.From.Friend || r.Private && r.Kind == bot.Message {
			p := r.From
			p.Friend = true
			if err := ro.befriend(ctx, r.Transport, "", r.At, p); err != nil {
				return err
			}
		}
	}
	s.member = b.member
	if s.group != "" {
		if err := ro.present(ctx, r, s.group, s.member, r.From); err != nil {
			return err
		}
	} else {
		r.Actor.Active = true
	}
	p, err := ro.Person(ctx, s.member)
	if err != nil {
		return err
	}
	r.Actor.Origin, r.Actor.Strong = string(s.member), b.strong
	r.Actor.Member, r.Actor.Bot = string(p.ID), p.Bot || slices.Contains(ro.opts.Bots, string(r.From.User)) && r.From.User != ""
	r.Actor.Name = ro.echo(p.Name)
	if d := r.From.Called(); d != "" && s.group != "" {
		r.Actor.Name = ro.echo(d)
	}
	if b.strong {
		r.Actor.Role = p.Role
	} else {
		r.Actor.Asleep = p.Role
	}
	return nil
}

// group is the group that the event's chat is; a chat that was never seen becomes a new group. Without
// anybody in it, an event in an unknown chat is in no group.
func (ro *Roster) group(ctx context.Context, r *bot.Request) (id GroupID, err error) {
	key := chatKey{r.Transport, chatSession(r), r.Chat}
	at, known := ro.chats[key]
	banished := r.Kind == bot.Left && r.From.Self
	if !known {
		if at, err = ro.chat(ctx, r, key); err != nil || at.group == "" {
			return "", err
		}
	}
	if at.gone != banished {
		if err := ro.away(ctx, r, key, banished); err != nil {
			return "", err
		}
	}
	if r.ChatName == "" {
		return at.group, nil
	}
	g, err := ro.Place(ctx, at.group)
	if err != nil || g.Name == r.ChatName {
		return at.group, err
	}
	return at.group, ro.nameGroup(ctx, at.group, r.Transport, r.ChatName, "")
}

// chat finds, or makes, the group of a chat that is not in memory.
func (ro *Roster) chat(ctx context.Context, r *bot.Request, key chatKey) (at tied, err error) {
	empty := (r.From.User == "" || r.From.Self && r.Kind == bot.Left) && len(r.Members) == 0
	for _, session := range [...]string{key.session, ""} {
		if key.session != "" && session == "" && !empty {
			break
		}
		err = ro.row(ctx, `SELECT group_id, gone_at > 0 FROM chats WHERE transport = ? AND session = ? AND chat = ?`, key.transport, session, string(key.chat)).Scan(&at.group, &at.gone)
		if err == nil {
			remember(ctx, ro.db, ro.chats, chatKey{key.transport, session, key.chat}, at)
			return at, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return at, fmt.Errorf("group of chat %s: %w", key.chat, err)
		}
	}
	switch {
	case key.session == "" && r.From.Self && r.Kind == bot.Left:
		return at, nil
	case key.session == "":
		if at.group, err = ro.addGroup(ctx, key.transport, r.ChatName, key.chat, "", r.At); err == nil {
			err = ro.tie(ctx, key, at.group, string(ByStableID), r.At)
		}
		return at, err
	case empty:
		return at, nil
	}
	lg, err := ro.login(ctx, r)
	if err != nil {
		return at, err
	}
	groups, err := ro.bindChats(ctx, lg, []list{{chat: r.Chat, name: r.ChatName, botName: r.BotName, at: r.At}})
	if err != nil {
		return at, err
	}
	return tied{group: groups[0]}, nil
}

// member is the member that a person of the event is; somebody who was never told of becomes a new one.
func (ro *Roster) member(ctx context.Context, r *bot.Request, p bot.Person) (b binding, err error) {
	key := userKey{r.Transport, sessionOf(r, p), p.User}
	if b, ok := ro.users[key]; ok {
		return b, nil
	}
	if key.session != "" {
		return ro.meet(ctx, r, key, p)
	}
	b, err = ro.storedBinding(ctx, key)
	if errors.Is(err, sql.ErrNoRows) {
		b = binding{strong: p.Stable, rule: ByFirstSeen}
		if p.Stable {
			b.rule = ByStableID
		}
		if moves, err := ro.movesHere(ctx, r); err != nil {
			return b, err
		} else if moves && !p.Self {
			b = binding{rule: ByNothing} // they may be anybody of the other side
		}
		return ro.newMember(ctx, key, p, b, r.At)
	}
	return b, err
}

// movesHere tells whether the event is of the new chat of a group that moves.
func (ro *Roster) movesHere(ctx context.Context, r *bot.Request) (bool, error) {
	if r.Actor.Group == "" {
		return false, nil
	}
	g, err := ro.Place(ctx, GroupID(r.Actor.Group))
	return g.MovesTo == r.Transport && g.MovesTo != "", err
}

// storedBinding reads a binding; sql.ErrNoRows says that there is none.
func (ro *Roster) storedBinding(ctx context.Context, key userKey) (b binding, err error) {
	err = ro.row(ctx, `SELECT member_id, strong, rule FROM bindings WHERE transport = ? AND session = ? AND user_id = ?`,
		key.transport, key.session, string(key.user)).Scan(&b.member, &b.strong, &b.rule)
	if err != nil {
		return b, fmt.Errorf("member of user %s: %w", key.user, err)
	}
	ro.hold(ctx, key, b)
	return b, nil
}

// meet binds somebody of a login whom no list has shown.
func (ro *Roster) meet(ctx context.Context, r *bot.Request, key userKey, p bot.Person) (binding, error) {
	lg, err := ro.login(ctx, r)
	if err != nil {
		return binding{}, err
	}
	if lg.past {
		b, err := ro.storedBinding(ctx, key)
		if errors.Is(err, sql.ErrNoRows) {
			return ro.newMember(ctx, key, p, binding{rule: ByNothing}, r.At)
		}
		return b, err
	}
	if err := ro.watch(ctx, r, lg, GroupID(r.Actor.Group), []bot.Person{p}, r.At); err != nil {
		return binding{}, err
	}
	return ro.users[key], nil
}

func (ro *Roster) newMember(ctx context.Context, key userKey, p bot.Person, b binding, at time.Time) (binding, error) {
	n, err := ro.number(ctx, "member")
	if err != nil {
		return binding{}, err
	}
	m := Person{ID: MemberID("m" + strconv.FormatInt(n, 10)), Name: p.Name}
	if m.Name == "" {
		m.Name = string(p.User)
	} else {
		m.NameAt = at
	}
	m.Bot = slices.Contains(ro.opts.Bots, string(p.User)) || slices.Contains(ro.opts.Bots, string(m.ID))
	since := int64(0)
	if b.rule == ByNothing {
		since = at.UnixMilli()
	}
	if err := ro.exec(ctx, `INSERT INTO members (id, name, folded, name_at, first_seen, role, bot, provisional) VALUES (?, ?, ?, ?, 0, 0, ?, ?)`,
		string(m.ID), m.Name, bot.Fold(m.Name), bot.Millis(m.NameAt), m.Bot, since); err != nil {
		return binding{}, fmt.Errorf("new member: %w", err)
	}
	b.member = m.ID
	if err := ro.exec(ctx, `INSERT INTO bindings (transport, session, user_id, member_id, strong, rule, evidence, at) VALUES (?, ?, ?, ?, ?, ?, '', ?)`,
		key.transport, key.session, string(key.user), string(m.ID), b.strong, string(b.rule), at.UnixMilli()); err != nil {
		return binding{}, fmt.Errorf("new member: %w", err)
	}
	ro.hold(ctx, key, b)
	remember(ctx, ro.db, ro.people, m.ID, m)
	return b, nil
}

// sighted keeps the earliest sighting and the latest name of somebody who acts, in whatever order events come.
func (ro *Roster) sighted(ctx context.Context, id MemberID, p bot.Person, at time.Time) error {
	m, err := ro.self(ctx, id)
	if err != nil {
		return err
	}
	earlier := m.FirstSeen.IsZero() || at.Before(m.FirstSeen)
	renamed := p.Name != "" && p.Name != m.Name && !at.Before(m.NameAt)
	if !earlier && !renamed {
		return nil
	}
	if earlier {
		m.FirstSeen = at
	}
	if renamed {
		m.Name, m.NameAt = p.Name, at
	}
	remember(ctx, ro.db, ro.people, id, m)
	return ro.exec(ctx, `UPDATE members SET name = ?, folded = ?, name_at = ?, first_seen = ? WHERE id = ?`,
		m.Name, bot.Fold(m.Name), bot.Millis(m.NameAt), bot.Millis(m.FirstSeen), string(id))
}
