package community

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// undoClaim takes back that a chat was said to be a group.
type undoClaim struct {
	Transport string     `json:"transport"`
	Session   string     `json:"session"`
	Chat      bot.ChatID `json:"chat"`
	Was       GroupID    `json:"was"`
	Is        GroupID    `json:"is"`
	Ended     []MemberID `json:"ended"`  // whose stay in Was ended by it
	Opened    []MemberID `json:"opened"` // whose stay in Is began by it
}

func (u undoClaim) key() chatKey { return chatKey{u.Transport, u.Session, u.Chat} }

// claimGroup is 认领群 g2, said in a group that was not recognised: the chat is that group for this login. What was
// kept of the group that was made for the chat stays with it.
func (c *Community) claimGroup(ctx context.Context, r *bot.Request) error {
	here, known, err := c.claimed(ctx, r)
	if err != nil {
		return err
	}
	lg, err := c.login(ctx, r)
	if err != nil {
		return err
	}
	people, err := c.presentIn(ctx, lg, here.ID)
	if err != nil {
		return err
	}
	there, err := c.peopleOf(ctx, known.ID)
	if err != nil {
		return err
	}
	k, chat := knownPlace{group: known.ID}, seenPlace{}
	for _, p := range there {
		if p.here && !p.missing {
			k.people = append(k.people, p.Trait)
		}
	}
	for _, p := range people {
		chat.people = append(chat.people, traitOf(p))
	}
	alike := overlaps([]knownPlace{k}, []seenPlace{chat})[0][0]
	names := []any{"Name", c.Words.ScreenName(known.Name), "ID", string(known.ID), "Here", string(here.ID),
		"Known", len(k.people), "Found", alike.found, "Percent", int(alike.share * 100)}
	preview := r.T("claim.preview", names...)
	if alike.share < overlapNamed {
		preview += "\n" + r.T("claim.unlike", names...)
	}
	sure, err := c.Confirmations.Ask(ctx, r, preview)
	if err != nil || !sure {
		return err
	}
	u := undoClaim{Transport: r.Transport, Session: r.Session, Chat: r.Chat, Was: here.ID, Is: known.ID}
	before, err := c.staying(ctx, known.ID)
	if err != nil {
		return err
	}
	if u.Ended, err = c.staying(ctx, here.ID); err != nil {
		return err
	}
	if err := c.tieAnew(ctx, r, lg, u.key(), known.ID, people); err != nil {
		return err
	}
	after, err := c.staying(ctx, known.ID)
	if err != nil {
		return err
	}
	u.Opened = slices.DeleteFunc(after, func(id MemberID) bool { return slices.Contains(before, id) })
	if err := c.endStays(ctx, here.ID, u.Ended, r.At); err != nil {
		return err
	}
	if err := c.Audit.Record(ctx, r, "claim group", string(known.ID), map[string]any{"was": here.ID, "found": alike.found, "known": len(k.people)}); err != nil {
		return err
	}
	r.Actor.Group = string(known.ID) // the answer is said in the chat, which is that group now
	return c.answerWithUndo(ctx, r, "community.claim", u, r.T("claim.done", names...))
}

// claimed are the group that was made for the chat, and the one that it is said to be, where that can be.
func (c *Community) claimed(ctx context.Context, r *bot.Request) (here, known Place, err error) {
	id := GroupID(bot.Fold(strings.TrimSpace(r.Args)))
	if !strings.HasPrefix(string(id), "g") {
		return here, known, r.Refuse("claim.how")
	}
	if here, err = c.Place(ctx, GroupID(r.Actor.Group)); err != nil {
		return here, known, err
	}
	lg, ok, err := c.current(ctx, r.Transport)
	if err != nil {
		return here, known, err
	}
	at := c.chats[chatKey{r.Transport, r.Session, r.Chat}]
	if !ok || lg.session != r.Session || chatSession(r) == "" || at.group != here.ID || here.ID == id {
		return here, known, r.Refuse("claim.needless", "ID", string(here.ID))
	}
	var before, taken int
	if err := c.row(ctx, `SELECT COUNT(*) FROM chats WHERE group_id = ? AND session <> ?`, string(here.ID), r.Session).Scan(&before); err != nil {
		return here, known, fmt.Errorf("chats of %s: %w", here.ID, err)
	}
	if before > 0 {
		return here, known, r.Refuse("claim.needless", "ID", string(here.ID))
	}
	if known, err = c.Place(ctx, id); errors.Is(err, sql.ErrNoRows) {
		return here, known, r.Refuse("claim.unknown", "ID", string(id))
	}
	if err != nil {
		return here, known, err
	}
	if err := c.row(ctx, `SELECT COUNT(*) FROM chats c WHERE c.group_id = ? AND c.gone_at = 0
		AND (c.transport <> ? OR c.session = '' OR c.session = ?)`, string(id), r.Transport, r.Session).Scan(&taken); err != nil {
		return here, known, fmt.Errorf("chats of %s: %w", id, err)
	}
	if taken > 0 {
		return here, known, r.Refuse("claim.taken", "Name", c.Words.ScreenName(known.Name), "ID", string(id))
	}
	return here, known, nil
}

// presentIn are those of a group who are bound in this login and have not left, as they were seen last.
func (ro *Roster) presentIn(ctx context.Context, lg login, group GroupID) (people []bot.Person, err error) {
	seen, err := ro.loadGroup(ctx, group)
	for id, s := range seen {
		user, bound := ro.holders[holderKey{lg.transport, lg.session, id}]
		if stay, ok := ro.stays[stayKey{group, id}]; bound && ok && stay.Left.IsZero() {
			people = append(people, s.person(user))
		}
	}
	return people, err
}

// staying are the ids whose stay in a group is open.
func (ro *Roster) staying(ctx context.Context, group GroupID) (ids []MemberID, err error) {
	if _, err := ro.loadGroup(ctx, group); err != nil {
		return nil, err
	}
	for key, stay := range ro.stays {
		if key.group == group && stay.Left.IsZero() {
			ids = append(ids, key.member)
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids, nil
}

// endStays ends the stays of ids in a group at a time, or opens them again where that is zero.
func (ro *Roster) endStays(ctx context.Context, group GroupID, ids []MemberID, at time.Time) error {
	list := make([]stayed, 0, len(ids))
	for _, id := range ids {
		stay, ok, err := ro.Stay(ctx, group, id)
		if err != nil {
			return err
		}
		if stay.Left = at; ok {
			list = append(list, stayed{stayKey{group, id}, stay})
		}
	}
	return ro.keepStays(ctx, list)
}

// tieAnew makes a chat another group, in which its people are recognised if its whole list was heard; otherwise they
// are when it comes.
func (ro *Roster) tieAnew(ctx context.Context, r *bot.Request, lg login, key chatKey, group GroupID, people []bot.Person) error {
	listed := ro.chats[key].listed
	if err := ro.tie(ctx, key, group, "manager", r.At); err != nil || !listed || len(people) == 0 {
		return err
	}
	g, err := ro.Place(ctx, group)
	if err != nil {
		return err
	}
	return ro.bindLists(ctx, r, lg, []list{{chat: key.chat, name: g.Name, at: r.At, people: people}})
}

// unclaimGroup gives a chat back to the group that was made for it. Who was recognised stays so, because their names
// say it.
func (c *Community) unclaimGroup(ctx context.Context, r *bot.Request, payload []byte) error {
	var u undoClaim
	if err := json.Unmarshal(payload, &u); err != nil {
		return err
	}
	lg, ok, err := c.current(ctx, u.Transport)
	if err != nil {
		return err
	}
	if at := c.chats[u.key()]; !ok || lg.session != u.Session || at.group != u.Is {
		return c.refuse(r, "claim.late")
	}
	if err := c.endStays(ctx, u.Was, u.Ended, time.Time{}); err != nil {
		return err
	}
	if err := c.endStays(ctx, u.Is, u.Opened, r.At); err != nil {
		return err
	}
	if r.Actor.Group == string(u.Is) {
		r.Actor.Group = string(u.Was) // the answer is said in the chat, which is that group again
	}
	return c.tie(ctx, u.key(), u.Was, "undo", r.At)
}
