package wechat

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// way is how the bot logs in.
type way int

// The ways, from the one that troubles nobody to the one that needs a person with the phone.
const (
	byHot way = iota
	byPush
	byScan
)

func (w way) String() string { return [...]string{"saved session", "confirmation", "scan"}[w] }

// ladder remembers which way to try next.
type ladder struct {
	step    way
	hotNo   int // saved sessions that WeChat refused in a row
	garbled int // logins in a row whose answers made no sense
	codes   int // codes in a row that nobody scanned
	short   int // sessions in a row that did not last
	broken  int // logins in a row that failed for no fault of theirs
	trials  int // sessions in a row that ended before the cursor of an earlier login was proved to work
}

// next is the way to try with what is saved.
func (l *ladder) next(kept saved) way {
	switch {
	case !kept.complete():
		return byScan
	case l.step == byHot && l.hotNo >= 2:
		return byPush
	default:
		return l.step
	}
}

// trials is how many sessions may fail with the cursor of an earlier login, before one does without it.
const trials = 3

// failed chooses another way after a login failed, and tells how long to wait first.
func (l *ladder) failed(by way, err error, t Timing) time.Duration {
	var no *refused
	answered := errors.As(err, &no) || errors.Is(err, errExpired)
	if !answered && !errors.Is(err, errUnreachable) {
		l.garbled++
		answered = l.garbled >= 3 && by != byScan
	}
	if !answered {
		l.broken++
		return t.after(l.broken)
	}
	l.broken, l.garbled = 0, 0
	switch by {
	case byHot:
		l.hotNo++
		l.step = byPush
	case byPush:
		l.step = byScan
	default:
		l.step = byScan
		if l.codes++; l.codes >= t.QRTries || no != nil {
			l.codes = 0
			return t.QRPause
		}
	}
	return t.PollGap
}

// ended chooses what to try after a session.
func (l *ladder) ended(t *Transport, s *session, err error) {
	l.broken, l.garbled, l.codes = 0, 0, 0
	lasted := t.now().Sub(s.since) >= t.timing.Lasting
	l.step = byHot
	var end *ended
	if errors.As(err, &end) && s.way == byHot && !lasted {
		l.hotNo++
		l.step = byPush
	} else if lasted || s.way != byHot {
		l.hotNo = 0
	}
	if l.trials++; !s.guard.onTrial() {
		l.trials = 0
	}
	l.short++
	if lasted {
		l.short = 0
	}
}

// wait is how long to wait after a session before the next login.
func (l *ladder) wait(t Timing) time.Duration {
	return t.Rounds[min(max(l.short-1, 0), len(t.Rounds)-1)]
}

// login tries until a client is logged in. Its error ends the run.
func (t *Transport) login(ctx context.Context, sink bot.Sink, l *ladder) (*session, error) {
	for {
		kept, err := t.store.load()
		if err != nil {
			t.bell.ring(alarmDisk, says(err))
		}
		by := l.next(kept)
		t.setState(map[way]State{byHot: Connecting, byPush: Confirming, byScan: Scanning}[by])
		afresh := l.trials >= trials
		if afresh {
			t.bell.ring(alarmGap, "")
		}
		s, err := t.newSession(ctx, sink, kept, by, afresh)
		if err == nil {
			return s, nil
		}
		var no *refused
		if errors.As(err, &no) {
			no.scanned = by == byScan
		}
		if ctx.Err() != nil || t.warning(nil, err) != "" {
			return nil, err
		}
		t.troubled = true
		wait := l.failed(by, err, t.timing)
		t.unable(ctx, by, err, wait)
		if l.broken >= 3 {
			t.bell.ring(alarmUnreachable, says(err))
		}
		if by == byPush {
			t.bell.hush(alarmConfirm)
		}
		if wait >= t.timing.QRPause {
			if err := t.code.hide(); err != nil {
				t.log.Warn("wechat", "err", err)
			}
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// unable tells that a login failed. Where the guard has warned, or the next alarm asks somebody for help, it only notes it.
func (t *Transport) unable(ctx context.Context, by way, err error, wait time.Duration) {
	var no *refused
	isNo := errors.As(err, &no)
	why := "nobody scanned"
	if isNo {
		why = "the login was refused (" + says(err) + ")"
	}
	level := slog.LevelWarn
	switch pause := wait >= t.timing.QRPause; {
	case t.spoken && pause:
		fmt.Fprintf(t.out, "WeChat: %s; the next code comes in %s\n", why, wait.Round(time.Second))
		level = slog.LevelDebug
	case pause:
	case isNo, errors.Is(err, errExpired), errors.Is(err, errUnreachable):
		level = slog.LevelInfo
	}
	t.log.Log(ctx, level, "wechat: login", "by", by.String(), "err", says(err), "next_try", wait.Round(time.Second).String())
}

// showCode shows a code to scan.
func (t *Transport) showCode(uuid string) {
	t.bell.ring(alarmScan, "")
	if err := t.code.show(uuid); err != nil {
		t.log.Error("wechat: the login code can't be kept as a file", "err", err)
	}
}

// scanned tells that the phone saw the code.
func (t *Transport) scanned() {
	t.mu.Lock()
	again := t.status.State == Confirming
	t.mu.Unlock()
	if again {
		return // the client asks again and again
	}
	t.setState(Confirming)
	fmt.Fprintln(t.out, "WeChat: scanned; now confirm on the phone")
}
