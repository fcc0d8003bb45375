package community

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// theirs is the condition that a row of a table is of the person with these ids; empty where none ever is.
func theirs(t bot.PersonalTable, ids []string) (where string, args []any) {
	var conditions []string
	for _, column := range t.Of {
		conditions = append(conditions, column+" IN ?")
		args = append(args, prefixed(t.Prefix, ids))
	}
	if t.Where != "" {
		conditions = append(conditions, t.Where)
		for range strings.Count(t.Where, "?") {
			args = append(args, ids)
		}
	}
	return strings.Join(conditions, " OR "), args
}

func prefixed(prefixes, ids []string) (list []string) {
	if len(prefixes) == 0 {
		return ids
	}
	for _, prefix := range prefixes {
		for _, id := range ids {
			list = append(list, prefix+id)
		}
	}
	return list
}

// eraseTable does what a table says of erasing.
func eraseTable(ctx context.Context, db bot.Storage, t bot.PersonalTable, ids []string) error {
	where, args := theirs(t, ids)
	if where == "" || !t.Drop && len(t.Blank)+len(t.Null) == 0 {
		return nil
	}
	if t.Drop {
		return db.Conn(ctx).Exec(`DELETE FROM `+t.Name+` WHERE `+where, args...).Error
	}
	var set []string
	for _, column := range t.Blank {
		set = append(set, column+" = ''")
	}
	for _, column := range t.Null {
		set = append(set, column+" = NULL")
	}
	return db.Conn(ctx).Exec(`UPDATE `+t.Name+` SET `+strings.Join(set, ", ")+` WHERE `+where, args...).Error
}

// countTable tells how many rows of a table are of the person with these ids.
func countTable(ctx context.Context, db bot.Storage, t bot.PersonalTable, ids []string) (n int64, err error) {
	where, args := theirs(t, ids)
	if where == "" {
		return 0, nil
	}
	if err := db.Conn(ctx).Raw(`SELECT COUNT(*) FROM `+t.Name+` WHERE `+where, args...).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count %s: %w", t.Name, err)
	}
	return n, nil
}

// unname takes a person's names, role and ways in: nobody is bound to these ids any more, so whoever comes by the same
// account is somebody new.
func (c *Community) unname(ctx context.Context, r *bot.Request, ids []string) error {
	at := r.At.UnixMilli()
	if err := c.db.Conn(ctx).Exec(`UPDATE members SET name = ?, folded = '', name_at = ?, role = 0, provisional = 0 WHERE id IN ?`,
		c.text(r, "erase.name"), at, ids).Error; err != nil {
		return err
	}
	if err := c.db.Conn(ctx).Exec(`UPDATE stays SET left_at = ? WHERE left_at = 0 AND member_id IN ?`, at, ids).Error; err != nil {
		return err
	}
	c.Roster.disown(ctx, ids)
	return nil
}

// disown takes a person out of the roster's memory.
func (ro *Roster) disown(ctx context.Context, ids []string) {
	is := func(id MemberID) bool { return slices.Contains(ids, string(id)) }
	if ro.onName != nil {
		ro.db.OnCommit(ctx, func() { ro.onName() })
	}
	for key, b := range ro.users {
		if is(b.member) {
			forget(ctx, ro.db, ro.users, key)
			forget(ctx, ro.db, ro.friends, key)
		}
	}
	for key := range ro.holders {
		if is(key.member) {
			forget(ctx, ro.db, ro.holders, key)
		}
	}
	for key := range ro.stays {
		if is(key.member) {
			forget(ctx, ro.db, ro.stays, key)
		}
	}
	for group := range ro.sights {
		forget(ctx, ro.db, ro.sights, group)
	}
	for _, id := range ids {
		forget(ctx, ro.db, ro.people, MemberID(id))
		forget(ctx, ro.db, ro.aliases.provisional, MemberID(id))
	}
}

// unsay takes the words to a person, those of answers to what they said, and of those that speak to them in a group:
// they hold names. What still waits is not said any more.
func (c *Community) unsay(ctx context.Context, r *bot.Request, ids []string) error {
	const about = `(member_id IN ? OR event IN (SELECT i.id FROM inbox i JOIN messages m ON m.seq = i.seq WHERE m.member_id IN ?))`
	if err := c.db.Conn(ctx).Exec(`UPDATE outbox SET state = 'withheld', reason = 'erased', settled_at = ? WHERE state = 'pending' AND `+about,
		r.At.UnixMilli(), ids, ids).Error; err != nil {
		return err
	}
	const blank = `UPDATE outbox SET text = '', merge_head = '', merge_item = '', mention = '', picture = NULL WHERE state <> 'sending' AND `
	if err := c.db.Conn(ctx).Exec(blank+about, ids, ids).Error; err != nil {
		return err
	}
	names, err := c.namesOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.db.Conn(ctx).Exec(blank+`mention LIKE ?`, `%"`+id+`"%`).Error; err != nil {
			return err
		}
	}
	for _, name := range names { // boards and greetings, that nobody asked for
		if err := c.db.Conn(ctx).Exec(blank+`(text LIKE ? ESCAPE '\' OR merge_item LIKE ? ESCAPE '\')`, holding(name), holding(name)).Error; err != nil {
			return err
		}
	}
	return nil
}

// unUndo drops what could take back something that was done to a person: it may hold words, and nothing comes back.
func (c *Community) unUndo(ctx context.Context, ids []string) error {
	if err := c.db.Conn(ctx).Exec(`DELETE FROM undos WHERE event IN (SELECT event FROM audits WHERE target IN ?)`, ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.db.Conn(ctx).Exec(`DELETE FROM undos WHERE payload LIKE ?`, `%"`+id+`"%`).Error; err != nil {
			return err
		}
	}
	return nil
}

// namesOf are the names that are kept of a person, but for those of one letter, which stand in many words.
func (c *Community) namesOf(ctx context.Context, ids []string) (names []string, err error) {
	var all []string
	err = c.db.Conn(ctx).Raw(`SELECT name FROM members WHERE id IN ? UNION SELECT display FROM stays WHERE member_id IN ?
		UNION SELECT nick FROM sightings WHERE member_id IN ? UNION SELECT display FROM sightings WHERE member_id IN ?`, ids, ids, ids, ids).Scan(&all).Error
	for _, name := range all {
		if utf8.RuneCountInString(name) > 1 {
			names = append(names, name)
		}
	}
	return names, err
}

// holding is a LIKE pattern for texts that hold words.
func holding(words string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}

// burnRest takes the words of a person's transfers and burns what they have left: nobody could ever spend it.
func (c *Community) burnRest(ctx context.Context, r *bot.Request, ids []string) error {
	if c.Purse.ledger == nil {
		return nil
	}
	if err := c.burn(ctx, r, ids); err != nil {
		return err
	}
	for _, id := range ids {
		for _, account := range twins(MemberID(id)) {
			if _, err := c.Purse.ledger.EraseTexts(ctx, account); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Community) burn(ctx context.Context, r *bot.Request, ids []string) error {
	for _, id := range ids {
		for _, account := range twins(MemberID(id)) {
			n, err := c.Purse.ledger.Balance(ctx, account)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			t := points.Transfer{Key: fmt.Sprintf("erase/%s/%d", account, r.Seq), From: account, To: points.Burned, Amount: n, At: r.At}
			if _, err := c.Purse.ledger.Post(ctx, t); err != nil {
				return fmt.Errorf("burn what %s has: %w", id, err)
			}
		}
	}
	return nil
}

// forget takes the words to a person and of them, while their names are known, and then these.
func (c *Community) forget(ctx context.Context, r *bot.Request, ids []string) error {
	if err := c.unsay(ctx, r, ids); err != nil {
		return err
	}
	if err := c.unUndo(ctx, ids); err != nil {
		return err
	}
	return c.unname(ctx, r, ids)
}
