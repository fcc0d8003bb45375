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
	member   MemberID // empty where nobody acts; this and the others are ids that facts are kept under
	mentions []MemberID
	quoted   MemberID // whose message this one quotes; empty where not known for certain
}

// observe binds the event's chat and people, keeps presence and names up to date, and sets r.Actor.
func (ro *Roster) observe(ctx context.Context, r *bot.Request) (s seen, err error) {
	r.Actor.Active = r.Kind == bot.Tick
	if r.Chat != "" && !r.Private {
		if err := ro.observeGroup(ctx, r, &s); err != nil {
			return s, err
		}
	}
	if r.From.User != "" || r.Member != "" {
		if err := ro.observeSender(ctx, r, &s); err != nil {
			return s, err
		}
	}
	for _, p := range r.Mentions {
		b, err := ro.member(ctx, r.Transport, p, r.At)
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
		for _, p := range r.Members {
			if p.Self {
				continue
			}
			b, err := ro.member(ctx, r.Transport, p, r.At)
			if err == nil {
				err = ro.present(ctx, r, s.group, b.member, p)
			}
			if err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

func (ro *Roster) observeGroup(ctx context.Context, r *bot.Request, s *seen) error {
	id, err := ro.group(ctx, r.Transport, r.Chat, r.ChatName, r.At)
	if err != nil {
		return err
	}
	g, err := ro.Place(ctx, id)
	if err != nil {
		return err
	}
	s.group = id
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
		if b, err = ro.member(ctx, r.Transport, r.From, r.At); err != nil {
			return err
		}
		if err := ro.sighted(ctx, b.member, r.From, r.At); err != nil {
			return err
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
	}
	return nil
}

// group is the group that a transport's chat is; a chat that was never seen becomes a new group.
func (ro *Roster) group(ctx context.Context, transport string, chat bot.ChatID, name string, at time.Time) (id GroupID, err error) {
	key := chatKey{transport, chat}
	id, known := ro.chats[key]
	if !known {
		err = ro.row(ctx, `SELECT group_id FROM chats WHERE transport = ? AND chat = ?`, transport, string(chat)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ro.newGroup(ctx, key, name, at)
		}
		if err != nil {
			return "", fmt.Errorf("group of chat %s: %w", chat, err)
		}
		remember(ctx, ro.db, ro.chats, key, id)
	}
	if name == "" {
		return id, nil
	}
	g, err := ro.Place(ctx, id)
	if err != nil || g.Name == name {
		return id, err
	}
	g.Name = name
	remember(ctx, ro.db, ro.places, id, g)
	return id, ro.exec(ctx, `UPDATE groups SET name = ? WHERE id = ?`, name, string(id))
}

func (ro *Roster) newGroup(ctx context.Context, key chatKey, name string, at time.Time) (GroupID, error) {
	n, err := ro.number(ctx, "group")
	if err != nil {
		return "", err
	}
	if name == "" {
		name = string(key.chat)
	}
	g := Place{ID: GroupID("g" + strconv.FormatInt(n, 10)), Name: name}
	g.Adopted = ro.opts.AdoptAll != nil && ro.opts.AdoptAll(key.transport)
	if err := ro.exec(ctx, `INSERT INTO groups (id, name, language, adopted, created_at) VALUES (?, ?, '', ?, ?)`,
		string(g.ID), g.Name, g.Adopted, at.UnixMilli()); err != nil {
		return "", fmt.Errorf("new group: %w", err)
	}
	if err := ro.exec(ctx, `INSERT INTO chats (transport, chat, group_id, at) VALUES (?, ?, ?, ?)`,
		key.transport, string(key.chat), string(g.ID), at.UnixMilli()); err != nil {
		return "", fmt.Errorf("new group: %w", err)
	}
	remember(ctx, ro.db, ro.chats, key, g.ID)
	remember(ctx, ro.db, ro.places, g.ID, g)
	return g.ID, nil
}

// member is the member that a transport's person is; somebody who was never told of becomes a new one.
func (ro *Roster) member(ctx context.Context, transport string, p bot.Person, at time.Time) (b binding, err error) {
	key := userKey{transport, p.User}
	if b, ok := ro.users[key]; ok {
		return b, nil
	}
	err = ro.row(ctx, `SELECT member_id, strong FROM bindings WHERE transport = ? AND user_id = ?`, transport, string(p.User)).Scan(&b.member, &b.strong)
	if errors.Is(err, sql.ErrNoRows) {
		return ro.newMember(ctx, key, p, at)
	}
	if err != nil {
		return b, fmt.Errorf("member of user %s: %w", p.User, err)
	}
	remember(ctx, ro.db, ro.users, key, b)
	return b, nil
}

func (ro *Roster) newMember(ctx context.Context, key userKey, p bot.Person, at time.Time) (binding, error) {
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
	if err := ro.exec(ctx, `INSERT INTO members (id, name, folded, name_at, first_seen, role, bot) VALUES (?, ?, ?, ?, 0, 0, ?)`,
		string(m.ID), m.Name, bot.Fold(m.Name), bot.Millis(m.NameAt), m.Bot); err != nil {
		return binding{}, fmt.Errorf("new member: %w", err)
	}
	b := binding{member: m.ID, strong: p.Stable}
	evidence := firstSeen
	if p.Stable {
		evidence = "stable id"
	}
	if err := ro.exec(ctx, `INSERT INTO bindings (transport, user_id, member_id, strong, evidence, at) VALUES (?, ?, ?, ?, ?, ?)`,
		key.transport, string(key.user), string(m.ID), b.strong, evidence, at.UnixMilli()); err != nil {
		return binding{}, fmt.Errorf("new member: %w", err)
	}
	remember(ctx, ro.db, ro.users, key, b)
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
