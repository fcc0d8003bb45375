package wechat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot"
)

// Send implements bot.Transport. Nothing is ever posted twice: where it is not certain that WeChat did not
// take something, the error is bot.ErrUnknown, also when only a part of it was taken. A chat or person of an
// earlier login is bot.ErrDown, because they are found again once the groups have been read. When WeChat says
// that it is too much, the error is a *bot.LimitedError with the next of the pace's pauses; until then nothing
// is even tried. A receipt's ID is "message/client's number/receiver": what taking it back needs.
func (t *Transport) Send(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	s := t.speaker()
	if s == nil {
		return bot.Receipt{}, fmt.Errorf("%w: not logged in", bot.ErrDown)
	}
	if until := t.limitedUntil(); t.now().Before(until) {
		return bot.Receipt{}, &bot.LimitedError{Until: until}
	}
	if err := ctx.Err(); err != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", bot.ErrDown, err)
	}
	ctx, stop := lingering(ctx, t.timing.Shutdown*3/4)
	defer stop()
	switch o.Action {
	case bot.AcceptFriend:
		return s.accept(ctx, o)
	case bot.InviteToGroup:
		return s.invite(ctx, o)
	case bot.Speak:
	default:
		return bot.Receipt{}, fmt.Errorf("%w: web WeChat has no %s", bot.ErrRejected, o.Action)
	}
	to, err := s.address(o.Route)
	if err != nil {
		return bot.Receipt{}, err
	}
	return s.say(ctx, to, o)
}

// lingering is a context that outlives another one by a moment: what was begun is better finished than unknown.
func lingering(ctx context.Context, moment time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		defer cancel()
		_ = sleep(longer, moment)
	})
	return longer, func() { unhook(); cancel() }
}

// address is the name of a receiver in this session.
func (s *session) address(r bot.Route) (string, error) {
	to := string(r.Chat)
	if to == "" {
		to = string(r.User)
	}
	switch {
	case to == "":
		return "", fmt.Errorf("%w: no receiver", bot.ErrRejected)
	case !s.book.knows(to):
		return "", fmt.Errorf("%w: the receiver is of an earlier login", bot.ErrDown)
	}
	return to, nil
}

// say posts the picture and all pieces of the text.
func (s *session) say(ctx context.Context, to string, o bot.Outgoing) (receipt bot.Receipt, err error) {
	said := 0
	if len(o.Picture) > 0 {
		if receipt, err = s.sayPicture(ctx, to, o); err != nil {
			return bot.Receipt{}, err
		}
		said++
	}
	for _, piece := range render(o, s.book.called(o)) {
		if said > 0 {
			_ = sleep(ctx, s.t.timing.PieceGap)
		}
		if receipt, err = s.sayText(ctx, to, piece); err != nil {
			if said > 0 {
				err = fmt.Errorf("%w: %d of its parts were said, then: %s", bot.ErrUnknown, said, says(err))
			}
			return bot.Receipt{}, err
		}
		said++
	}
	if said == 0 {
		return bot.Receipt{}, fmt.Errorf("%w: nothing to say", bot.ErrRejected)
	}
	return receipt, nil
}

func (s *session) sayText(ctx context.Context, to, text string) (bot.Receipt, error) {
	sent, err := s.client.Caller.WebWxSendMsg(ctx, &openwechat.CallerWebWxSendMsgOptions{
		LoginInfo: s.info, BaseRequest: s.request, Message: openwechat.NewTextSendMessage(text, s.me, to),
	})
	if err != nil {
		return bot.Receipt{}, s.outcome(err)
	}
	return s.receipt(sent), nil
}

func (s *session) receipt(sent *openwechat.SentMessage) bot.Receipt {
	s.t.unlimited()
	return bot.Receipt{ID: sent.MsgId + "/" + sent.ClientMsgId + "/" + sent.ToUserName, At: s.t.now()}
}

// The codes of WeChat that mean something for what is said.
const retTooOften = 1205

// outcome is what an error of the client means for something said.
func (s *session) outcome(err error) error {
	var ret openwechat.Ret
	switch {
	case !errors.As(err, &ret):
		if errors.Is(err, errNotSent) {
			return fmt.Errorf("%w: %s", bot.ErrDown, says(err))
		}
		return fmt.Errorf("%w: %s", bot.ErrUnknown, says(err))
	case fatal(int(ret)):
		end := &ended{int(ret)}
		s.end(end)
		return fmt.Errorf("%w: %w", bot.ErrDown, end)
	case ret == retTooOften:
		return s.t.limit()
	default:
		return fmt.Errorf("%w: WeChat says %d", bot.ErrRejected, int(ret))
	}
}

// limit begins a pause, longer than the one before if nothing could be said in between.
func (t *Transport) limit() error {
	t.mu.Lock()
	pause := 10 * time.Minute
	if n := len(t.pace.Pauses); n > 0 {
		pause = t.pace.Pauses[min(t.limits, n-1)]
	}
	t.limits++
	t.limited = t.now().Add(pause)
	until := t.limited
	t.mu.Unlock()
	t.bell.ring(alarmLimited, "until "+until.Local().Format("15:04"))
	return &bot.LimitedError{Until: until}
}

func (t *Transport) limitedUntil() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.limited
}

// unlimited notes that WeChat took something.
func (t *Transport) unlimited() {
	t.mu.Lock()
	t.limits = 0
	t.mu.Unlock()
	t.bell.hush(alarmLimited)
}

// accept makes somebody the bot's friend who asked for it.
func (s *session) accept(ctx context.Context, o bot.Outgoing) (bot.Receipt, error) {
	user, ticket, err := friendTicket(o.Token)
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", bot.ErrRejected, err)
	}
	err = s.client.Caller.WebWxVerifyUser(ctx, &openwechat.CallerWebWxVerifyUserOptions{
		BaseRequest: s.request, LoginInfo: s.info, RecommendInfo: openwechat.RecommendInfo{UserName: user, Ticket: ticket},
	})
	if err != nil {
		return bot.Receipt{}, s.outcome(err)
	}
	s.t.unlimited()
	return bot.Receipt{At: s.t.now()}, nil
}
