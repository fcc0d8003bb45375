package onebot

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// largestPicture is what is sent of a picture.
const largestPicture = 16 << 20

// Send implements bot.Transport. Nothing is said twice: where it is not certain that the other side did not take
// something, the error is bot.ErrUnknown. A receipt's ID is "account/message".
func (t *Transport) Send(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	if until := t.limitedUntil(); t.now().Before(until) {
		return bot.Receipt{}, &bot.LimitedError{Until: until}
	}
	if err := ctx.Err(); err != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", bot.ErrDown, err)
	}
	switch o.Action {
	case bot.Speak:
	case bot.AcceptFriend:
		return t.accepted(ctx, o)
	case bot.TakeBack:
		return t.takeBack(ctx, o)
	default:
		return bot.Receipt{}, fmt.Errorf("%w: OneBot has no %s", bot.ErrRejected, o.Action)
	}
	a, err := t.speaker(o.Route)
	if err != nil {
		return bot.Receipt{}, err
	}
	// What was begun is better finished than unknown.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timing.Say)
	defer cancel()
	a.speak.Lock()
	defer a.speak.Unlock()
	return a.say(ctx, o)
}

// speaker is the account that says something: of several that could, the one that hears the group or knows the person.
func (t *Transport) speaker(r bot.Route) (*account, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	g, user := id(r.Chat), id(r.User)
	if g == "" && user == "" {
		return nil, fmt.Errorf("%w: no receiver", bot.ErrRejected)
	}
	var best *account
	unsure, most := len(t.accounts) == 0, -1
	for self, a := range t.accounts {
		rank := 0
		switch {
		case g != "" && t.ears[g] == self && a.book.has(g):
			rank = 2
		case g != "" && a.book.has(g):
			rank = 1
		case g != "":
			rank = -1
		default:
			if _, ok := a.book.wroteTo(user); ok {
				rank = 3
			} else if _, ok := a.book.friend(user); ok {
				rank = 2
			} else if a.book.meeting(user) != "" {
				rank = 1
			}
		}
		if !a.connected() || !a.greeted.Load() { // it may be the one, when it is back
			unsure = true
			continue
		}
		if rank > most || rank == most && best != nil && self < best.self {
			best, most = a, rank
		}
	}
	switch {
	case best == nil && unsure:
		return nil, fmt.Errorf("%w: no account that could say it is connected", bot.ErrDown)
	case best == nil:
		return nil, fmt.Errorf("%w: none of the bot's accounts is in the group", bot.ErrRejected)
	}
	return best, nil
}

// say sends what is said, in as many messages as it needs.
func (a *account) say(ctx context.Context, o bot.Outgoing) (receipt bot.Receipt, err error) {
	action, target, err := a.target(o.Route)
	if err != nil {
		return bot.Receipt{}, err
	}
	if len(o.Picture) > largestPicture {
		return bot.Receipt{}, fmt.Errorf("%w: a picture of %d MB", bot.ErrRejected, len(o.Picture)>>20)
	}
	messages := a.render(o)
	if len(messages) == 0 {
		return bot.Receipt{}, fmt.Errorf("%w: nothing to say", bot.ErrRejected)
	}
	if len(messages) > mostPieces {
		if receipt, err = a.forward(ctx, o, target, messages); !unsupported(err) {
			return receipt, err
		}
	}
	for i, message := range messages {
		if receipt, err = a.post(ctx, action, target, message); err != nil {
			if i > 0 {
				err = fmt.Errorf("%w: %d of its parts were said, then: %s", bot.ErrUnknown, i, says(err))
			}
			return bot.Receipt{}, err
		}
	}
	return receipt, nil
}

// target is by which action and with which parameters something goes to its receiver.
func (a *account) target(r bot.Route) (action string, params map[string]any, err error) {
	if r.Chat != "" {
		return "send_group_msg", map[string]any{"group_id": id(r.Chat)}, nil
	}
	user := id(r.User)
	params = map[string]any{"user_id": user}
	through, wrote := a.book.wroteTo(user)
	if _, friend := a.book.friend(user); friend || wrote && through.none() {
		return "send_private_msg", params, nil
	}
	if !wrote {
		through = a.book.meeting(user)
	}
	if through.none() && !a.listed.Load() {
		return "", nil, fmt.Errorf("%w: who is in the groups is not read yet", bot.ErrDown)
	}
	if through.none() {
		return "", nil, fmt.Errorf("%w: neither a friend nor in a group with the bot", bot.ErrRejected)
	}
	params["group_id"] = through // a temporary session
	return "send_private_msg", params, nil
}

// post sends one message.
func (a *account) post(ctx context.Context, action string, target map[string]any, message []part) (bot.Receipt, error) {
	params := map[string]any{"message": message}
	for key, value := range target {
		params[key] = value
	}
	var sent struct {
		MessageID id `json:"message_id"`
	}
	if err := a.ask(ctx, a.t.timing.Say, action, params, &sent); err != nil {
		return bot.Receipt{}, a.t.outcome(err)
	}
	a.t.unlimited()
	now := a.t.now()
	a.heard.put(sent.MessageID, said{from: sender{UserID: a.self}, text: textOf(message), parts: 1})
	return bot.Receipt{ID: string(a.self) + "/" + string(sent.MessageID), At: now}, nil
}

// forward sends a long text as one message that opens into its parts.
func (a *account) forward(ctx context.Context, o bot.Outgoing, target map[string]any, messages [][]part) (bot.Receipt, error) {
	action := "send_group_forward_msg"
	if o.Route.Chat == "" {
		action = "send_private_forward_msg"
	}
	nodes := make([]map[string]any, len(messages))
	name := a.book.called(id(o.Route.Chat))
	for i, m := range messages {
		nodes[i] = map[string]any{"type": "node", "data": map[string]any{
			"user_id": a.self, "nickname": name, "uin": string(a.self), "name": name, "content": withoutReply(m),
		}}
	}
	params := map[string]any{"messages": nodes}
	for key, value := range target {
		params[key] = value
	}
	var sent struct {
		MessageID id `json:"message_id"`
	}
	err := a.ask(ctx, a.t.timing.Say, action, params, &sent)
	if unsupported(err) {
		return bot.Receipt{}, err
	}
	if err != nil {
		return bot.Receipt{}, a.t.outcome(err)
	}
	a.t.unlimited()
	a.heard.put(sent.MessageID, said{from: sender{UserID: a.self}, text: "", parts: 1})
	return bot.Receipt{ID: string(a.self) + "/" + string(sent.MessageID), At: a.t.now()}, nil
}

// unsupported tells that an implementation has no such action.
func unsupported(err error) bool {
	var failed *failedError
	return errors.As(err, &failed) && (failed.code == 1404 || failed.code == 404 || strings.Contains(failed.why, "不支持") || strings.Contains(strings.ToLower(failed.why), "unsupported"))
}

// outcome is what an error means for something said.
func (t *Transport) outcome(err error) error {
	var failed *failedError
	switch {
	case errors.Is(err, errNoConnection):
		return fmt.Errorf("%w: %s", bot.ErrDown, says(err))
	case !errors.As(err, &failed):
		return fmt.Errorf("%w: %s", bot.ErrUnknown, says(err))
	case mentions(failed.why, "timeout", "timed out", "超时"): // NapCat says so of messages that are there
		return fmt.Errorf("%w: %s", bot.ErrUnknown, says(err))
	case mentions(failed.why, "频繁", "频率", "rate limit", "too fast", "too many", "too often"):
		return t.limit(says(err))
	}
	return fmt.Errorf("%w: %s", bot.ErrRejected, says(err))
}

func mentions(s string, words ...string) bool {
	s = strings.ToLower(s)
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// limit begins a pause, longer than the one before if nothing could be said in between.
func (t *Transport) limit(why string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	pause := 10 * time.Minute
	if n := len(t.pace.Pauses); n > 0 {
		pause = t.pace.Pauses[min(t.limits, n-1)]
	}
	t.limits++
	t.limited = t.now().Add(pause)
	t.log.Warn("onebot: the platform wants us to be slower", "why", why, "until", t.limited.UTC())
	return &bot.LimitedError{Until: t.limited}
}

func (t *Transport) limitedUntil() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limited
}

func (t *Transport) unlimited() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limits = 0
}

// accepted makes somebody the bot's friend who asked for it.
func (t *Transport) accepted(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	a, flag, err := t.owner(o.Token)
	if err != nil {
		return bot.Receipt{}, err
	}
	if err := a.ask(ctx, t.timing.Say, "set_friend_add_request", map[string]any{"flag": flag, "approve": true}, nil); err != nil {
		return bot.Receipt{}, t.outcome(err)
	}
	return bot.Receipt{At: t.now()}, nil
}

// takeBack takes back something that was said: Token is its receipt.
func (t *Transport) takeBack(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	a, message, err := t.owner(o.Token)
	if err != nil {
		return bot.Receipt{}, err
	}
	if err := a.ask(ctx, t.timing.Say, "delete_msg", map[string]any{"message_id": id(message)}, nil); err != nil {
		return bot.Receipt{}, t.outcome(err)
	}
	return bot.Receipt{At: t.now()}, nil
}

// owner is the account of a token "account/rest".
func (t *Transport) owner(token string) (a *account, rest string, err error) {
	self, rest, ok := strings.Cut(token, "/")
	if !ok {
		return nil, "", fmt.Errorf("%w: the token %q is none of ours", bot.ErrRejected, printable(token))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if a = t.accounts[id(self)]; a == nil {
		return nil, "", fmt.Errorf("%w: account %s is not connected", bot.ErrDown, printable(self))
	}
	return a, rest, nil
}

// picture is a picture within a message.
func picture(png []byte) part {
	return part{"image", map[string]any{"file": "base64://" + base64.StdEncoding.EncodeToString(png)}}
}
