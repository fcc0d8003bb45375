package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/playground"
)

// stored tells whether the database holds the beginning and the end of the story. A community that is no demo is refused.
func (d *demo) stored(ctx context.Context) (begun, ended bool, err error) {
	if _, begun, err = bot.Accepted(ctx, d.app.db, storyBegins); err != nil {
		return false, false, err
	}
	if _, ended, err = bot.Accepted(ctx, d.app.db, storyEnds); err != nil || begun {
		return begun, ended, err
	}
	var members int64
	if err := d.app.db.Conn(ctx).Table("members").Count(&members).Error; err != nil {
		return false, false, err
	}
	if members > 0 {
		return false, false, errors.New("this directory holds a real community: the demo needs one of its own, or none")
	}
	return false, false, nil
}

// resume shows what is stored, and goes on at the latest moment of it or now, whichever is later.
func (d *demo) resume(ctx context.Context, now time.Time) error {
	latest, err := d.latest(ctx)
	if err != nil {
		return err
	}
	if latest.After(now) {
		now = latest
	}
	d.clock.moveTo(now)
	people, err := d.people(ctx)
	if err != nil {
		return err
	}
	groups, err := d.groups(ctx)
	if err != nil {
		return err
	}
	lines, err := d.lines(ctx)
	if err != nil {
		return err
	}
	d.open(groups, people, lines)
	return d.app.engine.Start(ctx, now)
}

// latest is when something happened last, or was due.
func (d *demo) latest(ctx context.Context) (time.Time, error) {
	var ms int64
	err := d.app.db.Conn(ctx).Raw(`SELECT MAX(at) FROM inbox`).Scan(&ms).Error
	if err != nil {
		return time.Time{}, fmt.Errorf("the latest event: %w", err)
	}
	return time.UnixMilli(ms), nil
}

func (d *demo) people(ctx context.Context) (people []bot.Person, err error) {
	var rows []struct{ UserID, Name string }
	if err := d.app.db.Conn(ctx).Raw(`SELECT b.user_id, m.name FROM bindings b JOIN members m ON m.id = b.member_id
		WHERE b.transport = 'playground' ORDER BY LENGTH(m.id), m.id`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("the people: %w", err)
	}
	for _, row := range rows {
		people = append(people, bot.Person{User: bot.UserID(row.UserID), Name: row.Name})
	}
	return people, nil
}

func (d *demo) groups(ctx context.Context) (groups []playground.Group, err error) {
	var rows []struct{ Chat, Name, UserID string }
	if err := d.app.db.Conn(ctx).Raw(`SELECT c.chat, g.name, b.user_id FROM chats c JOIN groups g ON g.id = c.group_id
		JOIN stays s ON s.group_id = g.id AND s.left_at = 0 JOIN bindings b ON b.member_id = s.member_id AND b.transport = c.transport
		WHERE c.transport = 'playground' ORDER BY LENGTH(g.id), g.id, s.joined_at, b.user_id`).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("the groups: %w", err)
	}
	for _, row := range rows {
		if n := len(groups); n == 0 || groups[n-1].ID != bot.ChatID(row.Chat) {
			groups = append(groups, playground.Group{ID: bot.ChatID(row.Chat), Name: row.Name})
		}
		g := &groups[len(groups)-1]
		g.Members = append(g.Members, bot.UserID(row.UserID))
	}
	return groups, nil
}

// shownBefore is how many stored lines are read: more than the playground keeps of all busy rooms.
const shownBefore = 2000

// lines are the newest things that people and the bot said, oldest first.
func (d *demo) lines(ctx context.Context) ([]playground.Line, error) {
	var rows []struct {
		Chat, UserID, Text string
		Bot                bool
		At                 int64
	}
	if err := d.app.db.Conn(ctx).Raw(`SELECT * FROM (
		SELECT COALESCE(c.chat, '') AS chat, b.user_id AS user_id, t.text AS text, FALSE AS bot, m.at AS at, 0 AS turn, m.seq AS n
			FROM messages m JOIN message_texts t ON t.seq = m.seq
			JOIN bindings b ON b.member_id = m.member_id AND b.transport = 'playground'
			LEFT JOIN chats c ON c.group_id = m.group_id AND c.transport = 'playground'
		UNION ALL
		SELECT COALESCE(c.chat, ''), COALESCE(b.user_id, ''), o.text, TRUE, o.said_at, 1, o.id
			FROM outbox o LEFT JOIN chats c ON c.group_id = o.group_id AND c.transport = 'playground'
			LEFT JOIN bindings b ON b.member_id = o.member_id AND b.transport = 'playground' AND o.member_id <> ''
			WHERE o.state = 'sent' AND o.text <> '') AS said
		ORDER BY at DESC, turn DESC, n DESC LIMIT ?`, shownBefore).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("the lines: %w", err)
	}
	lines := make([]playground.Line, 0, len(rows))
	for _, row := range slices.Backward(rows) {
		l := playground.Line{Chat: bot.ChatID(row.Chat), User: bot.UserID(row.UserID), Bot: row.Bot, At: time.UnixMilli(row.At), Text: row.Text}
		if row.Bot && row.Chat != "" {
			l.User = ""
		}
		if l.Chat != "" || l.User != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}
