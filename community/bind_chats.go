package community

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// tied is the group that a chat is.
type tied struct {
	group  GroupID
	listed bool // its list of members was seen in this session
	gone   bool // the bot was removed from it
}

// bindChats says which groups the chats of lists are, in the lists' order. What is none of those known becomes a
// new one.
func (ro *Roster) bindChats(ctx context.Context, lg login, lists []list) ([]GroupID, error) {
	groups := make([]GroupID, len(lists))
	var open []int
	var seen []seenPlace
	codes := map[string]int{}
	for i, l := range lists {
		codes[GroupCode(l.botName)]++
		if at, ok := ro.chats[chatKey{lg.transport, lg.session, l.chat}]; ok {
			groups[i] = at.group
			continue
		}
		c := seenPlace{name: l.name, code: GroupCode(l.botName)}
		for _, p := range l.people {
			c.people = append(c.people, traitOf(p))
		}
		open, seen = append(open, i), append(seen, c)
	}
	if len(open) == 0 {
		return groups, nil
	}
	known, err := ro.knownPlaces(ctx, lg)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{} // codes that a group has, whether it is found or not
	for _, k := range known {
		has[k.code] = true
	}
	for j, at := range place(known, seen) {
		l, code := lists[open[j]], seen[j].code
		if at.group == "" {
			if code != "" && (has[code] || codes[code] > 1) {
				ro.log.Warn("two groups have one code: give the bot another name in one of them", "code", code, "chat_name", l.name)
				code = ""
			}
			groups[open[j]], err = ro.addGroup(ctx, lg.transport, l.name, l.chat, code, l.at)
			if err == nil {
				err = ro.keepPlaceCandidates(ctx, groups[open[j]], at.candidates)
			}
			at.rule = "new"
		} else {
			groups[open[j]] = at.group
		}
		if err == nil {
			err = ro.tie(ctx, chatKey{lg.transport, lg.session, l.chat}, groups[open[j]], at.rule, l.at)
		}
		if err == nil {
			err = ro.nameGroup(ctx, groups[open[j]], lg.transport, l.name, code)
		}
		if err != nil {
			return nil, err
		}
	}
	return groups, nil
}

// knownPlaces are the groups that a chat of the transport can be. A group whose only chat turned out to be another one
// is none of them; one of which only an imported file tells is.
func (ro *Roster) knownPlaces(ctx context.Context, lg login) ([]knownPlace, error) {
	var rows []struct {
		ID, Name, Code string
		Taken          bool
	}
	if err := ro.db.Conn(ctx).Raw(`SELECT g.id, g.name, g.code,
		EXISTS (SELECT 1 FROM chats c WHERE c.group_id = g.id AND c.transport = ? AND c.session = ? AND c.gone_at = 0) AS taken
		FROM groups g WHERE EXISTS (SELECT 1 FROM chats c WHERE c.group_id = g.id AND c.transport = ? AND c.session <> '')
		OR NOT EXISTS (SELECT 1 FROM chats c WHERE c.group_id = g.id) AND EXISTS (SELECT 1 FROM sightings s WHERE s.group_id = g.id AND s.session = '')
		ORDER BY LENGTH(g.id), g.id`, lg.transport, lg.session, lg.transport).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("known groups: %w", err)
	}
	list := make([]knownPlace, len(rows))
	for i, row := range rows {
		k := knownPlace{group: GroupID(row.ID), name: row.Name, code: row.Code, taken: row.Taken}
		people, err := ro.peopleOf(ctx, k.group)
		if err != nil {
			return nil, err
		}
		for _, p := range people {
			switch {
			case !p.here || p.missing:
			case p.Told:
				k.told = append(k.told, p.Nick)
			default:
				k.people = append(k.people, p.Trait)
			}
		}
		list[i] = k
	}
	return list, nil
}

// addGroup makes a new group.
func (ro *Roster) addGroup(ctx context.Context, transport, name string, chat bot.ChatID, code string, at time.Time) (GroupID, error) {
	n, err := ro.number(ctx, "group")
	if err != nil {
		return "", err
	}
	if name == "" {
		name = string(chat)
	}
	g := Place{ID: GroupID("g" + strconv.FormatInt(n, 10)), Name: name, Code: code, Adopted: ro.adopts(transport, name, cmp.Or(code, string(chat)))}
	if err := ro.exec(ctx, `INSERT INTO groups (id, name, language, adopted, created_at, code) VALUES (?, ?, '', ?, ?, ?)`,
		string(g.ID), g.Name, g.Adopted, at.UnixMilli(), g.Code); err != nil {
		return "", fmt.Errorf("new group: %w", err)
	}
	remember(ctx, ro.db, ro.places, g.ID, g)
	return g.ID, nil
}

// adopts tells whether the configuration wants the bot to act in a group.
func (ro *Roster) adopts(transport, name, code string) bool {
	return ro.opts.Adopt != nil && ro.opts.Adopt(transport, name, code)
}

// tie makes a chat a group.
func (ro *Roster) tie(ctx context.Context, key chatKey, group GroupID, rule string, at time.Time) error {
	if err := ro.exec(ctx, `INSERT INTO chats (transport, session, chat, group_id, rule, at, listed_at) VALUES (?, ?, ?, ?, ?, ?, 0)
		ON CONFLICT (transport, session, chat) DO UPDATE SET group_id = excluded.group_id, rule = excluded.rule, at = excluded.at, gone_at = 0`,
		key.transport, key.session, string(key.chat), string(group), rule, at.UnixMilli()); err != nil {
		return fmt.Errorf("tie chat %s to %s: %w", key.chat, group, err)
	}
	remember(ctx, ro.db, ro.chats, key, tied{group: group})
	return nil
}

// nameGroup keeps a group's name and code, which follow what is seen, and lets the configuration enable it, unless a
// manager has said whether the bot acts there.
func (ro *Roster) nameGroup(ctx context.Context, group GroupID, transport, name, code string) error {
	g, err := ro.Place(ctx, group)
	if err != nil {
		return err
	}
	fresh := g
	if name != "" {
		fresh.Name = name
	}
	if code != "" {
		fresh.Code = code
	}
	if !g.Adopted && !g.decided {
		fresh.Adopted = ro.adopts(transport, fresh.Name, fresh.Code)
	}
	if fresh == g {
		return nil
	}
	remember(ctx, ro.db, ro.places, group, fresh)
	return ro.exec(ctx, `UPDATE groups SET name = ?, code = ?, adopted = ? WHERE id = ?`, fresh.Name, fresh.Code, fresh.Adopted, string(group))
}

func (ro *Roster) keepPlaceCandidates(ctx context.Context, group GroupID, list []resembling) error {
	for _, c := range list {
		evidence, err := json.Marshal(map[string]any{"share": float64(int(c.share*100)) / 100})
		if err != nil {
			return err
		}
		if err := ro.exec(ctx, `INSERT INTO group_candidates (group_id, candidate_id, evidence) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(group), string(c.group), string(evidence)); err != nil {
			return fmt.Errorf("candidates of group %s: %w", group, err)
		}
		ro.log.Warn("a group may be one that is known: if so, name the bot there like it was named in that one", "group", string(group), "candidate", string(c.group))
	}
	return nil
}

// recode follows what the bot is called in a chat while its login lasts. A new code is given to the group; the code
// of another group, which no chat of this login is, says that the chat is that group: nobody but the bot's own
// account can say it.
func (ro *Roster) recode(ctx context.Context, lg login, group GroupID, l list) (GroupID, error) {
	g, err := ro.Place(ctx, group)
	if err != nil {
		return "", err
	}
	code := GroupCode(l.botName)
	if code == g.Code || code == "" {
		return group, ro.nameGroup(ctx, group, lg.transport, l.name, "")
	}
	known, err := ro.knownPlaces(ctx, lg)
	if err != nil {
		return "", err
	}
	for _, k := range known {
		if k.code != code {
			continue
		}
		if k.taken {
			ro.log.Warn("two groups have one code: give the bot another name in one of them", "code", code, "chat_name", l.name)
			return group, ro.nameGroup(ctx, group, lg.transport, l.name, "")
		}
		if err := ro.tie(ctx, chatKey{lg.transport, lg.session, l.chat}, k.group, "code", l.at); err != nil {
			return "", err
		}
		return k.group, ro.nameGroup(ctx, k.group, lg.transport, l.name, code)
	}
	return group, ro.nameGroup(ctx, group, lg.transport, l.name, code)
}
