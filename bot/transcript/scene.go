package transcript

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/weilu-im/weilu/bot"
)

// scene turns inputs into events: it knows the time, who is who, and who said what last.
type scene struct {
	now    time.Time
	people *people
	caught captures
	file   string
	inputs int
	spoken map[place][]words // the messages of somebody in a chat that are not recalled
}

// words are a message, as it can be recalled and quoted. The bot's own have no id.
type words struct{ id, text string }

// place is where words go, and where they come from.
type place struct {
	chat string
	user bot.UserID
}

func newScene(script *Script, start time.Time, botName string) *scene {
	return &scene{now: start, people: newPeople(botName), caught: captures{}, file: filepath.Base(script.Name),
		spoken: map[place][]words{}}
}

// second is what an input takes.
var second = &moment{after: true, while: time.Second}

// tick moves the clock to when the turn's action happens.
func (s *scene) tick(t *turn) (err error) {
	switch {
	case t.clock != nil:
		s.now, err = t.clock.from(s.now)
	case t.input != nil:
		s.now, err = second.from(s.now)
	}
	return err
}

// event is what the input makes happen. Events are numbered, not named by their lines: expectations and
// comments that come and go change no id, and so no chance that is drawn from it.
func (s *scene) event(in *input) (bot.Event, error) {
	who, err := s.people.meet(in.who)
	if err != nil {
		return bot.Event{}, err
	}
	s.inputs++
	ev := bot.Event{
		ID: fmt.Sprintf("transcript/%s/%d", s.file, s.inputs), At: s.now.UTC(), SeenAt: s.now.UTC(),
		Transport: "transcript", Session: "s1", Chat: bot.ChatID(in.chat), ChatName: in.chat,
		BotName: s.people.bot.Name, Private: in.chat == "",
	}
	if in.verb == isNow {
		who.Name = in.whom
	}
	ev.From = *who
	return ev, s.act(&ev, in)
}

// act fills in what the verb says.
func (s *scene) act(ev *bot.Event, in *input) (err error) {
	switch in.verb {
	case joins:
		ev.Kind = bot.Joined
		if in.whom != "" {
			var by bot.Person
			by, err = s.people.target(in.whom)
			ev.By = &by
		}
	case leaves:
		ev.Kind = bot.Left
	case isNow:
		ev.Kind = bot.Renamed
	case recalls:
		ev.Kind = bot.Recalled
		ev.Ref, err = s.takeBack(ev)
	case taps:
		ev.Kind = bot.Tapped
		var whom bot.Person
		whom, err = s.people.target(in.whom)
		ev.Mentions, ev.ToBot = []bot.Person{whom}, whom.Self
	case says, whispers, sends:
		err = s.say(ev, in)
	case quotes:
		if ev.Quote, err = s.quote(ev.Chat, in.whom); err == nil {
			err = s.say(ev, in)
		}
	}
	return err
}

func (s *scene) say(ev *bot.Event, in *input) (err error) {
	ev.Kind, ev.Form = bot.Message, bot.Text
	text := s.caught.fill(strings.Join(in.text, "\n"))
	if in.verb == sends {
		sum := sha256.Sum256([]byte(text))
		ev.Form, ev.Media = in.form, hex.EncodeToString(sum[:])
	} else {
		ev.Mentions, ev.ToBot, err = s.people.mentioned(text)
	}
	if ev.Form != bot.Image {
		ev.Text, ev.Len = text, utf8.RuneCountInString(text)
	}
	from := place{in.chat, ev.From.User}
	s.spoken[from] = append(s.spoken[from], words{ev.ID, text})
	return err
}

// takeBack is the last message of the sender that they have not taken back yet.
func (s *scene) takeBack(ev *bot.Event) (string, error) {
	from := place{string(ev.Chat), ev.From.User}
	all := s.spoken[from]
	if len(all) == 0 {
		return "", errors.New("there is no message to recall")
	}
	s.spoken[from] = all[:len(all)-1]
	return all[len(all)-1].id, nil
}

// quote is the last message of somebody in a chat; of the bot, whatever it said there last.
func (s *scene) quote(chat bot.ChatID, whom string) (*bot.Quote, error) {
	who, err := s.people.target(whom)
	if err != nil {
		return nil, err
	}
	said := s.spoken[place{string(chat), who.User}]
	if len(said) == 0 {
		if who.Self { // what it says is known only when the script is played
			return &bot.Quote{From: who}, nil
		}
		return nil, fmt.Errorf("%s has said nothing here that could be quoted", clip(whom))
	}
	last := said[len(said)-1]
	return &bot.Quote{ID: last.id, From: who, Text: last.text}, nil
}

// heard keeps what the bot said in a chat, so that it can be quoted.
func (s *scene) heard(chat bot.ChatID, text string) {
	here := place{string(chat), s.people.bot.User}
	s.spoken[here] = []words{{text: text}}
}
