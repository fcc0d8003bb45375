package bot_test

import (
	"context"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
)

func TestASecretIsKeptUntilItIsKnownWhatBecameOfIt(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		tell := bot.Feature{Name: "tell", Locales: texts, Commands: []bot.Command{command("密码", func(_ context.Context, r *bot.Request) error {
			o := bot.Outgoing{Member: "u", Text: "ABCD", Picture: []byte{1}, Priority: bot.Answer, Secret: true, NotAfter: r.At.Add(time.Hour)}
			r.Send(o)
			o.Secret = false
			r.Send(o)
			return nil
		})}}
		opts := options(s, tell)
		opts.Screen = func(text string) (string, bool) { return "x", text == "bad" }
		e := engine(t, opts)
		for i, outcome := range []bot.Outcome{bot.Sent, bot.Failed, bot.Unknown, bot.Withheld} {
			deliver(t, e, message(string(outcome), "密码"))
			at := noon.Add(time.Duration(i) * time.Second)
			if outcome == bot.Withheld {
				at = noon.Add(2 * time.Hour)
			}
			restarted := engine(t, opts)
			claimed, err := restarted.Claim(t.Context(), at, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range claimed {
				if o.Text != "ABCD" || len(o.Picture) != 1 {
					t.Errorf("%s: %q goes out", outcome, o.Text)
				}
				if err := restarted.Settle(t.Context(), at, bot.Result{Outgoing: o, Outcome: bot.Pending, Until: at}); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.strings(t, `SELECT text FROM outbox WHERE state = 'pending'`); outcome != bot.Withheld && (len(got) != 2 || got[0] != "ABCD") {
				t.Errorf("%s: %q waits", outcome, got)
			}
			claimed, err = restarted.Claim(t.Context(), at, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range claimed {
				if err := restarted.Settle(t.Context(), at, bot.Result{Outgoing: o, Outcome: outcome}); err != nil {
					t.Fatal(err)
				}
			}
			got := s.strings(t, `SELECT text || CASE WHEN picture IS NULL THEN '' ELSE '+' END FROM outbox WHERE event = ? ORDER BY secret`, string(outcome))
			if len(got) != 2 || got[0] != "ABCD+" || got[1] != "(secret)" {
				t.Errorf("%s: %q is kept", outcome, got)
			}
		}
		opts.Reachable = func(context.Context, string) (bool, error) { return false, nil }
		private := message("p", "密码")
		private.Chat, private.Private = "", true
		deliver(t, engine(t, opts), private)
		if got := s.strings(t, `SELECT text FROM outbox WHERE event = 'p' AND secret = 1`); len(got) != 1 || got[0] != "(secret)" {
			t.Errorf("withheld at once: %q is kept", got)
		}
	})
}
