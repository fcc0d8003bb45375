package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/eatmoreapple/openwechat"
)

// ended says that WeChat ended the session, and with which code.
type ended struct{ ret int }

func (e *ended) Error() string { return fmt.Sprintf("WeChat ended the session with %d", e.ret) }

// retRefused is what WeChat says to an account that it does not want on the web, at the login or later.
const retRefused = 1203

// fatal tells whether a code of WeChat ends the session.
func fatal(ret int) bool { return ret >= 1100 && ret <= 1102 || ret == retRefused }

var checkForm = regexp.MustCompile(`window\.synccheck=\{retcode:"(\d+)",selector:"(\d+)"\}`)

// check is the long poll that says whether there is news.
func (g *guard) check(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	select {
	case <-g.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := g.pulse.turn(ctx); err != nil {
		return nil, err
	}
	g.tend(ctx)
	a, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	found := checkForm.FindSubmatch(a.body)
	if found == nil {
		err := errors.New("synccheck: the answer makes no sense")
		g.failed(ctx, callCheck, alarmGarbled, err)
		return nil, err
	}
	switch ret, selector := atoi(found[1]), string(found[2]); {
	case fatal(ret):
		g.die(&ended{ret})
		return nil, &ended{ret}
	case ret != 0:
		err := fmt.Errorf("synccheck: retcode %d", ret)
		g.failed(ctx, callCheck, alarmGarbled, err)
		return nil, err
	case selector == "0":
		g.proved()
		g.pulse.beat()
		g.pulse.fruit(true)
		g.bell.hush(alarmUnreachable, alarmGarbled, alarmFrozen)
	}
	g.pulse.good(callCheck)
	return a.response(req), nil
}

func atoi(digits []byte) int {
	n := 0
	for _, d := range digits {
		n = min(n*10+int(d-'0'), 1<<30)
	}
	return n
}

// sync is the write-ahead point: what it brings is stored before the client moves its cursor.
func (g *guard) sync(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	a, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	news, cursor, err := readSync(a.body)
	if err != nil {
		var end *ended
		if errors.As(err, &end) {
			g.die(err)
			return nil, err
		}
		g.failed(ctx, callSync, alarmGarbled, err)
		return nil, err
	}
	if err := g.store(ctx, news); err != nil {
		return nil, err
	}
	g.proved()
	g.pulse.beat() // also forgets failures
	g.pulse.fruit(len(news.AddMsgList)+len(news.ModContactList)+len(news.DelContactList) > 0)
	g.bell.hush(alarmUnreachable, alarmGarbled, alarmFrozen, alarmStorage)
	return a.with(cursor).response(req), nil
}

// store gives a batch away while the watchdog looks elsewhere.
func (g *guard) store(ctx context.Context, news syncAnswer) error {
	release := g.pulse.hold()
	defer release()
	if err := g.take(ctx, news); err != nil {
		if ctx.Err() == nil {
			g.pulse.fail(callSync)
			level := slog.LevelError
			if g.bell.rings(alarmStorage) {
				level = slog.LevelInfo
			}
			g.log.Log(ctx, level, "wechat: messages not taken; they wait at WeChat", "err", err)
		}
		return err
	}
	return nil
}

// readSync reads what a sync brought. The second result is all that the client needs of it.
func readSync(body []byte) (syncAnswer, []byte, error) {
	var news syncAnswer
	if err := json.Unmarshal(body, &news); err != nil {
		return news, nil, fmt.Errorf("webwxsync: %w", err)
	}
	if ret := news.BaseResponse.Ret; fatal(ret) {
		return news, nil, &ended{ret}
	} else if ret != 0 {
		return news, nil, fmt.Errorf("webwxsync: ret %d", ret)
	}
	var cursor struct{ SyncKey *openwechat.SyncKey }
	if err := json.Unmarshal(body, &cursor); err != nil {
		return news, nil, fmt.Errorf("webwxsync: cursor: %w", err)
	}
	if !consistent(cursor.SyncKey) {
		return news, nil, errors.New("webwxsync: the cursor is missing or inconsistent")
	}
	short, err := json.Marshal(cursor)
	return news, short, err
}
