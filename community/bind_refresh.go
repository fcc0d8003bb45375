package community

import (
	"context"
	"fmt"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// refresh hears a list of a group that was heard before in this login: who is new came while we watched.
func (ro *Roster) refresh(ctx context.Context, r *bot.Request, lg login, group GroupID, l list) error {
	was := group
	group, err := ro.recode(ctx, lg, group, l)
	if err != nil {
		return err
	}
	if group != was {
		return ro.bindLists(ctx, r, lg, []list{l})
	}
	seen, err := ro.loadGroup(ctx, group)
	if err != nil {
		return err
	}
	for _, p := range l.people {
		b, bound := ro.users[userKey{lg.transport, lg.session, p.User}]
		news := !bound
		if bound && b.rule == ByNothing { // a remark or a tag may say who they are
			old, known := seen[b.member]
			_, news = look(old, known, p, b, lg.session, l.at, true)
		}
		if news {
			if err := ro.watch(ctx, r, lg, group, l.people, l.at); err != nil {
				return err
			}
			break
		}
	}
	return ro.settle(ctx, r, lg, group, l)
}

// watch binds who is new among people of a group.
func (ro *Roster) watch(ctx context.Context, r *bot.Request, lg login, group GroupID, people []bot.Person, at time.Time) error {
	b, err := ro.newBinder(ctx, lg)
	if err != nil {
		return err
	}
	b.watched = true
	if err := b.see(ctx, group, people); err != nil {
		return err
	}
	return b.bind(ctx, r, at)
}

// settle keeps what a list shows of people who are bound, ends the stays of those who are not on it, and remembers since
// when somebody is missing of whom nobody knows whether they left.
func (ro *Roster) settle(ctx context.Context, r *bot.Request, lg login, group GroupID, l list) error {
	seen, err := ro.loadGroup(ctx, group)
	if err != nil {
		return err
	}
	var sights []glimpse
	var stays []stayed
	here := make(map[MemberID]bool, len(l.people))
	for _, p := range l.people {
		b := ro.users[userKey{lg.transport, lg.session, p.User}]
		here[b.member] = true
		old, known := seen[b.member]
		if s, news := look(old, known, p, b, lg.session, l.at, true); news {
			sights = append(sights, glimpse{group, b.member, s})
		}
		if s, news := ro.stayOf(group, b.member, p, l.at); news {
			stays = append(stays, stayed{stayKey{group, b.member}, s})
		}
		if m, ok := ro.people[b.member]; !ok || m.FirstSeen.IsZero() || p.Name != "" && p.Name != m.Name {
			if err := ro.sighted(ctx, b.member, p, l.at); err != nil {
				return err
			}
		}
	}
	if err := ro.befriend(ctx, lg.transport, lg.session, l.at, l.people...); err != nil {
		return err
	}
	gone, missing, err := ro.absent(lg, group, seen, here, l.at)
	if err != nil {
		return err
	}
	sights = append(sights, missing...)
	if err := ro.keepSights(ctx, lg.transport, sights); err != nil {
		return err
	}
	if err := ro.keepStays(ctx, stays); err != nil {
		return err
	}
	for _, id := range gone {
		if err := ro.leave(ctx, r, group, id, l.at); err != nil {
			return err
		}
	}
	return ro.markListed(ctx, chatKey{lg.transport, lg.session, l.chat}, l.at)
}

// absent are those who should be in a group and are not on its list: who is bound in this login has left; of the
// others nobody knows.
func (ro *Roster) absent(lg login, group GroupID, seen map[MemberID]sight, here map[MemberID]bool, at time.Time) (gone []MemberID, missing []glimpse, err error) {
	open := 0
	for id, s := range seen {
		stay, ok := ro.stays[stayKey{group, id}]
		if !ok || !stay.Left.IsZero() || stay.Joined.After(at) {
			continue
		}
		open++
		if here[id] {
			continue
		}
		if _, bound := ro.holders[holderKey{lg.transport, lg.session, id}]; bound {
			gone = append(gone, id)
		} else if s.missing == 0 {
			s.missing = at.UnixMilli()
			missing = append(missing, glimpse{group, id, s})
		}
	}
	if len(gone) > 10 && len(gone) > open/2 {
		ro.log.Warn("a list of members lost more than half of them at once and is not believed", "group", string(group), "before", open, "gone", len(gone))
		gone = nil
	}
	return gone, missing, nil
}

// stayed is somebody's stay as it is to be kept.
type stayed struct {
	stayKey
	Stay
}

// stayOf is the stay of somebody whom a list shows, and whether it is news. The group is loaded.
func (ro *Roster) stayOf(group GroupID, id MemberID, p bot.Person, at time.Time) (Stay, bool) {
	old, known := ro.stays[stayKey{group, id}]
	s := old
	if d := p.Called(); d != "" {
		s.Display = d
	}
	if !known || !s.Left.IsZero() && at.After(s.Left) {
		s.Joined, s.Left = at, time.Time{}
	}
	return s, !known || s != old
}

func (ro *Roster) keepStays(ctx context.Context, list []stayed) error {
	rows := make([][]any, len(list))
	fresh := make(map[stayKey]Stay, len(list))
	for i, s := range list {
		fresh[s.stayKey] = s.Stay
		rows[i] = []any{string(s.group), string(s.member), s.Display, bot.Fold(s.Display), bot.Millis(s.Joined), bot.Millis(s.Left)}
	}
	rememberAll(ctx, ro.db, ro.stays, fresh)
	if err := ro.bulk(ctx, `INSERT INTO stays (group_id, member_id, display, folded, joined_at, left_at) VALUES `, rows,
		` ON CONFLICT (group_id, member_id) DO UPDATE SET display = excluded.display, folded = excluded.folded,
		joined_at = excluded.joined_at, left_at = excluded.left_at`); err != nil {
		return fmt.Errorf("stays: %w", err)
	}
	return nil
}

// leave ends a stay at a time, with a passage, as a Left event would.
func (ro *Roster) leave(ctx context.Context, r *bot.Request, group GroupID, id MemberID, at time.Time) error {
	old, ok, err := ro.Stay(ctx, group, id)
	if err != nil || !ok {
		return err
	}
	if err := ro.exec(ctx, `INSERT INTO passages (seq, at, group_id, member_id, kind, by_member) VALUES (?, ?, ?, ?, ?, '') ON CONFLICT DO NOTHING`,
		r.Seq, at.UnixMilli(), string(group), string(id), string(bot.Left)); err != nil {
		return fmt.Errorf("passage: %w", err)
	}
	s := old
	if s.Joined, s.Left, err = ro.retrace(ctx, at, group, id, old); err != nil {
		return err
	}
	return ro.keepStays(ctx, []stayed{{stayKey{group, id}, s}})
}

func (ro *Roster) markListed(ctx context.Context, key chatKey, at time.Time) error {
	c := ro.chats[key]
	if c.listed {
		return nil
	}
	c.listed = true
	remember(ctx, ro.db, ro.chats, key, c)
	if err := ro.exec(ctx, `UPDATE chats SET listed_at = ? WHERE transport = ? AND session = ? AND chat = ?`,
		at.UnixMilli(), key.transport, key.session, string(key.chat)); err != nil {
		return fmt.Errorf("list of chat %s: %w", key.chat, err)
	}
	return nil
}

// glance keeps what a message or a rename shows of somebody, who is called differently now or says who they are.
func (ro *Roster) glance(ctx context.Context, r *bot.Request, group GroupID, b binding, p bot.Person) error {
	seen, err := ro.loadGroup(ctx, group)
	if err != nil {
		return err
	}
	old, known := seen[b.member]
	s, news := look(old, known, p, b, r.Session, r.At, false)
	if !news || r.At.UnixMilli() < old.at {
		return nil
	}
	lg, ok, err := ro.current(ctx, r.Transport)
	if err != nil || !ok || lg.session != r.Session {
		return err // of a login that is over: what is known is newer
	}
	if b.rule == ByNothing {
		if err := ro.watch(ctx, r, lg, group, ro.presentNow(lg, group, seen, s, p.User), r.At); err != nil {
			return err
		}
		b = ro.users[userKey{lg.transport, lg.session, p.User}] // whoever was recognised may be so by a remark
		s, _ = look(seen[b.member], known, p, b, r.Session, r.At, false)
	}
	return ro.keepSights(ctx, lg.transport, []glimpse{{group, b.member, s}})
}

// presentNow are those of a group who are bound in this login and have not left, with what one of them shows now.
func (ro *Roster) presentNow(lg login, group GroupID, seen map[MemberID]sight, now sight, user bot.UserID) []bot.Person {
	people := []bot.Person{now.person(user)}
	for id, s := range seen {
		other, bound := ro.holders[holderKey{lg.transport, lg.session, id}]
		if stay, ok := ro.stays[stayKey{group, id}]; bound && other != user && (!ok || stay.Left.IsZero()) {
			people = append(people, s.person(other))
		}
	}
	return people
}

func (s sight) person(user bot.UserID) bot.Person {
	return bot.Person{User: user, Name: s.Nick, Display: s.Display, Remark: s.Remark, Attr: s.Attr, Avatar: s.Avatar}
}
