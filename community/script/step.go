package script

import (
	"context"
	"strconv"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// step does a step whose time has come.
func (s *scripts) step(ctx context.Context, r *bot.Request) error {
	id, n, err := readKey(r.Key)
	if err != nil {
		return err
	}
	if err := s.lock(ctx, id); err != nil {
		return err
	}
	v, ok, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if !ok || n < 1 || n > len(v.steps) || v.steps[n-1].state != waiting || v.state != running {
		r.Skip(bot.SkippedChanged)
		return nil
	}
	st := v.steps[n-1]
	place, err := s.c.Place(ctx, v.group)
	if err != nil {
		return err
	}
	if place.Language != "" {
		r.Actor.Language = place.Language
	}
	state, said, err := s.speak(ctx, r, v, st)
	if err != nil {
		return err
	}
	if _, err := s.turn(ctx, id, n, waiting, state, r.At, said); err != nil {
		return err
	}
	return s.settle(ctx, id, r.At)
}

// speak says a step, or tells why it is not said, and gives the state that it ends in.
func (s *scripts) speak(ctx context.Context, r *bot.Request, v run, st step) (state, said string, err error) {
	if st.Kind != Close && r.At.Sub(r.Slot) > st.TooLate {
		r.Skip(bot.SkippedMissed)
		return missed, "", nil
	}
	text, err := s.words(ctx, r, v, st)
	if err != nil {
		return "", "", err
	}
	o := bot.Outgoing{Group: string(v.group), Text: text, Priority: bot.Post, Dated: true, NotBefore: r.Slot}
	state = done
	if r.Late() {
		// Nobody dated the hour in which it is said now.
		o.Text, o.Dated, o.NotBefore = r.T("late", "When", s.when(r, r.Slot))+"\n"+text, false, s.c.Noise.Awake(r.At)
		state = late
	}
	u := community.Unasked{Group: v.group, Feature: r.Feature(), Text: o.Text, Dated: true}
	reason := ""
	if _, bad := s.c.Words.Forbidden(o.Text); bad {
		reason = "word"
	} else if reason, err = s.c.Noise.Try(ctx, o.NotBefore, u); err != nil {
		return "", "", err
	}
	if reason != "" {
		r.Skip(reason)
		return withheld, "", s.c.Noise.Withhold(ctx, r.At, u, reason)
	}
	r.Send(o)
	return state, text, nil
}

// words are what a step says, with the values of now.
func (s *scripts) words(ctx context.Context, r *bot.Request, v run, st step) (string, error) {
	list, err := s.standing(ctx, v, st.Round)
	if err != nil {
		return "", err
	}
	if st.Kind == Close && len(list) == 0 {
		if st.None == "" {
			return r.T("close.none", "Title", v.title), nil
		}
		st.Text = st.None
	}
	values := map[string]string{}
	for k, val := range v.params {
		values[k] = val
	}
	if values["Group"], err = s.groupName(ctx, v.group); err != nil {
		return "", err
	}
	var names, best []string
	for _, p := range list {
		names = append(names, p.name)
		if p.picked {
			best = append(best, p.name)
		}
	}
	values["Count"] = strconv.Itoa(len(list))
	values["Names"], values["Best"] = nameList(r, names), nameList(r, best)
	if len(best) == 0 {
		values["Best"] = r.T("best.none")
	}
	return fill(st.Text, values), nil
}

// mostNames is how many names a text holds.
const mostNames = 10

// nameList is a list of names, short enough to be read.
func nameList(r *bot.Request, names []string) string {
	if len(names) <= mostNames {
		return strings.Join(names, r.T("comma"))
	}
	return r.T("names.more", "Names", strings.Join(names[:mostNames], r.T("comma")), "Count", len(names))
}
