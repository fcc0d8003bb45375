package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestOutages(t *testing.T) {
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	awake := func(from, to int) func(*testing.T, *storage) {
		return func(t *testing.T, s *storage) {
			e := started(t, s, at(from))
			for m := from; m <= to; m++ {
				advance(t, e, at(m), true)
			}
		}
	}
	login := func(minute int, kind bot.Kind) func(*testing.T, *storage) {
		return func(t *testing.T, s *storage) {
			ev := bot.Event{ID: string(kind) + at(minute).String(), Kind: kind, At: at(minute), SeenAt: at(minute), Transport: "wechat"}
			deliver(t, started(t, s, at(minute)), ev, ev)
		}
	}
	for name, c := range map[string]struct {
		lived    []func(*testing.T, *storage)
		from, to int
		want     []string
	}{
		"nothing before the first sign of life":  {[]func(*testing.T, *storage){awake(60, 90)}, 0, 90, nil},
		"never alive":                            {nil, 0, 90, nil},
		"a quick restart is none":                {[]func(*testing.T, *storage){awake(0, 10), awake(11, 20)}, 0, 20, nil},
		"down between":                           {[]func(*testing.T, *storage){awake(0, 10), awake(40, 60)}, 0, 60, []string{"10-40 "}},
		"down twice":                             {[]func(*testing.T, *storage){awake(0, 10), awake(40, 60), awake(70, 80)}, 0, 80, []string{"10-40 ", "60-70 "}},
		"cut to what is asked":                   {[]func(*testing.T, *storage){awake(0, 10), awake(40, 60)}, 20, 30, []string{"20-30 "}},
		"down until now":                         {[]func(*testing.T, *storage){awake(0, 10)}, 0, 60, []string{"10-60 "}},
		"asked after it":                         {[]func(*testing.T, *storage){awake(0, 10), awake(40, 60)}, 45, 60, nil},
		"a clock that goes back is none":         {[]func(*testing.T, *storage){awake(0, 30), awake(10, 40)}, 0, 40, nil},
		"logged out":                             {[]func(*testing.T, *storage){awake(0, 60), login(0, bot.SessionUp), login(20, bot.SessionDown), login(30, bot.SessionUp)}, 0, 60, []string{"20-30 wechat"}},
		"logged out until now":                   {[]func(*testing.T, *storage){awake(0, 60), login(20, bot.SessionDown), login(25, bot.SessionDown)}, 0, 60, []string{"20-60 wechat"}},
		"logged out, and then down as well":      {[]func(*testing.T, *storage){awake(0, 30), login(20, bot.SessionDown), awake(50, 60), login(55, bot.SessionUp)}, 0, 60, []string{"20-55 wechat", "30-50 "}},
		"a login that never was lost is no harm": {[]func(*testing.T, *storage){awake(0, 60), login(20, bot.SessionUp), login(25, bot.SessionUp)}, 0, 60, nil},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *storage) {
				for _, live := range c.lived {
					live(t, s)
				}
				list, err := bot.Outages(t.Context(), s, at(c.from), at(c.to))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, o := range list {
					got = append(got, fmt.Sprintf("%.0f-%.0f %s", o.From.Sub(noon).Minutes(), o.To.Sub(noon).Minutes(), o.Transport))
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

// In virtual time the program was awake all the while.
func TestVirtualTimePassesWithoutOutages(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := started(t, s, noon)
		advance(t, e, noon, false)
		advance(t, e, noon.Add(30*24*time.Hour), false)
		list, err := bot.Outages(t.Context(), s, noon, noon.Add(30*24*time.Hour))
		if err != nil || len(list) > 0 {
			t.Errorf("outages %v, %v", list, err)
		}
		advance(t, e, noon.Add(31*24*time.Hour), true) // asleep
		list, err = bot.Outages(t.Context(), s, noon, noon.Add(31*24*time.Hour))
		if err != nil || len(list) != 1 || list[0].To.Sub(list[0].From) != 24*time.Hour {
			t.Errorf("outages %v, %v", list, err)
		}
	})
}
