package earning

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// Stored is where Rows reads.
type Stored struct {
	DB       bot.Storage
	Calendar *community.Calendar
	LeftOut  map[community.MemberID]bool // staff and bots
	Command  func(text string) bool      // the text is a command
}

// Rows reads the messages of enabled groups since a time in the order in which they were accepted.
func (s Stored) Rows(ctx context.Context, since time.Time, fn func(Row)) error {
	aliases, err := community.Aliases(ctx, s.DB)
	if err != nil {
		return err
	}
	rows, err := s.DB.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT m.seq, m.at, m.group_id, m.member_id, m.form, m.len, m.mentions, m.quoted,
		m.recalled, COALESCE(t.text, '') FROM messages m JOIN groups g ON g.id = m.group_id AND g.adopted
		LEFT JOIN message_texts t ON t.seq = m.seq WHERE m.at >= ? ORDER BY m.seq`, since.UnixMilli())
	if err != nil {
		return fmt.Errorf("messages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var row Row
		var at int64
		var recalled int
		var mentions, quoted string
		if err := rows.Scan(&row.Seq, &at, &row.Group, &row.Member, &row.Form, &row.Chars, &mentions, &quoted, &recalled, &row.Text); err != nil {
			return fmt.Errorf("messages: %w", err)
		}
		row.At, row.Member, row.Recalled = bot.FromMillis(at), aliases.Resolve(row.Member), recalled > 0
		row.Day, row.Staff = s.Calendar.Day(row.At), s.LeftOut[row.Member]
		row.Command = row.Form == bot.Text && row.Text != "" && (slashed(row.Text) || s.Command(row.Text))
		for _, id := range strings.Fields(mentions + " " + quoted) {
			row.Named = append(row.Named, aliases.Resolve(community.MemberID(id)))
		}
		fn(row)
	}
	return rows.Err()
}
