package challenge

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// hashtags are the challenges whose hashtags are in a text, in their order, and the words beside them. What stands in
// quotation marks was said by somebody else.
func hashtags(list []*challenge, text string) (found []*challenge, words string) {
	var rest strings.Builder
	for before := ""; text != ""; {
		if strings.HasPrefix(text, "#") || strings.HasPrefix(text, "＃") {
			if c, after := longestTag(list, text); c != nil && !slices.Contains(openings, before) {
				if !slices.Contains(found, c) {
					found = append(found, c)
				}
				rest.WriteByte(' ')
				before, text = " ", after
				continue
			}
		}
		_, n := utf8.DecodeRuneInString(text)
		rest.WriteString(text[:n])
		before, text = text[:n], text[n:]
	}
	return found, strings.TrimSpace(rest.String())
}

// longestTag is the challenge whose hashtag a text begins with, and what follows; a # that closes the hashtag is its.
func longestTag(list []*challenge, text string) (found *challenge, after string) {
	longest := 0
	for _, c := range list {
		for _, tag := range c.tags() {
			if rest, ok := cutName(text, tag); ok && len(tag) > longest {
				found, after, longest = c, rest, len(tag)
			}
		}
	}
	if found == nil || !strings.HasSuffix(strings.TrimSuffix(text, after), "#") && !strings.HasSuffix(strings.TrimSuffix(text, after), "＃") {
		return found, after
	}
	for _, c := range list { // #早起#阅读: the # opens the next
		for _, tag := range c.tags() {
			if _, ok := cutName(after, tag); ok {
				return found, "#" + after
			}
		}
	}
	return found, after
}

var (
	openings  = []string{"「", "『", "“", "‘", "《", `"`, "'"}
	clauses   = regexp.MustCompile(`[^，,。！!；;…～~\n?？]+[?？]*|[?？]+`)
	howTo     = regexp.MustCompile(`怎么(?:样|才能|可以|能)*(?:参加|加入|报名|打卡|玩|补卡|请假|退出|开始)`)
	addresses = regexp.MustCompile(`^(?:请问|请教|你好|您好|大家好?|各位|老师|群主|(?:弱弱|想)?问一?下)$`)
)

// reports tells whether words beside a hashtag say something, or there are none: a question alone is no check-in.
func reports(words string) bool {
	question := false
	for _, s := range clauses.FindAllString(words, -1) {
		switch s = strings.TrimSpace(s); {
		case strings.HasSuffix(s, "?"), strings.HasSuffix(s, "？"), strings.HasSuffix(s, "吗"), howTo.MatchString(s):
			question = true
		case s != "" && !addresses.MatchString(s):
			return true
		}
	}
	return !question
}

// heardAll counts what was said with the hashtags of several challenges, in one answer: what is missing for one of them
// doesn't keep it from the others.
func (f *feature) heardAll(ctx context.Context, r *bot.Request, list []*challenge, s shown) error {
	mine, err := f.mineOf(ctx, r, list)
	if err != nil {
		return err
	}
	if len(mine) == 1 {
		return f.heard(ctx, r, mine[0], s)
	}
	seen, err := f.waiting(ctx, r)
	if err != nil {
		return err
	}
	a := &allHeard{f: f, r: r, seen: seen}
	for _, c := range mine {
		one := s
		if s.media == "" && (c.Proof == ProofPicture || c.Proof == ProofBoth) {
			one.media, one.other, one.begun = seen.media, seen.seq, seen.at
		}
		var no *bot.Refusal
		if err := a.take(ctx, c, one); errors.As(err, &no) {
			a.lines = append(a.lines, no.Text)
		} else if err != nil {
			return err
		}
	}
	if len(a.lines) > 0 {
		r.Reply(strings.Join(a.lines, "\n"))
	}
	for _, doubt := range a.doubts {
		if err := doubt(); err != nil {
			return err
		}
	}
	return nil
}

// allHeard is what comes of one message for several challenges.
type allHeard struct {
	f      *feature
	r      *bot.Request
	seen   half // the picture from a moment ago
	waits  bool // one of them waits for its picture
	lines  []string
	doubts []func() error
}

// take counts what is shown for one challenge, or says what is missing.
func (a *allHeard) take(ctx context.Context, c *challenge, s shown) error {
	f, r := a.f, a.r
	at, before, err := f.moment(ctx, r, c, s)
	today := f.c.Calendar.Day(at)
	if err != nil || before.kind(today) == Done {
		return err
	}
	switch lacks := c.Proof.lacks(s); {
	case lacks == "done.picture" && a.waits:
		return r.Refuse("done.picture_next", "Challenge", c.Name)
	case lacks == "done.picture":
		a.waits = true
		a.lines = append(a.lines, r.T(lacks, "Name", r.Actor.Name, "Challenge", c.Name))
		return f.wait(ctx, r, c.ID, s)
	case lacks != "":
		return r.Refuse(lacks, "Challenge", c.Name)
	case s.media != "" && !a.waits:
		if err := f.forgetHalf(ctx, r); err != nil {
			return err
		}
	}
	m, o, err := f.record(ctx, r, c, at, s)
	if err != nil {
		return err
	}
	a.lines = append(a.lines, f.answer(r, c, today, o))
	a.doubts = append(a.doubts, func() error { return f.doubt(ctx, r, c, m, s) })
	return nil
}

// record keeps a check-in of an instant whose proof is whole.
func (f *feature) record(ctx context.Context, r *bot.Request, c *challenge, at time.Time, s shown) (Mark, outcome, error) {
	m := Mark{Origin: community.MemberID(r.Actor.Origin), Day: f.c.Calendar.Day(at), Kind: Done, Seq: r.Seq}
	if earns(r) {
		m.Price, m.Earns = c.Daily, true
	}
	o, err := f.change(ctx, r, c, community.MemberID(r.Actor.Member), func(ctx context.Context) error {
		_, err := f.mark(ctx, c.ID, &m, at, s)
		return err
	})
	if err != nil || o.Before.kind(m.Day-1) != Done {
		return m, o, err
	}
	o.Night, err = f.sameDate(ctx, c, m.Day-1, m.Origin, at)
	return m, o, err
}

// sameDate tells whether somebody checked in for a Day on the date of an instant: after midnight, before the Day ended.
func (f *feature) sameDate(ctx context.Context, c *challenge, day community.Day, who community.MemberID, at time.Time) (bool, error) {
	ids, err := f.c.IDs(ctx, who)
	if err != nil {
		return false, err
	}
	local := at.In(f.c.Calendar.Zone())
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	in, args := community.In(ids, c.ID, int(day), midnight.UnixMilli())
	n := 0
	if err := f.db.Row(ctx, `SELECT COUNT(*) FROM challenge_marks WHERE member_id IN `+in+` AND challenge_id = ? AND day = ? AND at >= ? AND kind = 'done' AND gone_seq = 0`,
		args...).Scan(&n); err != nil {
		return false, fmt.Errorf("check-ins of one night: %w", err)
	}
	return n > 0, nil
}
