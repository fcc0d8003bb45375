package bot_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/config/database"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// noon is when the tests' events happen.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// notes keep what handlers did; once refuses a second of the same name.
func owners() []database.Owner {
	return []database.Owner{{Name: "bot", List: bot.Migrations()}, {Name: "test", List: []*gormigrate.Migration{{ID: "1", Migrate: func(tx *gorm.DB) error {
		if err := tx.Exec(`CREATE TABLE notes (seq BIGINT NOT NULL, what TEXT NOT NULL)`).Error; err != nil {
			return err
		}
		return tx.Exec(`CREATE TABLE once (what TEXT PRIMARY KEY)`).Error
	}}}}}
}

func each(t *testing.T, fn func(t *testing.T, s *storage)) {
	t.Helper()
	dbtest.Each(t, owners(), func(t *testing.T, db *database.DB) { fn(t, &storage{DB: db}) })
}

// storage is a real database that counts its transactions and can be told to fail.
type storage struct {
	*database.DB
	commits atomic.Int64
	fail    atomic.Pointer[func(query string) error]
	pages   int // how large the SQLite file may grow; 0: as it likes
}

type inTx struct{}

func (s *storage) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(inTx{}) != nil {
		return s.DB.Tx(ctx, fn)
	}
	err := s.DB.Tx(context.WithValue(ctx, inTx{}, true), func(ctx context.Context) error {
		if s.pages > 0 { // a connection forgets it
			if err := s.DB.Conn(ctx).Exec(fmt.Sprintf("PRAGMA max_page_count = %d", s.pages)).Error; err != nil {
				return err
			}
		}
		return fn(ctx)
	})
	if err == nil {
		s.commits.Add(1)
	}
	return err
}

func (s *storage) Conn(ctx context.Context) *gorm.DB {
	conn := s.DB.Conn(ctx)
	if fail := s.fail.Load(); fail != nil {
		conn = conn.Session(&gorm.Session{NewDB: true, Context: ctx})
		conn.Statement.ConnPool = &failing{conn.Statement.ConnPool, *fail}
	}
	return conn
}

func (s *storage) failWith(fail func(query string) error) { s.fail.Store(&fail) }
func (s *storage) heal()                                  { s.fail.Store(nil) }

// note writes down that something was done.
func (s *storage) note(ctx context.Context, r *bot.Request, what string) error {
	_, err := s.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO notes (seq, what) VALUES (?, ?)`, r.Seq, what)
	return err
}

// take fails the second time for the same name.
func (s *storage) take(ctx context.Context, what string) error {
	_, err := s.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO once (what) VALUES (?)`, what)
	return err
}

func (s *storage) strings(t *testing.T, query string, args ...any) []string {
	t.Helper()
	var list []string
	if err := s.DB.Conn(t.Context()).Raw(query, args...).Scan(&list).Error; err != nil {
		t.Fatal(err)
	}
	return list
}

func (s *storage) wantNotes(t *testing.T, want ...string) {
	t.Helper()
	if got := s.strings(t, `SELECT what FROM notes ORDER BY seq, what`); !slices.Equal(got, want) {
		t.Errorf("notes are %q, want %q", got, want)
	}
}

// wantOutbox compares with the texts in the outbox and their states, as "text=state".
func (s *storage) wantOutbox(t *testing.T, want ...string) {
	t.Helper()
	if got := s.strings(t, `SELECT text || '=' || state FROM outbox ORDER BY id`); !slices.Equal(got, want) {
		t.Errorf("outbox is %q, want %q", got, want)
	}
}

// log is a list that several goroutines may write.
type log struct {
	mu   sync.Mutex
	list []string
}

func (l *log) add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, s)
}

func (l *log) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

func (l *log) want(t *testing.T, want ...string) {
	t.Helper()
	if got := l.all(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// everybody observes all events as of a member with the name of the user, in an adopted group.
func everybody(_ context.Context, r *bot.Request) error {
	r.Actor = bot.Actor{
		Member: string(r.From.User), Name: r.From.Called(), Group: string(r.Chat), Active: true, Language: "zh",
	}
	return nil
}

func options(s bot.Storage, features ...bot.Feature) bot.Options {
	return bot.Options{
		Storage: s, Features: features, Observe: everybody, Next: schedule.Next(time.UTC),
		Resolve: func(_ context.Context, o *bot.Outgoing) error {
			o.Route = bot.Route{Transport: "fake", Chat: bot.ChatID(o.Group), User: bot.UserID(o.Member)}
			return nil
		},
	}
}

func engine(t testing.TB, opts bot.Options) *bot.Engine {
	t.Helper()
	e, err := bot.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// texts are what the tests' features say.
var texts = fstest.MapFS{
	"zh.yaml": {Data: []byte("h: 做一件事\npick: 时间\npick.week: 本周\npick.month: 本月\nargs: 参数\nhello: 你好\n")},
	"en.yaml": {Data: []byte("h: does a thing\npick: period\npick.week: this week\npick.month: this month\nargs: arguments\nhello: hello\n")},
}

func command(name string, run bot.Handler) bot.Command {
	return bot.Command{Names: []string{name}, Help: "h", Run: run}
}

func withArgs(name string, run bot.Handler) bot.Command {
	return bot.Command{Names: []string{name}, Usage: "args", Help: "h", Run: run}
}

// says is a feature that answers its command, and keeps a note of it.
func says(s *storage, name, text string) bot.Feature {
	return bot.Feature{Name: "says", Locales: texts, Commands: []bot.Command{command(name, func(ctx context.Context, r *bot.Request) error {
		r.Reply(text)
		return s.note(ctx, r, name)
	})}}
}

func message(id, text string) bot.Event {
	return bot.Event{ID: id, Kind: bot.Message, At: noon, SeenAt: noon, Transport: "fake", Chat: "g", From: bot.Person{User: "u", Name: "小明"}, Text: text}
}

func deliver(t testing.TB, e *bot.Engine, batch ...bot.Event) {
	t.Helper()
	if err := e.Deliver(t.Context(), batch); err != nil {
		t.Fatalf("deliver: %v", err)
	}
}
