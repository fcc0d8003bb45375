package onebottest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sent is something that the bot said.
type Sent struct {
	ID       string // the message
	Group    string // empty in private
	User     string // empty in a group
	Through  string // of a temporary session: the group
	Text     string // with @ID for mentions
	Mentions []string
	Quotes   string
	Picture  []byte
	Nodes    []string // of a forwarded message: their texts
	At       time.Time
	Recalled bool
}

// send takes something that the bot says; the lock is held.
func (w *World) send(p params) (any, error) {
	parts, err := w.read(p["message"])
	if err != nil {
		return nil, err
	}
	s := Sent{}
	var text strings.Builder
	for _, part := range parts {
		switch part.Type {
		case "text":
			text.WriteString(part.Data["text"])
		case "at":
			s.Mentions = append(s.Mentions, part.Data["qq"])
			text.WriteString("@" + part.Data["qq"])
		case "reply":
			s.Quotes = part.Data["id"]
		case "image":
			s.Picture, _ = base64.StdEncoding.DecodeString(strings.TrimPrefix(part.Data["file"], "base64://")) // checked
		}
	}
	s.Text = text.String()
	return w.sentTo(p, s, parts)
}

func (w *World) forward(p params) (any, error) {
	var nodes []struct {
		Type string `json:"type"`
		Data struct {
			Content []Part `json:"content"`
		} `json:"data"`
	}
	if json.Unmarshal(p["messages"], &nodes) != nil || len(nodes) == 0 {
		return nil, refuse(1400, "messages: nodes are wanted")
	}
	s := Sent{}
	for _, n := range nodes {
		text := ""
		for _, part := range n.Data.Content {
			text += part.Data["text"]
		}
		s.Nodes = append(s.Nodes, text)
	}
	return w.sentTo(p, s, []Part{{"forward", map[string]string{"id": "1"}}})
}

// sentTo delivers what was said to its receiver.
func (w *World) sentTo(p params, s Sent, parts []Part) (any, error) {
	m := &Message{from: w.self, parts: parts, sub: "normal"}
	group, toGroup := p.number("group_id")
	user, toUser := p.number("user_id")
	switch {
	case toUser:
		who := w.people[user]
		if who == nil {
			return nil, refuse(1400, "no such user")
		}
		if toGroup {
			g := w.groups[group]
			if w.o.NoStrangers || g == nil || g.member(user) == nil || g.member(w.self.id) == nil {
				return nil, refuse(1200, "无法发起临时会话")
			}
			s.Through = g.ID()
		} else if !w.friends[user] && !w.wrote(user) {
			return nil, refuse(1200, "请先添加对方为好友")
		}
		m.to, m.sub, s.User = who, "friend", who.ID()
	case toGroup:
		g := w.groups[group]
		switch {
		case g == nil || g.member(w.self.id) == nil:
			return nil, refuse(1200, "不在群中")
		case g.muted:
			return nil, refuse(1200, "你已被禁言")
		}
		m.group, s.Group = g, g.ID()
	default:
		return nil, refuse(1400, "nobody to send to")
	}
	w.remember(m)
	s.ID, s.At = m.ID(), m.at
	w.sent = append(w.sent, s)
	close(w.changed)
	w.changed = make(chan struct{})
	return map[string]any{"message_id": w.id(m.id)}, nil
}

// wrote tells whether somebody wrote to the bot as a friend does.
func (w *World) wrote(user int64) bool {
	for _, m := range w.messages {
		if m.from.id == user && m.to == w.self && m.sub == "friend" {
			return true
		}
	}
	return false
}

// Sent is all that the bot said.
func (w *World) Sent() []Sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

// WaitFor waits until the bot has said something of which ok holds.
func (w *World) WaitFor(ctx context.Context, ok func(Sent) bool) (Sent, error) {
	for seen := 0; ; {
		w.mu.Lock()
		list, changed := w.sent, w.changed
		w.mu.Unlock()
		for ; seen < len(list); seen++ {
			if ok(list[seen]) {
				return list[seen], nil
			}
		}
		select {
		case <-ctx.Done():
			return Sent{}, fmt.Errorf("the bot said %d things, and not that: %w", seen, ctx.Err())
		case <-changed:
		}
	}
}

// WaitSent waits until the bot has said n things.
func (w *World) WaitSent(ctx context.Context, n int) ([]Sent, error) {
	count := 0
	if n > 0 {
		if _, err := w.WaitFor(ctx, func(Sent) bool { count++; return count >= n }); err != nil {
			return w.Sent(), err
		}
	}
	return w.Sent(), nil
}
