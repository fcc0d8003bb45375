package bot_test

import (
	"context"
	"errors"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

const sorry = "抱歉，刚才出了点小问题，这次没有生效，请稍后再试。"

// endings are the ways in which a handler's work is undone.
func endings(s *storage) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"an error":                    func(context.Context) error { return errors.New("broken") },
		"a panic":                     func(context.Context) error { panic("broken") },
		"a panic with nothing":        func(context.Context) error { var p *bot.Event; p.ID = "x"; return nil },
		"a statement that is refused": func(ctx context.Context) error { return errors.Join(s.take(ctx, "x"), s.take(ctx, "x")) },
		"a statement that is no SQL":  func(ctx context.Context) error { return s.Conn(ctx).Exec("SELEC").Error },
		"an error two savepoints below": func(ctx context.Context) error {
			return s.Tx(ctx, func(ctx context.Context) error { return errors.Join(s.take(ctx, "x"), s.take(ctx, "x")) })
		},
	}
}

func TestAListenersFailureIsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		for name, end := range endings(s) {
			t.Run("after "+name, func(t *testing.T) {
				s.clear(t)
				hears := func(who string, end func(ctx context.Context) error) bot.Feature {
					return bot.Feature{Name: who, On: []bot.Listener{bot.On(func(ctx context.Context, r *bot.Request) error {
						r.Reply("from " + who)
						if err := s.note(ctx, r, who); err != nil {
							return err
						}
						return end(ctx)
					}, bot.Message)}}
				}
				fine := func(context.Context) error { return nil }
				deliver(t, engine(t, options(s, hears("a", fine), hears("b", end), hears("c", fine))), message("e1", "你好"))
				s.wantNotes(t, "a", "c")
				// Nobody asked for anything, so nobody waits for an apology.
				s.wantOutbox(t, "from a=pending", "from c=pending")
			})
		}
	})
}

func TestAFailedCommandSaysSorry(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		for name, end := range endings(s) {
			t.Run("after "+name, func(t *testing.T) {
				s.clear(t)
				e := engine(t, options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
					command("签到", func(ctx context.Context, r *bot.Request) error {
						r.Reply("好")
						if err := s.note(ctx, r, "half"); err != nil {
							return err
						}
						return end(ctx)
					}),
				}}))
				deliver(t, e, message("e1", "签到"))
				s.wantNotes(t)
				s.wantOutbox(t, sorry+"=pending")
			})
		}
	})
}

func TestARefusalIsSaidInstead(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		refuses := func(ctx context.Context, r *bot.Request) error {
			r.Reply("好")
			r.Whisper("u", "也好")
			if err := s.note(ctx, r, "half"); err != nil {
				return err
			}
			return bot.Refuse("今天已经签过到啦")
		}
		e := engine(t, options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			command("签到", refuses),
			command("问好", func(_ context.Context, r *bot.Request) error { return r.Refuse("hello") }),
		}}))
		deliver(t, e, message("e1", "签到"), message("e2", "问好"))
		s.wantNotes(t)
		s.wantOutbox(t, "今天已经签过到啦=pending", "你好=pending")
	})
}

// A refusal must not hide that the transaction is gone: what is written after that would stay, whatever
// becomes of the event.
func TestARefusalAfterTheTransactionWasLostKeepsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *storage) {
		e := engine(t, options(s, bot.Feature{Name: "f", Locales: texts, Commands: []bot.Command{
			command("签到", func(ctx context.Context, r *bot.Request) error {
				if err := s.note(ctx, r, "half"); err != nil {
					return err
				}
				s.Conn(ctx).Exec("ROLLBACK")
				return bot.Refuse("没有成功")
			}),
		}}))
		if err := e.Deliver(t.Context(), []bot.Event{message("e1", "签到")}); err == nil {
			t.Error("an event was acknowledged that was lost")
		}
		s.wantNotes(t)
		s.wantOutbox(t)
		if got := s.strings(t, `SELECT id FROM inbox`); len(got) != 0 {
			t.Errorf("inbox holds %v", got)
		}
	})
}

// clear empties all tables that the tests look at.
func (s *storage) clear(t *testing.T) {
	t.Helper()
	err := s.DB.Tx(t.Context(), func(ctx context.Context) error {
		for _, table := range [...]string{"inbox", "outbox", "notes", "once", "later", "jobs", "holds", "plans", "occurrences", "beats", "logins"} {
			if err := s.DB.Conn(ctx).Exec("DELETE FROM " + table).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
