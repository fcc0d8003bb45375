package onebottest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Say says a text in a group.
func (g *Group) Say(p *Person, text string) *Message { return g.Send(p, Text(text)) }

// Send says something in a group.
func (g *Group) Send(p *Person, parts ...Part) *Message {
	return g.w.say(&Message{group: g, from: p, parts: parts, sub: "normal"})
}

// Anonymous says something without a name.
func (g *Group) Anonymous(name, text string) *Message {
	return g.w.say(&Message{group: g, from: &Person{w: g.w, id: 80_000_000, nick: name}, parts: []Part{Text(text)}, sub: "anonymous", anon: name})
}

// Whisper says something to the bot in private: as a friend, or from a group where they met.
func (p *Person) Whisper(text string) *Message { return p.WhisperFrom(nil, text) }

// WhisperFrom is Whisper in a temporary session of a group.
func (p *Person) WhisperFrom(g *Group, text string) *Message {
	m := &Message{from: p, to: p.w.self, parts: []Part{Text(text)}, sub: "friend"}
	if g != nil {
		m.sub = "group"
	}
	return p.w.sayFrom(m, g)
}

func (w *World) say(m *Message) *Message { return w.sayFrom(m, nil) }

func (w *World) sayFrom(m *Message, through *Group) *Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remember(m)
	if w.offline || m.group != nil && m.group.member(w.self.id) == nil {
		return m // the bot does not hear it
	}
	ev := w.event(m)
	switch {
	case through == nil:
	case w.o.GroupOnTop:
		ev["group_id"] = w.id(through.id)
	case !w.o.NoGroups:
		ev["sender"].(map[string]any)["group_id"] = w.id(through.id)
	}
	w.tell(ev)
	return m
}

// Again tells a message once more, with the same id.
func (m *Message) Again() {
	w := m.from.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tell(w.event(m))
}

// id is an id as this implementation writes it.
func (w *World) id(n int64) any {
	if w.o.StringIDs {
		return strconv.FormatInt(n, 10)
	}
	return n
}

// event is the event of a message.
func (w *World) event(m *Message) map[string]any {
	ev := map[string]any{
		"time": m.at.Unix(), "self_id": w.id(w.self.id), "post_type": "message", "sub_type": m.sub, "message_id": w.id(m.id),
		"user_id": w.id(m.from.id), "message": w.format(m.parts), "raw_message": cq(m.parts), "font": 14,
	}
	who := map[string]any{"user_id": w.id(m.from.id), "nickname": m.from.nick, "sex": "unknown", "age": 0}
	if m.group == nil {
		ev["message_type"] = "private"
	} else {
		ev["message_type"], ev["group_id"], ev["group_name"], ev["anonymous"] = "group", w.id(m.group.id), m.group.name, nil
		who["card"], who["role"], who["level"], who["title"], who["area"] = "", "member", "", "", ""
		if at := m.group.member(m.from.id); at != nil {
			who["card"], who["role"] = at.card, at.role
		}
		if m.anon != "" {
			ev["anonymous"] = map[string]any{"id": 1, "name": m.anon, "flag": "f"}
		}
	}
	if m.from == w.self {
		ev["post_type"] = "message_sent"
	}
	ev["sender"] = who
	return ev
}

// format writes a message as an array or as a string.
func (w *World) format(parts []Part) any {
	if w.o.CQ {
		return cq(parts)
	}
	if parts == nil {
		return []Part{}
	}
	return parts
}

// cq writes a message as the string form has it.
func cq(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Type == "text" {
			b.WriteString(strings.NewReplacer("&", "&amp;", "[", "&#91;", "]", "&#93;").Replace(p.Data["text"]))
			continue
		}
		b.WriteString("[CQ:" + p.Type)
		for _, key := range sorted(p.Data) {
			b.WriteString("," + key + "=" + strings.NewReplacer("&", "&amp;", "[", "&#91;", "]", "&#93;", ",", "&#44;").Replace(p.Data[key]))
		}
		b.WriteString("]")
	}
	return b.String()
}

// notice tells something that happened; the lock is held.
func (w *World) notice(kind string, fields map[string]any) {
	ev := map[string]any{"time": w.o.Now().Unix(), "self_id": w.id(w.self.id), "post_type": "notice", "notice_type": kind}
	for key, v := range fields {
		ev[key] = v
	}
	w.tell(ev)
}

// Join lets somebody in: invited by by, or by themselves.
func (g *Group) Join(p, by *Person) {
	w := g.w
	w.mu.Lock()
	defer w.mu.Unlock()
	g.members = append(g.members, &member{Person: p, role: "member"})
	sub, operator := "approve", g.members[1].id
	if by != nil {
		sub, operator = "invite", by.id
	}
	w.notice("group_increase", map[string]any{"sub_type": sub, "group_id": w.id(g.id), "operator_id": w.id(operator), "user_id": w.id(p.id)})
}

// JoinSilently lets somebody in without telling.
func (g *Group) JoinSilently(p *Person) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.members = append(g.members, &member{Person: p, role: "member"})
}

// LeaveSilently lets somebody go without telling.
func (g *Group) LeaveSilently(p *Person) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.drop(p.id)
}

// Leave lets somebody go.
func (g *Group) Leave(p *Person) { g.out("leave", p, p) }

// Kick removes somebody, or the bot.
func (g *Group) Kick(p, by *Person) {
	sub := "kick"
	if p == g.w.self {
		sub = "kick_me"
	}
	g.out(sub, p, by)
}

func (g *Group) out(sub string, p, by *Person) {
	w := g.w
	w.mu.Lock()
	defer w.mu.Unlock()
	g.drop(p.id)
	w.notice("group_decrease", map[string]any{"sub_type": sub, "group_id": w.id(g.id), "operator_id": w.id(by.id), "user_id": w.id(p.id)})
}

// Recall takes a message back; by is whoever does it.
func (m *Message) Recall(by *Person) {
	w := m.from.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m.gone = true
	if m.group == nil {
		w.notice("friend_recall", map[string]any{"user_id": w.id(m.from.id), "message_id": w.id(m.id)})
		return
	}
	w.notice("group_recall", map[string]any{"group_id": w.id(m.group.id), "user_id": w.id(m.from.id), "operator_id": w.id(by.id), "message_id": w.id(m.id)})
}

// Card gives somebody another name in a group.
func (g *Group) Card(p *Person, card string) {
	w := g.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m := g.member(p.id)
	old := m.card
	m.card = card
	w.notice("group_card", map[string]any{"group_id": w.id(g.id), "user_id": w.id(p.id), "card_new": card, "card_old": old})
}

// Poke lets somebody nudge somebody.
func (g *Group) Poke(p, target *Person) {
	w := g.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notice("notify", map[string]any{"sub_type": "poke", "group_id": w.id(g.id), "user_id": w.id(p.id), "target_id": w.id(target.id)})
}

// AskFriend lets somebody ask to be a friend, and gives the flag of the request.
func (p *Person) AskFriend(comment string) (flag string) {
	w := p.w
	w.mu.Lock()
	defer w.mu.Unlock()
	flag = fmt.Sprintf("friend-%d", p.id)
	w.tell(map[string]any{"time": w.o.Now().Unix(), "self_id": w.id(w.self.id), "post_type": "request", "request_type": "friend",
		"user_id": w.id(p.id), "comment": comment, "flag": flag})
	return flag
}

// Invite asks the bot into a group that it is not in, and gives the flag of the request.
func (g *Group) Invite(by *Person) (flag string) {
	w := g.w
	w.mu.Lock()
	defer w.mu.Unlock()
	g.drop(w.self.id)
	flag = fmt.Sprintf("group-%d", g.id)
	w.tell(map[string]any{"time": w.o.Now().Unix(), "self_id": w.id(w.self.id), "post_type": "request", "request_type": "group",
		"sub_type": "invite", "group_id": w.id(g.id), "user_id": w.id(by.id), "comment": "", "flag": flag})
	return flag
}

// Offline takes the account's login away, as the platform does, or gives it back; implementations stay connected.
func (w *World) Offline(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.offline = on
	if on {
		w.notice("bot_offline", map[string]any{"user_id": w.id(w.self.id), "tag": "BotOfflineEvent", "message": "账号状态异常"})
	}
}

// Raw tells a frame as it is.
func (w *World) Raw(frame string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tellBytes([]byte(frame))
}

// tell sends an event to whoever is connected for events; the lock is held, so that events keep their order.
func (w *World) tell(ev map[string]any) {
	src, err := json.Marshal(ev)
	if err != nil {
		panic(err) // strings and numbers
	}
	w.tellBytes(src)
}
