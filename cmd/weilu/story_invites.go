package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// invitesBegin is the day on which the founder makes the regular an ambassador.
const invitesBegin = 6

// codeMark stands for the ambassador's code in the story, which is written before the code is made.
const codeMark = "‹邀请码›"

// invites writes who becomes an ambassador, and which newcomers say the code. Its chance is its own.
func (w *writer) invites(rng *rand.Rand) {
	regular := w.byKey(asRegular)
	w.say(w.midnight(invitesBegin).Add(10*time.Hour+20*time.Minute), w.byName[asOwner], 'c', "任命大使 @"+regular.name, nil)
	for _, a := range w.cast {
		came, ok := w.came[presence{a, 'c'}]
		if !ok || a.groups[0] != 'c' || a == regular || a.key == asNewcomer || came.Before(w.midnight(invitesBegin+1)) || !chance(rng, 60) {
			continue
		}
		text := "邀请码 " + codeMark
		if chance(rng, 40) {
			text = "朋友给的邀请码是 " + codeMark + "，先报到～"
		}
		w.say(came.Add(time.Duration(4+rng.IntN(200))*time.Minute), a, 'c', text, nil)
	}
}

func (s *story) byKey(key string) *actor {
	for _, a := range s.cast {
		if a.key == key {
			return a
		}
	}
	return nil
}

// decode puts the ambassador's code in its places.
func (d *demo) decode(ctx context.Context, batch []bot.Event) error {
	code := ""
	for i, ev := range batch {
		if !strings.Contains(ev.Text, codeMark) {
			continue
		}
		if code == "" {
			if err := d.app.db.Conn(ctx).Raw(`SELECT code FROM invite_codes ORDER BY made_at LIMIT 1`).Row().Scan(&code); err != nil {
				return fmt.Errorf("the story's code: %w", err)
			}
		}
		batch[i].Text = strings.ReplaceAll(ev.Text, codeMark, code)
		batch[i].Len = len([]rune(batch[i].Text))
	}
	return nil
}
