package challenge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// askingLasts is how long the questions to a manager wait for an answer.
const askingLasts = 30 * time.Minute

// steps are the questions of a new challenge, by their texts; the last shows it all and waits for a yes.
var steps = []string{"ask.name", "ask.days", "ask.start", "ask.windows", "ask.proof", "ask.prizes", "ask.sure"}

// asking is how far the questions to a manager are in a chat.
type asking struct {
	step  int
	name  string
	words string // what was answered so far, as the words of one line
}

// askFirst begins to ask.
func (f *feature) askFirst(ctx context.Context, r *bot.Request) error {
	if err := f.keepAsking(ctx, r, asking{}); err != nil {
		return err
	}
	r.Reply(r.T("ask.begin") + "\n" + r.T(steps[0]))
	return nil
}

func (f *feature) keepAsking(ctx context.Context, r *bot.Request, a asking) error {
	_, err := f.db.Exec(ctx, `INSERT INTO challenge_drafts (member_id, group_id, step, name, words, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (member_id, group_id) DO UPDATE SET step = excluded.step, name = excluded.name, words = excluded.words, at = excluded.at`,
		r.Actor.Member, r.Actor.Group, a.step, a.name, a.words, r.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("questions: %w", err)
	}
	return nil
}

func (f *feature) endAsking(ctx context.Context, r *bot.Request) error {
	_, err := f.db.Exec(ctx, `DELETE FROM challenge_drafts WHERE member_id = ? AND group_id = ?`, r.Actor.Member, r.Actor.Group)
	return err
}

// answered takes a manager's answer to a question, where one waits in this chat.
func (f *feature) answered(ctx context.Context, r *bot.Request) (taken bool, err error) {
	if r.Actor.Role < bot.Manager || r.Form != bot.Text {
		return false, nil
	}
	var a asking
	found := false
	err = f.db.Each(ctx, func(scan func(...any) error) error {
		found = true
		return scan(&a.step, &a.name, &a.words)
	}, `SELECT step, name, words FROM challenge_drafts WHERE member_id = ? AND group_id = ? AND at > ?`,
		r.Actor.Member, r.Actor.Group, r.At.Add(-askingLasts).UnixMilli())
	if err != nil || !found || a.step >= len(steps) {
		return false, err
	}
	text := strings.TrimSpace(r.Text)
	if slices.Contains([]string{"算了", "取消", "cancel", "stop"}, bot.Fold(text)) {
		r.Reply(r.T("ask.stopped"))
		return true, f.endAsking(ctx, r)
	}
	return true, f.step(ctx, r, a, text)
}

// step takes an answer: it is kept and the next question is asked, or the same again with what was wrong.
func (f *feature) step(ctx context.Context, r *bot.Request, a asking, text string) error {
	d := f.begin(f.c.Calendar.Day(r.At))
	d.later = true
	switch skip := slices.Contains([]string{"跳过", "skip", "没有", "none"}, bot.Fold(text)); {
	case steps[a.step] == "ask.name":
		if key := d.name(text); key != "" {
			return f.refuseWord(r, key, text, r.T("new.example"))
		}
		if err := f.free(ctx, r, d.Name); err != nil {
			return err
		}
		a.name = strings.ReplaceAll(d.Name, " ", "")
	case steps[a.step] == "ask.sure":
		return f.sure(ctx, r, a, d, text)
	case !skip:
		words := strings.TrimSpace(a.words + " " + strings.NewReplacer("，", " ", "、", " ", ",", " ").Replace(text))
		if key, word := d.read(words); key != "" {
			return f.refuseWord(r, key, word, r.T("new.example"))
		}
		if err := f.sound(ctx, r, &d.challenge); err != nil {
			return err
		}
		a.words = words
	}
	a.step++
	if err := f.keepAsking(ctx, r, a); err != nil {
		return err
	}
	question := r.T(steps[a.step])
	if steps[a.step] == "ask.sure" {
		d := f.begin(f.c.Calendar.Day(r.At))
		d.later = true
		if key, word := d.read(a.words); key != "" {
			return f.refuseWord(r, key, word, r.T("new.example"))
		}
		d.Name = a.name
		question = r.T("ask.preview", "Name", a.name) + "\n" + f.describe(r, d.made(f.cfg)) + "\n" + question
	}
	r.Reply(question)
	return nil
}

// sure makes the challenge where the manager says yes.
func (f *feature) sure(ctx context.Context, r *bot.Request, a asking, d *draft, text string) error {
	if !slices.Contains([]string{"好", "好的", "是", "确定", "可以", "ok", "yes", "y"}, bot.Fold(strings.TrimRight(text, "！!。~～ "))) {
		return r.Refuse("ask.yes_or_no")
	}
	if key, word := d.read(a.words); key != "" {
		return f.refuseWord(r, key, word, r.T("new.example"))
	}
	d.Name = a.name
	if err := f.free(ctx, r, d.Name); err != nil {
		return err
	}
	if err := f.endAsking(ctx, r); err != nil {
		return err
	}
	return f.found(ctx, r, d)
}
