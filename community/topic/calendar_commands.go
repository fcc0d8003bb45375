package topic

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/weilu-im/weilu/bot"
)

// chosen is the date to come that the arguments begin with: its number (C12), or a date, with a column behind it where
// there are several; or a refusal that names those it could be.
func (f *topic) chosen(ctx context.Context, r *bot.Request) (o occasion, rest string, err error) {
	if err := f.keep(ctx, r); err != nil {
		return o, "", err
	}
	list, err := f.coming(ctx, r)
	if err != nil {
		return o, "", err
	}
	word, rest := firstWord(r.Args)
	if id, ok := readNumber(word, "c"); ok && strings.HasPrefix(bot.Fold(word), "c") {
		i := slices.IndexFunc(list, func(o occasion) bool { return o.id == id })
		if i < 0 {
			return o, "", r.Refuse("day.gone", "ID", id)
		}
		return list[i], rest, nil
	}
	date, ok := readDate(word, f.date(r.At))
	if !ok {
		return o, "", r.Refuse("day.which", "Command", r.Command())
	}
	list = slices.DeleteFunc(list, func(o occasion) bool { return o.date != date })
	if tag, after := firstWord(rest); strings.HasPrefix(bot.Fold(tag), "#") {
		if col, ok := f.column(tag); ok {
			rest = after
			list = slices.DeleteFunc(list, func(o occasion) bool { return o.column != col.Name })
		}
	}
	switch len(list) {
	case 0:
		return o, "", r.Refuse("day.none", "Date", shortDay(date))
	case 1:
		return list[0], rest, nil
	}
	names, err := f.c.GroupNames(ctx)
	if err != nil {
		return o, "", err
	}
	lines := []string{r.T("day.several")}
	for _, o := range list {
		lines = append(lines, r.T("calendar.line", "ID", o.id, "When", f.when(r.T, o), "Where", " ["+names[o.group]+"]", "Column", o.column, "Topic", f.describe(r.T, o)))
	}
	return o, "", bot.Refuse(strings.Join(append(lines, r.T("day.choose", "Command", r.Command(), "ID", list[0].id)), "\n"))
}

// swap is 换题 日期 [编号].
func (f *topic) swap(ctx context.Context, r *bot.Request) error {
	o, rest, err := f.chosen(ctx, r)
	if err != nil {
		return err
	}
	place, err := f.c.Place(ctx, o.group)
	if err != nil {
		return err
	}
	uses, err := f.uses(ctx, o.column, o.group)
	if err != nil {
		return err
	}
	now := o
	now.state, now.text = dayPlanned, ""
	if rest == "" {
		list, err := f.candidates(ctx, o.column, group{id: o.group, name: place.Name})
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(c Candidate) bool { return c.ID == o.topic })
		var ok bool
		if now.topic, ok = Pick(list, uses, o.date, r.Rand()); !ok {
			return r.Refuse("swap.none")
		}
	} else if now.topic, err = f.wanted(ctx, r, o, rest, uses); err != nil {
		return err
	}
	return f.replace(ctx, r, o, now, "swap")
}

// wanted is the topic that a manager names for a date, or a refusal.
func (f *topic) wanted(ctx context.Context, r *bot.Request, o occasion, word string, uses Uses) (int64, error) {
	id, ok := readNumber(word, "")
	if !ok {
		return 0, r.Refuse("topic.which", "Command", r.Command())
	}
	e, ok, err := f.find(ctx, id)
	if err != nil {
		return 0, err
	}
	if !ok || e.Column != o.column || e.state != active {
		return 0, r.Refuse("swap.unfit", "ID", id, "Column", o.column)
	}
	if id == o.topic && o.state == dayPlanned {
		return 0, r.Refuse("swap.same")
	}
	if near, clashes := uses.clash(f.candidate(e), o.date); clashes {
		return 0, r.Refuse("swap.near", "ID", id, "Date", shortDay(near))
	}
	return id, nil
}

// skip is 跳过话题 日期.
func (f *topic) skip(ctx context.Context, r *bot.Request) error {
	o, rest, err := f.chosen(ctx, r)
	if err == nil {
		one, _ := firstWord(r.Args)
		err = single(r, one, rest, "c")
	}
	if err != nil {
		return err
	}
	if o.state == daySkipped {
		return r.Refuse("skip.already")
	}
	now := o
	now.state, now.topic, now.text = daySkipped, 0, ""
	return f.replace(ctx, r, o, now, "skip")
}

// reword is 改话题 日期 文本: the wording of one date.
func (f *topic) reword(ctx context.Context, r *bot.Request) error {
	o, rest, err := f.chosen(ctx, r)
	if err != nil {
		return err
	}
	now := o
	now.text, now.state = words(rest), dayPlanned
	if key, kv := f.check(definition{Text: now.text}); key != "" {
		return r.Refuse(key, kv...)
	}
	return f.replace(ctx, r, o, now, "reword")
}

// plannedAs is what a manager can change about a date.
type plannedAs struct {
	Topic int64  `json:"topic"`
	Text  string `json:"text"`
	State string `json:"state"`
}

func (o occasion) as() plannedAs { return plannedAs{o.topic, o.text, o.state} }

// rearranged is what an undo of a change to a date needs.
type rearranged struct {
	ID  int64     `json:"id"`
	Was plannedAs `json:"was"`
	Is  plannedAs `json:"is"`
}

func (f *topic) replace(ctx context.Context, r *bot.Request, was, now occasion, key string) error {
	ok, err := f.arrange(ctx, r, was.id, was.as(), now.as())
	if err != nil {
		return err
	}
	if !ok {
		return r.Refuse("day.gone", "ID", was.id)
	}
	now, _, err = f.occasion(ctx, `WHERE d.id = ?`, was.id)
	if err != nil {
		return err
	}
	return f.answer(ctx, r, change{"topic.day", key + "-topic", fmt.Sprintf("topic-day/%d", was.id)}, rearranged{was.id, was.as(), now.as()},
		map[string]any{"topic": now.topic, "was": was.topic}, r.T(key+".done", "When", f.when(r.T, now), "Topic", f.describe(r.T, now)))
}

// arrange changes a date to come that is as it is thought to be.
func (f *topic) arrange(ctx context.Context, r *bot.Request, id int64, was, now plannedAs) (ok bool, err error) {
	n, err := f.db.Exec(ctx, `UPDATE topic_days SET topic_id = ?, text = ?, state = ? WHERE id = ? AND topic_id = ? AND text = ? AND state = ? AND slot > ?`,
		now.Topic, now.Text, now.State, id, was.Topic, was.Text, was.State, r.At.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("calendar: %w", err)
	}
	return n > 0, nil
}

// undoDay brings back what a date was, where nobody changed it since and its topic is still free.
func (f *topic) undoDay(ctx context.Context, r *bot.Request, payload []byte) error {
	var p rearranged
	if err := json.Unmarshal(payload, &p); err != nil {
		return err
	}
	late := bot.Refuse(r.In("topic").T("undo.late"))
	o, ok, err := f.occasion(ctx, `WHERE d.id = ?`, p.ID)
	if err != nil || !ok {
		return orElse(err, late)
	}
	if p.Was.State == dayPlanned && p.Was.Topic != 0 && p.Was.Topic != p.Is.Topic {
		e, ok, err := f.find(ctx, p.Was.Topic)
		if err != nil || !ok || e.state != active {
			return orElse(err, late)
		}
		uses, err := f.uses(ctx, o.column, o.group)
		if err != nil {
			return err
		}
		if _, clashes := uses.clash(f.candidate(e), o.date); clashes {
			return late
		}
	}
	ok, err = f.arrange(ctx, r, p.ID, p.Is, p.Was)
	if err == nil && !ok {
		err = late
	}
	return err
}

// orElse is the error, or where there is none the other one.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
