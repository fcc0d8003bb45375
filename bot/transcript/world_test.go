package transcript_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
)

// club is a World of a few lines: it greets, counts, hands out codes, repeats, and says good evening at 20:00.
type club struct {
	zone   *time.Location
	now    time.Time
	seen   map[string]bool
	days   map[bot.UserID]int
	roles  map[bot.UserID]bot.Role
	events []bot.Event
	said   []transcript.Said
	hasty  bool // forgets what it has seen
	closed int
}

func newClub(settings map[string]string, start time.Time) (*club, error) {
	c := &club{now: start, seen: map[string]bool{}, days: map[bot.UserID]int{}, roles: map[bot.UserID]bot.Role{}}
	c.zone = time.FixedZone("CST", 8*60*60)
	c.hasty = settings["hasty"] != ""
	if name := settings["zone"]; name != "" {
		var err error
		if c.zone, err = time.LoadLocation(name); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func build(_ context.Context, settings map[string]string, start time.Time) (transcript.World, error) {
	return newClub(settings, start)
}

func (c *club) Zone() *time.Location { return c.zone }
func (c *club) Close() error         { c.closed++; return nil }

func (c *club) Appoint(_ context.Context, who bot.Person, role bot.Role, _ time.Time) error {
	c.roles[who.User] = role
	return nil
}

func (c *club) Said(context.Context) ([]transcript.Said, error) {
	said := c.said
	c.said = nil
	return said, nil
}

func (c *club) Advance(_ context.Context, to time.Time) error {
	for {
		local := c.now.In(c.zone)
		evening := time.Date(local.Year(), local.Month(), local.Day(), 20, 0, 0, 0, c.zone)
		if !evening.After(c.now) {
			evening = evening.AddDate(0, 0, 1)
		}
		if evening.After(to) {
			c.now = to
			return nil
		}
		c.now = evening
		c.say("大群", "", "晚上好")
	}
}

// Sleep moves the clock of a club that says nothing meanwhile, and good morning then.
func (c *club) Sleep(_ context.Context, to time.Time) error {
	c.now = to
	c.say("大群", "", "早上好")
	return nil
}

func (c *club) Deliver(_ context.Context, batch []bot.Event) error {
	for _, ev := range batch {
		if c.seen[ev.ID] {
			continue
		}
		c.seen[ev.ID] = !c.hasty
		c.events = append(c.events, ev)
		if ev.Text == "坏" {
			return errors.New("the disk is full")
		}
		c.hear(ev)
	}
	return nil
}

func (c *club) hear(ev bot.Event) {
	word, rest, _ := strings.Cut(ev.Text, " ")
	who := ev.From.Called()
	switch {
	case ev.Kind == bot.Joined:
		c.say(ev.Chat, "", "欢迎 "+who)
	case ev.Kind != bot.Message:
	case word == "签到":
		c.days[ev.From.User]++
		c.reply(ev, fmt.Sprintf("%s 第 %d 天", who, c.days[ev.From.User]))
	case word == "兑换":
		c.say("", ev.From.User, fmt.Sprintf("兑换码 K%dx9，请收好", len(c.events)))
		c.reply(ev, "发你啦")
	case word == "说":
		c.reply(ev, rest)
	case word == "图":
		c.said = append(c.said, transcript.Said{At: c.now, Chat: ev.Chat, To: ev.From.User, Text: "<图>", Image: true})
	case word == "我是谁":
		c.reply(ev, c.roles[ev.From.User].String())
	}
}

func (c *club) reply(ev bot.Event, text string) {
	if ev.Private {
		c.say("", ev.From.User, text)
		return
	}
	c.say(ev.Chat, "", text)
}

func (c *club) say(chat bot.ChatID, to bot.UserID, text string) {
	c.said = append(c.said, transcript.Said{At: c.now, Chat: chat, To: to, Text: text})
}

func parse(t *testing.T, src string) *transcript.Script {
	t.Helper()
	script, err := transcript.Parse("story.chat", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return script
}

func run(t *testing.T, src string, opts transcript.Options) *transcript.Result {
	t.Helper()
	result, err := transcript.Run(t.Context(), parse(t, src), build, opts)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// events plays src and gives what was delivered.
func events(t *testing.T, src string) []bot.Event {
	t.Helper()
	var c *club
	_, err := transcript.Run(t.Context(), parse(t, src), func(_ context.Context, s map[string]string,
		start time.Time) (_ transcript.World, err error) {
		c, err = newClub(s, start)
		return c, err
	}, transcript.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c.events
}
