package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/eatmoreapple/openwechat"
)

// roomsAtOnce is how many member lists WeChat gives in one answer.
const roomsAtOnce = 50

// meet reads the contacts and all member lists, and delivers them.
func (s *session) meet() error {
	s.book.contacts(s.guard.recent)
	err := s.patiently(func() error {
		contacts, err := s.contacts(s.ctx)
		if err == nil {
			s.book.contacts(contacts)
		}
		return err
	})
	if err != nil {
		return err
	}
	groups := s.book.groups()
	for some := range slices.Chunk(groups, roomsAtOnce) {
		missing := some
		err := s.patiently(func() (err error) {
			missing, err = s.visit(s.ctx, some)
			return err
		})
		if err != nil {
			return err
		}
		s.without(missing)
		if err := s.untilTaken(); err != nil {
			return err
		}
	}
	s.tended = s.t.now()
	s.patience = s.t.timing.Refresh + jitter(s.t.timing.RefreshBy)
	return nil
}

// patiently tries a few times, then goes on without: a bot that hears and doesn't know all is better than a
// deaf one. Only the end of the session is an error.
func (s *session) patiently(try func() error) error {
	for failures := 1; failures <= 4; failures++ {
		err := try()
		if err == nil || s.ctx.Err() != nil {
			return context.Cause(s.ctx)
		}
		s.t.log.Info("wechat: reading contacts", "try", failures, "err", says(err))
		if err := sleep(s.ctx, s.t.timing.after(failures)); err != nil {
			return context.Cause(s.ctx)
		}
	}
	s.t.bell.ring(alarmMembers, "")
	return nil
}

// contacts reads all pages of the bot's contacts.
func (s *session) contacts(ctx context.Context) (all []rawContact, err error) {
	const pages = 100
	for seq, page := int64(0), 0; page < pages; page++ {
		var got struct {
			BaseResponse struct{ Ret int }
			MemberList   []rawContact
			Seq          int64
		}
		err := s.read(func() (*http.Response, error) { return s.client.Caller.Client.WebWxGetContact(ctx, s.info.SKey, seq) }, &got)
		if err == nil {
			err = s.judged(callContact, got.BaseResponse.Ret)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, got.MemberList...)
		if got.Seq == 0 || got.Seq == seq {
			break
		}
		seq = got.Seq
	}
	return all, nil
}

// rooms reads the member lists of up to fifty groups.
func (s *session) rooms(ctx context.Context, names []string) ([]rawContact, error) {
	if err := s.spaced(ctx); err != nil {
		return nil, err
	}
	members := make(openwechat.Members, len(names))
	for i, name := range names {
		members[i] = &openwechat.User{UserName: name}
	}
	var got struct {
		BaseResponse struct{ Ret int }
		ContactList  []rawContact
	}
	err := s.read(func() (*http.Response, error) {
		return s.client.Caller.Client.WebWxBatchGetContact(ctx, members, s.request)
	}, &got)
	if err == nil {
		err = s.judged(callBatch, got.BaseResponse.Ret)
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(got.ContactList, func(c rawContact) bool {
		return !slices.Contains(names, c.UserName) || len(c.MemberList) == 0
	}), nil
}

// spaced waits until member lists may be asked for again.
func (s *session) spaced(ctx context.Context) error {
	s.fetching.Lock()
	now := s.t.now()
	if next := s.fetched.Add(s.t.timing.FetchGap); next.After(now) {
		s.fetched = next
	} else {
		s.fetched = now
	}
	wait := s.fetched.Sub(now)
	s.fetching.Unlock()
	return sleep(ctx, wait)
}

// read decodes the answer to a request of ours.
func (s *session) read(request func() (*http.Response, error), into any) error {
	resp, err := request()
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("the answer makes no sense: %w", err)
	}
	return nil
}

// judged is what a code of WeChat means for a request. A fatal one ends the session.
func (s *session) judged(call string, ret int) error {
	switch {
	case ret == 0:
		return nil
	case fatal(ret):
		s.end(&ended{ret})
		return &ended{ret}
	default:
		err := fmt.Errorf("%s: ret %d", call, ret)
		s.guard.failed(s.ctx, call, alarmMembers, err)
		return err
	}
}

// visit reads member lists and takes them in. It names the groups whose lists WeChat did not give.
func (s *session) visit(ctx context.Context, names []string) (missing []string, err error) {
	got, err := s.rooms(ctx, names)
	if err != nil {
		return names, err
	}
	missing = slices.Clone(names)
	for _, room := range got {
		s.pending = append(s.pending, s.book.room(room, s.t.now())...)
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == room.UserName })
	}
	if len(missing) == 0 {
		s.t.bell.hush(alarmMembers)
	}
	return missing, nil
}

// without goes on without some member lists: nothing waits for them any more.
func (s *session) without(names []string) {
	for _, name := range names {
		s.pending = append(s.pending, s.book.room(rawContact{UserName: name}, s.t.now())...)
	}
}

// learn reads the member lists that a batch needs. Groups that are not known at all are worth an error, which
// makes the batch come again, but only so often; what is merely old is not worth one.
func (s *session) learn(ctx context.Context, news syncAnswer) error {
	now := s.t.now()
	unknown := s.book.unknown(news)
	wanted := slices.Clone(unknown)
	for _, name := range s.book.stale(news, now) {
		if !slices.Contains(wanted, name) {
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.t.timing.FetchFor)
	defer cancel()
	var err error
	for some := range slices.Chunk(wanted, roomsAtOnce) {
		missing, failed := s.visit(ctx, some)
		if failed == nil && len(missing) > 0 {
			failed = fmt.Errorf("WeChat gives no member list of %d groups", len(missing))
		}
		err = errors.Join(err, failed)
	}
	still := s.book.unknown(news)
	if err == nil || len(still) == 0 {
		s.misses = 0
		return nil
	}
	if s.misses++; s.misses < 3 {
		return fmt.Errorf("read the member lists of %d groups: %w", len(still), err)
	}
	s.misses = 0
	s.without(still)
	s.t.bell.ring(alarmMembers, "")
	s.t.log.Info("wechat: going on without the members of groups", "groups", len(still), "err", says(err))
	return nil
}

// tend reads member lists again that have become old. It runs between two polls, so that no message overtakes it.
func (s *session) tend(ctx context.Context) {
	now := s.t.now()
	if now.Sub(s.tended) < s.t.timing.Refresh/20 {
		return
	}
	s.tended = now
	old := s.book.old(now, s.patience)
	if len(old) == 0 {
		return
	}
	s.patience = s.t.timing.Refresh + jitter(s.t.timing.RefreshBy)
	release := s.guard.pulse.hold()
	defer release()
	brief, cancel := context.WithTimeout(ctx, s.t.timing.FetchFor)
	defer cancel()
	missing, err := s.visit(brief, old[:min(len(old), roomsAtOnce)])
	if err != nil && ctx.Err() == nil {
		s.t.log.Info("wechat: reading member lists again", "err", says(err))
	} else if err == nil {
		s.without(missing)
	}
	if err := s.flush(ctx, nil); err != nil && ctx.Err() == nil {
		s.t.log.Error("wechat: what was learned is not taken yet", "err", err)
	}
}
