package onebottest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// refusal is an answer that says no.
type refusal struct {
	code    int
	wording string
}

func (r *refusal) Error() string { return r.wording }

func refuse(code int, format string, args ...any) error {
	return &refusal{code, fmt.Sprintf(format, args...)}
}

// params are the parameters of a call.
type params map[string]json.RawMessage

// number reads a parameter that is an id.
func (p params) number(key string) (int64, bool) {
	s := strings.Trim(string(p[key]), `"`)
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func (p params) string(key string) string {
	var s string
	_ = json.Unmarshal(p[key], &s)
	return s
}

// call answers a call.
func (w *World) call(l *link, src []byte) {
	var c struct {
		Action string          `json:"action"`
		Params params          `json:"params"`
		Echo   json.RawMessage `json:"echo"`
	}
	if err := json.Unmarshal(src, &c); err != nil {
		w.answer(l, nil, nil, refuse(1400, "bad request"))
		return
	}
	action := strings.TrimSuffix(strings.TrimSuffix(c.Action, "_async"), "_rate_limited")
	sends := strings.HasPrefix(action, "send_")
	w.mu.Lock()
	w.asked[action]++
	w.mu.Unlock()
	switch {
	case w.fault(Deaf, action): // never heard
		return
	case w.fault(CutBefore, action):
		w.Kill()
		return
	case w.fault(Slower, action):
		w.answer(l, c.Echo, nil, refuse(1200, "发送消息过于频繁，请稍后再试"))
		return
	case w.fault(Refuse, action):
		w.answer(l, c.Echo, nil, refuse(100, "不能这样做"))
		return
	}
	data, err := w.act(action, c.Params)
	switch {
	case sends && w.fault(Mute, action): // done, and not told
		return
	case sends && w.fault(CutAfter, action):
		w.Kill()
		return
	case w.fault(Late, action):
		time.Sleep(w.lateness())
	case w.fault(TimedOut, action):
		w.answer(l, c.Echo, nil, refuse(1200, "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg"))
		return
	case w.fault(WrongEcho, action):
		w.answer(l, json.RawMessage(`"another"`), data, err)
		return
	case w.fault(Twice, action):
		w.answer(l, c.Echo, data, err)
	}
	w.answer(l, c.Echo, data, err)
}

func (w *World) answer(l *link, echo json.RawMessage, data any, err error) {
	a := map[string]any{"status": "ok", "retcode": 0, "data": data, "message": "", "wording": ""}
	if r, no := err.(*refusal); no { //nolint:errorlint // it is made here
		a["status"], a["retcode"], a["data"], a["message"], a["wording"] = "failed", r.code, nil, r.wording, r.wording
	}
	if len(echo) > 0 {
		a["echo"] = echo
	}
	src, err := json.Marshal(a)
	if err != nil {
		panic(err) // strings and numbers
	}
	l.put(src)
}

// act does what a call asks for.
func (w *World) act(action string, p params) (any, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch action {
	case "get_login_info":
		return map[string]any{"user_id": w.id(w.self.id), "nickname": w.self.nick}, nil
	case "get_status":
		return map[string]any{"online": true, "good": true}, nil
	case "get_version_info":
		return map[string]any{"app_name": "onebottest", "app_version": "1", "protocol_version": "v11"}, nil
	case "can_send_image", "can_send_record":
		return map[string]any{"yes": true}, nil
	case "get_friend_list":
		list := []any{}
		for id := range w.friends {
			list = append(list, map[string]any{"user_id": w.id(id), "nickname": w.people[id].nick, "remark": ""})
		}
		return list, nil
	case "get_stranger_info":
		return w.stranger(p)
	case "get_group_list":
		list := []any{}
		for _, g := range w.groups {
			if g.member(w.self.id) != nil {
				list = append(list, w.groupInfo(g))
			}
		}
		return list, nil
	case "get_group_info", "get_group_member_list", "get_group_member_info", "get_group_msg_history":
		return w.ofGroup(action, p)
	case "get_friend_msg_history":
		if !w.o.NoHistory {
			return w.friendHistory(p)
		}
	case "get_msg":
		return w.message(p)
	case "delete_msg":
		return nil, w.delete(p)
	case "set_friend_add_request", "set_group_add_request":
		return nil, w.decide(p)
	case "send_group_msg", "send_private_msg", "send_msg":
		if w.offline {
			return nil, refuse(1200, "账号已离线")
		}
		return w.send(p)
	case "send_group_forward_msg", "send_private_forward_msg":
		if !w.o.NoForward {
			return w.forward(p)
		}
	}
	return nil, refuse(1404, "不支持的API %s", action)
}

func (w *World) stranger(p params) (any, error) {
	id, ok := p.number("user_id")
	who := w.people[id]
	if !ok || who == nil {
		return nil, refuse(1400, "no such user")
	}
	return map[string]any{"user_id": w.id(id), "nickname": who.nick, "sex": "unknown", "age": 0}, nil
}

func (w *World) groupInfo(g *Group) map[string]any {
	return map[string]any{"group_id": w.id(g.id), "group_name": g.name, "member_count": len(g.members), "max_member_count": 500}
}

func (w *World) memberInfo(g *Group, m *member) map[string]any {
	return map[string]any{"group_id": w.id(g.id), "user_id": w.id(m.id), "nickname": m.nick, "card": m.card, "sex": "unknown", "age": 0, "area": "",
		"join_time": 0, "last_sent_time": 0, "level": "1", "role": m.role, "unfriendly": false, "title": "", "title_expire_time": 0, "card_changeable": false}
}

// ofGroup answers what is asked about one group.
func (w *World) ofGroup(action string, p params) (any, error) {
	id, ok := p.number("group_id")
	g := w.groups[id]
	if !ok || g == nil || g.member(w.self.id) == nil {
		return nil, refuse(1400, "no such group")
	}
	switch action {
	case "get_group_info":
		return w.groupInfo(g), nil
	case "get_group_member_list":
		list := []any{}
		for _, m := range g.members {
			list = append(list, w.memberInfo(g, m))
		}
		return list, nil
	case "get_group_member_info":
		user, _ := p.number("user_id")
		if m := g.member(user); m != nil {
			return w.memberInfo(g, m), nil
		}
		return nil, refuse(1400, "no such member")
	}
	if w.o.NoHistory {
		return nil, refuse(1404, "不支持的API %s", action)
	}
	list := []any{}
	for _, m := range w.page(p, g.history) {
		if !m.gone {
			list = append(list, w.event(m))
		}
	}
	return map[string]any{"messages": list}, nil
}

// page is the part of a history that is asked for: so many, up to a message.
func (w *World) page(p params, list []*Message) []*Message {
	if until, ok := p.number("message_seq"); ok {
		if i := slices.IndexFunc(list, func(m *Message) bool { return m.id == until }); i >= 0 {
			list = list[:i+1]
		}
	}
	n, ok := p.number("count")
	if !ok {
		n = 20
	}
	if w.o.Cap > 0 {
		n = min(n, int64(w.o.Cap))
	}
	return list[max(0, len(list)-int(n)):]
}

func (w *World) friendHistory(p params) (any, error) {
	user, ok := p.number("user_id")
	if !ok || !w.friends[user] {
		return nil, refuse(1400, "no such friend")
	}
	var said []*Message
	for _, m := range w.private {
		if !m.gone && (m.from.id == user || m.to.id == user) {
			said = append(said, m)
		}
	}
	list := []any{}
	for _, m := range w.page(p, said) {
		list = append(list, w.event(m))
	}
	return map[string]any{"messages": list}, nil
}

func (w *World) message(p params) (any, error) {
	id, ok := p.number("message_id")
	m := w.messages[id]
	if !ok || m == nil || m.gone {
		return nil, refuse(1200, "消息不存在")
	}
	ev := w.event(m)
	ev["real_id"] = ev["message_id"]
	if w.o.Sparse {
		delete(ev, "group_id")
		delete(ev, "user_id")
	}
	return ev, nil
}

func (w *World) delete(p params) error {
	id, ok := p.number("message_id")
	m := w.messages[id]
	if !ok || m == nil || m.from != w.self || m.gone {
		return refuse(1200, "不能撤回")
	}
	m.gone = true
	for i := range w.sent {
		if w.sent[i].ID == m.ID() {
			w.sent[i].Recalled = true
		}
	}
	return nil
}

func (w *World) decide(p params) error {
	flag := p.string("flag")
	var approve bool
	if json.Unmarshal(p["approve"], &approve) != nil || flag == "" {
		return refuse(1400, "bad params")
	}
	w.requests[flag] = approve
	var id int64
	if _, err := fmt.Sscanf(flag, "friend-%d", &id); err == nil && approve {
		w.friends[id] = true
		w.notice("friend_add", map[string]any{"user_id": w.id(id)})
	}
	if _, err := fmt.Sscanf(flag, "group-%d", &id); err == nil && approve {
		g := w.groups[id]
		g.members = append(g.members, &member{Person: w.self, role: "member"})
		w.notice("group_increase", map[string]any{"sub_type": "invite", "group_id": w.id(id), "operator_id": w.id(g.members[0].id), "user_id": w.id(w.self.id)})
	}
	return nil
}

// Answered tells how a request was answered, and whether it was.
func (w *World) Answered(flag string) (approve, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	approve, ok = w.requests[flag]
	return approve, ok
}

// Asked is how often an action was called.
func (w *World) Asked(action string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[action]
}

// read reads a message that is sent, strictly.
func (w *World) read(src json.RawMessage) (parts []Part, err error) {
	var list []struct {
		Type string         `json:"type"`
		Data map[string]any `json:"data"`
	}
	if json.Unmarshal(src, &list) != nil || len(list) == 0 {
		return nil, refuse(1400, "message: an array of segments is wanted")
	}
	n := 0
	for _, s := range list {
		p := Part{s.Type, map[string]string{}}
		for key, v := range s.Data {
			text, ok := v.(string)
			if !ok && s.Type != "node" {
				return nil, refuse(1400, "%s.%s is no string", s.Type, key)
			}
			p.Data[key] = text
		}
		switch s.Type {
		case "text":
			n += utf8.RuneCountInString(p.Data["text"])
		case "at", "reply":
		case "image":
			data, ok := strings.CutPrefix(p.Data["file"], "base64://")
			if _, err := base64.StdEncoding.DecodeString(data); !ok || err != nil {
				return nil, refuse(1400, "image: no base64")
			}
		default:
			return nil, refuse(1400, "unknown segment %s", s.Type)
		}
		parts = append(parts, p)
	}
	if n > w.o.MaxText {
		return nil, refuse(1200, "消息过长")
	}
	return parts, nil
}
