package community

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// person is somebody whom a group knows.
type person struct {
	Known
	here    bool // in the group, as far as is known
	missing bool // and not on the last list
	session string
}

// peopleOf are the people whom a group knows, each once, as they were seen last under any of their ids.
func (ro *Roster) peopleOf(ctx context.Context, group GroupID) ([]person, error) {
	seen, err := ro.loadGroup(ctx, group)
	if err != nil {
		return nil, err
	}
	at := map[MemberID]int{}
	var last []int64
	list := make([]person, 0, len(seen))
	for id, s := range seen {
		who, err := ro.Who(ctx, id)
		if err != nil {
			return nil, err
		}
		stay, ok := ro.stays[stayKey{group, id}]
		p := person{Known{Trait: s.Trait, Member: who, Told: s.told()}, ok && stay.Left.IsZero(), s.missing > 0, s.session}
		i, several := at[who]
		if !several {
			at[who] = len(list)
			list, last = append(list, p), append(last, s.at)
			continue
		}
		p.here = p.here || list[i].here
		if s.at < last[i] {
			p.Trait, p.Told, p.missing, p.session = list[i].Trait, list[i].Told, list[i].missing, list[i].session
		}
		list[i], last[i] = p, max(last[i], s.at)
	}
	slices.SortFunc(list, func(a, b person) int { return compareIDs(a.Member, b.Member) })
	return list, nil
}

// bindLists binds the chats and the people of lists that are seen for the first time in a login.
func (ro *Roster) bindLists(ctx context.Context, r *bot.Request, lg login, lists []list) error {
	groups, err := ro.bindChats(ctx, lg, lists)
	if err != nil {
		return err
	}
	b, err := ro.newBinder(ctx, lg)
	if err != nil {
		return err
	}
	for i, l := range lists {
		if err := b.see(ctx, groups[i], l.people); err != nil {
			return err
		}
	}
	if err := b.bind(ctx, r, lists[len(lists)-1].at); err != nil {
		return err
	}
	for i, l := range lists {
		if err := ro.settle(ctx, r, lg, groups[i], l); err != nil {
			return err
		}
	}
	return nil
}

// binder binds the users of some groups at once.
type binder struct {
	*Roster
	login
	watched bool // they came while we watched

	crowds   []crowd
	order    []bot.Person // every user once, as they come
	met      map[bot.UserID]bool
	shown    map[bot.UserID]string  // their remarks
	unsure   map[GroupID][]MemberID // who of a group was there last and is not bound
	in       map[bot.UserID][]GroupID
	taken    map[MemberID]bot.UserID // who is bound in this login
	remarked map[MemberID]remarkOf
}

// remarkOf is the latest remark that somebody had.
type remarkOf struct {
	remark string
	proven bool
	at     int64
}

func (ro *Roster) newBinder(ctx context.Context, lg login) (*binder, error) {
	b := &binder{
		Roster: ro, login: lg, met: map[bot.UserID]bool{}, shown: map[bot.UserID]string{}, unsure: map[GroupID][]MemberID{}, in: map[bot.UserID][]GroupID{},
		taken: map[MemberID]bot.UserID{}, remarked: map[MemberID]remarkOf{},
	}
	for key, held := range ro.holders {
		if key.transport == lg.transport && key.session == lg.session {
			who, err := ro.Who(ctx, key.member)
			if err != nil {
				return nil, err
			}
			b.taken[who] = held
		}
	}
	var rows []struct {
		MemberID, Remark, Account string
		Proven                    bool
		SeenAt                    int64
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT i.member_id, i.remark, i.proven, i.seen_at, COALESCE(s.account, '') AS account FROM sightings i
		LEFT JOIN sessions s ON s.transport = i.transport AND s.session = i.session WHERE i.remark <> ''`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("remarks: %w", err)
	}
	for _, row := range rows {
		if row.Account != "" && lg.account != "" && row.Account != lg.account {
			continue // what another account calls its friends says nothing here
		}
		who, err := ro.Who(ctx, MemberID(row.MemberID))
		if err != nil {
			return nil, err
		}
		if old, ok := b.remarked[who]; !ok || row.SeenAt > old.at || row.SeenAt == old.at && row.Proven {
			b.remarked[who] = remarkOf{row.Remark, row.Proven, row.SeenAt}
		}
	}
	return b, nil
}

// see adds those who are present in a group.
func (b *binder) see(ctx context.Context, group GroupID, people []bot.Person) error {
	c := crowd{group: group}
	here := make(map[bot.UserID]bool, len(people))
	for _, p := range people {
		here[p.User] = true
		c.present = append(c.present, Present{traitOf(p), p.User})
		b.in[p.User] = append(b.in[p.User], group)
		if !b.met[p.User] {
			b.met[p.User], b.order = true, append(b.order, p)
		}
		if p.Remark != "" {
			b.shown[p.User] = p.Remark
		}
	}
	known, err := b.peopleOf(ctx, group)
	if err != nil {
		return err
	}
	for _, k := range known {
		user, bound := b.taken[k.Member]
		if bound && k.session == b.session && here[user] {
			continue // what is known of them is what the list shows
		}
		k.User, k.Remark = user, b.remarked[k.Member].remark
		c.known = append(c.known, k.Known)
		if k.here && !bound {
			b.unsure[group] = append(b.unsure[group], k.Member)
		}
	}
	b.crowds = append(b.crowds, c)
	return nil
}

// bind decides who everybody is, and writes it.
func (b *binder) bind(ctx context.Context, r *bot.Request, at time.Time) error {
	result := agree(b.crowds, b.remarks())
	var open []bot.Person
	var rows []bound
	for _, p := range b.order {
		f := result[p.User]
		held, already := b.users[userKey{b.transport, b.session, p.User}]
		switch {
		case already:
			if err := b.reconsider(ctx, r, p.User, held, f); err != nil {
				return err
			}
		case f.member != "" && (!b.watched || !f.rule.weak()):
			rows = append(rows, bound{p, binding{f.member, f.rule == ByRemark && b.remarked[f.member].proven, f.rule}, b.evidence(p.User, f)})
			b.taken[f.member] = p.User
		default:
			open = append(open, p)
		}
	}
	made, err := b.strangers(ctx, open, at)
	if err != nil {
		return err
	}
	return b.write(ctx, append(rows, made...), at)
}

func (b *binder) remarks() []Known {
	list := make([]Known, 0, len(b.remarked))
	for id, o := range b.remarked {
		if user, ok := b.taken[id]; ok && b.shown[user] == o.remark {
			continue // seen in this session: the list shows it
		}
		list = append(list, Known{Trait: Trait{Remark: o.remark}, Member: id, User: b.taken[id]})
	}
	return list
}

// bound is a user with whom they are.
type bound struct {
	bot.Person
	binding
	evidence string
}

// write stores bindings.
func (b *binder) write(ctx context.Context, list []bound, at time.Time) error {
	rows := make([][]any, len(list))
	for i, u := range list {
		b.hold(ctx, userKey{b.transport, b.session, u.User}, u.binding)
		rows[i] = []any{b.transport, b.session, string(u.User), string(u.member), u.strong, string(u.rule), u.evidence, at.UnixMilli()}
	}
	if err := b.bulk(ctx, `INSERT INTO bindings (transport, session, user_id, member_id, strong, rule, evidence, at) VALUES `, rows, ``); err != nil {
		return fmt.Errorf("bind users: %w", err)
	}
	return nil
}

// evidence says what was compared, as JSON.
func (b *binder) evidence(user bot.UserID, f found) string {
	detail := struct {
		Group   GroupID  `json:"group,omitempty"`
		Same    []string `json:"same"`
		Differs []string `json:"differs,omitempty"`
	}{Group: f.group, Same: []string{string(f.rule)}}
	for _, c := range b.crowds {
		if c.group != f.group {
			continue
		}
		p := slices.IndexFunc(c.present, func(p Present) bool { return p.User == user })
		k := slices.IndexFunc(c.known, func(k Known) bool { return k.Member == f.member })
		if p >= 0 && k >= 0 {
			detail.Same, _ = resembles(c.known[k].Trait, c.present[p].Trait)
			detail.Differs = c.known[k].differs(c.present[p].Trait)
		}
	}
	text, err := json.Marshal(detail)
	if err != nil {
		panic(err) // strings always have a JSON
	}
	return string(text)
}

// newMembers writes people who are none of those known, each with the login's user.
func (b *binder) newMembers(ctx context.Context, list []bound, provisional []bool, at time.Time) error {
	first, err := b.numbers(ctx, "member", len(list))
	if err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i := range list {
		p := &list[i]
		p.member = MemberID("m" + strconv.FormatInt(first+int64(i), 10))
		m := Person{ID: p.member, Name: p.Name, NameAt: at, FirstSeen: at}
		if m.Name == "" {
			m.Name, m.NameAt = p.Called(), time.Time{}
		}
		if m.Name == "" {
			m.Name = string(p.User)
		}
		m.Bot = slices.Contains(b.opts.Bots, string(p.User)) || slices.Contains(b.opts.Bots, string(m.ID))
		since := int64(0)
		if provisional[i] {
			since = at.UnixMilli()
		}
		rows[i] = []any{string(m.ID), m.Name, bot.Fold(m.Name), bot.Millis(m.NameAt), at.UnixMilli(), 0, m.Bot, since}
		remember(ctx, b.db, b.people, m.ID, m)
		remember(ctx, b.db, b.aliases.provisional, m.ID, since)
	}
	if err := b.bulk(ctx, `INSERT INTO members (id, name, folded, name_at, first_seen, role, bot, provisional) VALUES `, rows, ``); err != nil {
		return fmt.Errorf("new members: %w", err)
	}
	return nil
}

// numbers takes the next n numbers of a kind of id, and tells the first.
func (ro *Roster) numbers(ctx context.Context, kind string, n int) (first int64, err error) {
	if n == 0 {
		return 0, nil
	}
	var last int64
	err = ro.row(ctx, `INSERT INTO counters (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n RETURNING n`, kind, n).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("next %s: %w", kind, err)
	}
	return last - int64(n) + 1, nil
}
