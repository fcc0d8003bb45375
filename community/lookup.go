package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// ReadPerson reads whom an id stands for, from the tables: for who is not handling an event. Where nobody has the
// id, ok is false.
func ReadPerson(ctx context.Context, db bot.Storage, id MemberID) (p Person, ok bool, err error) {
	err = db.Conn(ctx).Raw(`SELECT id, name, role, bot FROM members WHERE id = `+personID, string(id), string(id)).Row().Scan(&p.ID, &p.Name, &p.Role, &p.Bot)
	if errors.Is(err, sql.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return Person{}, false, fmt.Errorf("read %s: %w", id, err)
	}
	return p, true, nil
}

// Lookup finds people whose nickname, or name in a group, is or holds words, from the tables: for who is not
// handling an event. Who is called exactly so comes first; there are most at the most.
func Lookup(ctx context.Context, db bot.Storage, words string, most int) (found []Person, err error) {
	folded := strings.TrimSpace(bot.Fold(words))
	if folded == "" {
		return nil, nil
	}
	holds := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded) + "%"
	rows, err := db.Conn(ctx).Raw(`SELECT p.id, p.name, MAX(CASE WHEN m.folded = ? OR s.folded = ? THEN 1 ELSE 0 END) AS same
		FROM members m LEFT JOIN stays s ON s.member_id = m.id AND s.left_at = 0
			LEFT JOIN aliases a ON a.alias = m.id JOIN members p ON p.id = COALESCE(a.member_id, m.id)
		WHERE p.first_seen > 0 AND (m.folded LIKE ? ESCAPE '\' OR s.folded LIKE ? ESCAPE '\')
		GROUP BY p.id, p.name ORDER BY same DESC, LENGTH(p.id), p.id LIMIT ?`, folded, folded, holds, holds, most).Rows()
	if err != nil {
		return nil, fmt.Errorf("look somebody up: %w", err)
	}
	defer rows.Close()
	exact := 0
	for rows.Next() {
		var p Person
		var same int
		if err := rows.Scan(&p.ID, &p.Name, &same); err != nil {
			return nil, fmt.Errorf("look somebody up: %w", err)
		}
		if same == 0 && exact == 1 {
			break // one is called so, and nobody else
		}
		exact += same
		found = append(found, p)
	}
	return found, rows.Err()
}

// AnOwner is the owner, the first of several; ok is false where there is none yet.
func AnOwner(ctx context.Context, db bot.Storage) (id MemberID, ok bool, err error) {
	err = db.Conn(ctx).Raw(`SELECT id FROM members WHERE role = ? AND id NOT IN (SELECT alias FROM aliases) ORDER BY LENGTH(id), id LIMIT 1`,
		int(bot.Owner)).Row().Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("the owner: %w", err)
	}
	return id, true, nil
}
