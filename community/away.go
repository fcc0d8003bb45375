package community

import (
	"context"
	"fmt"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
)

func awayMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112305_away",
		// Since when the bot is no longer in a chat; 0: it is.
		`ALTER TABLE chats ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0`,
	)}
}

// away keeps that the bot was removed from a chat, or that it is back. While it is away, words to the group wait; all
// else about the group stays as it is.
func (ro *Roster) away(ctx context.Context, r *bot.Request, key chatKey, gone bool) error {
	at := ro.chats[key]
	at.gone = gone
	since := int64(0)
	if gone {
		since = r.At.UnixMilli()
	}
	if err := ro.exec(ctx, `UPDATE chats SET gone_at = ? WHERE transport = ? AND session = ? AND chat = ?`,
		since, key.transport, key.session, string(key.chat)); err != nil {
		return fmt.Errorf("chat %s: %w", key.chat, err)
	}
	remember(ctx, ro.db, ro.chats, key, at)
	g, err := ro.Place(ctx, at.group)
	if err != nil {
		return err
	}
	if gone {
		ro.log.Warn("the bot was removed from a group; what it has to say there waits a day for its return", "group", string(g.ID), "name", g.Name)
	} else {
		ro.log.Info("the bot is back in a group", "group", string(g.ID), "name", g.Name)
	}
	return nil
}
