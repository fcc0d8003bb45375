package topic

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The limits of proposals: how many of a member may wait, and how many 审题 shows.
const (
	mostProposed   = 3
	proposalsShown = 10
)

// proposal is a topic that a member would like to see.
type proposal struct {
	id     int64
	column string
	text   string
	member community.MemberID
	group  community.GroupID // where it was proposed; may be empty
}

// propose is 出题 [#栏目] 文本.
func (f *topic) propose(ctx context.Context, r *bot.Request) error {
	col, text, err := f.tagged(r, r.Args)
	if err != nil {
		return err
	}
	text = words(text)
	if text == "" {
		return r.Refuse("propose.how")
	}
	if key, kv := f.check(definition{Text: text}); key != "" {
		if key == "wrong.word" { // members are not told the list
			key, kv = "propose.word", nil
		}
		return r.Refuse(key, kv...)
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return err
	}
	var open int
	if err := f.db.Conn(ctx).Raw(`SELECT COUNT(*) FROM topic_proposals WHERE member_id IN ? AND state = 'open'`, ids).Row().Scan(&open); err != nil {
		return fmt.Errorf("proposals: %w", err)
	}
	if open >= mostProposed {
		return r.Refuse("propose.many", "Most", mostProposed)
	}
	if _, err := f.db.Exec(ctx, `INSERT INTO topic_proposals (column_name, text, member_id, group_id, at, state) VALUES (?, ?, ?, ?, ?, 'open')`,
		col.Name, text, r.Actor.Origin, r.Actor.Group, r.At.UnixMilli()); err != nil {
		return fmt.Errorf("proposals: %w", err)
	}
	r.Reply(r.T("propose.done", "Name", r.Actor.Name))
	return nil
}

// waiting are the proposals that nobody has decided, oldest first.
func (f *topic) waiting(ctx context.Context, limit int) (list []proposal, err error) {
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		var p proposal
		err := scan(&p.id, &p.column, &p.text, &p.member, &p.group)
		list = append(list, p)
		return err
	}, `SELECT id, column_name, text, member_id, group_id FROM topic_proposals WHERE state = 'open' ORDER BY id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("proposals: %w", err)
	}
	return list, nil
}

// proposals is 审题.
func (f *topic) proposals(ctx context.Context, r *bot.Request) error {
	list, err := f.waiting(ctx, proposalsShown)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("proposals.none"))
		return nil
	}
	lines := []string{r.T("proposals.title")}
	for _, p := range list {
		name, err := f.c.Called(ctx, p.member)
		if err != nil {
			return err
		}
		lines = append(lines, r.T("proposals.line", "ID", p.id, "Column", p.column, "Text", p.text, "Name", name))
	}
	r.Reply(strings.Join(append(lines, r.T("proposals.how", "ID", list[0].id)), "\n"))
	return nil
}

// open is the proposal whose number the arguments begin with, or a refusal.
func (f *topic) openProposal(ctx context.Context, r *bot.Request) (p proposal, rest string, err error) {
	word, rest := firstWord(r.Args)
	id, ok := readNumber(word, "")
	if !ok {
		return p, "", r.Refuse("proposal.which", "Command", r.Command())
	}
	err = f.db.Row(ctx, `SELECT id, column_name, text, member_id, group_id FROM topic_proposals WHERE id = ? AND state = 'open'`, id).
		Scan(&p.id, &p.column, &p.text, &p.member, &p.group)
	if errors.Is(err, sql.ErrNoRows) {
		return p, "", r.Refuse("proposal.unknown", "ID", id)
	}
	if err != nil {
		return p, "", fmt.Errorf("proposal: %w", err)
	}
	return p, rest, nil
}

// decide ends a proposal that is open.
func (f *topic) decide(ctx context.Context, p proposal, state string, topic int64, key string) error {
	_, err := f.db.Exec(ctx, `UPDATE topic_proposals SET state = ?, topic_id = ?, pay_key = ? WHERE id = ? AND state = 'open'`, state, topic, key, p.id)
	if err != nil {
		return fmt.Errorf("proposal: %w", err)
	}
	return nil
}

// adopt is 采用题 编号: the topic joins the library, and who proposed it is named when it is posted.
func (f *topic) adopt(ctx context.Context, r *bot.Request) error {
	p, rest, err := f.openProposal(ctx, r)
	if err == nil {
		err = single(r, strconv.FormatInt(p.id, 10), rest, "")
	}
	if err != nil {
		return err
	}
	if key, kv := f.check(definition{Text: p.text}); key != "" {
		return r.Refuse(key, kv...)
	}
	if err := f.settle(ctx, r); err != nil {
		return err
	}
	id, ok, err := f.store(ctx, definition{Column: p.column, Text: p.text, Weight: 1}, origins{source: proposed, member: p.member, at: r.At.UnixMilli()})
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("add.twice", "Column", p.column)
	}
	who, err := f.c.Person(ctx, p.member)
	if err != nil {
		return err
	}
	amount, key := f.cfg.Proposal, fmt.Sprintf("topic-proposal/%d/%s/%d", p.id, p.member, r.Seq)
	if who.Role >= bot.Moderator || who.Bot {
		amount = 0
	}
	if err := f.pay(ctx, r, key, p.member, amount, r.T("reason.proposal")); err != nil {
		return err
	}
	if err := f.decide(ctx, p, "adopted", id, key); err != nil {
		return err
	}
	told := r.T("adopt.told_free", "Text", p.text)
	if amount > 0 {
		told = r.T("adopt.told", "Text", p.text, "Points", amount)
	}
	if err := f.tell(ctx, r, p, told, "adopt.group"); err != nil {
		return err
	}
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.decide", "adopt-topic", fmt.Sprintf("proposal/%d", p.id)}, decided{p.id, id, key}, map[string]any{"topic": id, "points": amount},
		r.T("adopt.done", "ID", p.id, "Topic", id, "Column", p.column))
}

// decline is 退题 编号 原因.
func (f *topic) decline(ctx context.Context, r *bot.Request) error {
	p, reason, err := f.openProposal(ctx, r)
	if err == nil {
		err = single(r, strconv.FormatInt(p.id, 10), reason, "")
	}
	if err != nil {
		return err
	}
	reason = words(reason)
	if len([]rune(reason)) > longestTopic {
		return r.Refuse("wrong.long", "Most", longestTopic, "Count", len([]rune(reason)))
	}
	if word, bad := f.c.Words.Forbidden(reason); bad {
		return r.Refuse("wrong.word", "Word", f.c.Words.Masked(word))
	}
	if err := f.decide(ctx, p, "declined", 0, ""); err != nil {
		return err
	}
	told := r.T("decline.told", "Text", p.text)
	if reason != "" {
		told = r.T("decline.told_why", "Text", p.text, "Reason", reason)
	}
	if err := f.tell(ctx, r, p, told, "decline.group"); err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.decide", "decline-topic", fmt.Sprintf("proposal/%d", p.id)}, decided{p.id, 0, ""}, map[string]any{},
		r.T("decline.done", "ID", p.id))
}

// tell answers who proposed something in private, or where that can't be in the group of the proposal, without details.
func (f *topic) tell(ctx context.Context, r *bot.Request, p proposal, text, inGroup string) error {
	open, err := f.c.Reachable(ctx, string(p.member))
	if err != nil {
		return err
	}
	if open || p.group == "" {
		r.Send(bot.Outgoing{Member: string(p.member), Text: text, Priority: bot.Notice})
		return nil
	}
	name, err := f.c.Called(ctx, p.member)
	if err != nil {
		return err
	}
	r.Send(bot.Outgoing{Group: string(p.group), Text: r.T(inGroup, "Name", name), Priority: bot.Notice})
	return nil
}

// decided is what an undo of a decision needs.
type decided struct {
	ID    int64  `json:"id"`
	Topic int64  `json:"topic"`
	Key   string `json:"key"`
}

// undoDecide makes a proposal wait again. What was said to its author stays said.
func (f *topic) undoDecide(ctx context.Context, r *bot.Request, payload []byte) error {
	var p decided
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	n, err := f.db.Exec(ctx, `UPDATE topic_proposals SET state = 'open', topic_id = 0, pay_key = '' WHERE id = ? AND state <> 'open' AND topic_id = ?`, p.ID, p.Topic)
	if err != nil {
		return fmt.Errorf("proposal: %w", err)
	}
	if n == 0 {
		return bot.Refuse(r.In("topic").T("undo.late"))
	}
	community.UndoRemark(ctx, r.In("topic").T("undo.told"))
	if p.Topic == 0 {
		return nil
	}
	e, ok, err := f.find(ctx, p.Topic)
	if err != nil {
		return err
	}
	if ok {
		if _, err := f.setState(ctx, r, e.id, e.state, removed); err != nil {
			return err
		}
	}
	return f.takeBack(ctx, r, p.Key, "undo", r.In("topic").T("reason.undone"))
}
