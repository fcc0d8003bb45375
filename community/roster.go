package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// Person is a member as the roster holds them.
type Person struct {
	ID        MemberID
	Name      string    // the latest nickname, or the transport's code where none is known
	NameAt    time.Time // since when
	FirstSeen time.Time // zero: only mentioned so far
	Role      bot.Role
	Bot       bool
}

// Place is a group as the roster holds it.
type Place struct {
	ID       GroupID
	Name     string
	Language string
	Adopted  bool
	Code     string // what the bot's own name there ends with, like G7; empty where it has none
	Test     bool   // what is said there is in no figure
	MovesTo  string // the transport to which it is moving; empty: it isn't
	Unsure   bool   // it may be another group that is known; see UnsureGroups

	decided bool // a manager said whether it is adopted
}

// Stay is somebody's presence in a group.
type Stay struct {
	Display string    // the name in this group
	Joined  time.Time // of this stay; where no join was told, the first message
	Left    time.Time // zero while present
}

// Roster says who is who: it binds what transports call people and chats to members and groups of ours. Its
// memory belongs to the one goroutine that handles events; everybody else reads the tables.
type Roster struct {
	db    bot.Storage
	words *Words
	opts  Options
	log   *slog.Logger

	users  map[userKey]binding
	chats  map[chatKey]tied
	people map[MemberID]Person
	places map[GroupID]Place
	stays  map[stayKey]Stay
	safe   map[string]string    // screened names
	onName func(of ...MemberID) // told after a commit that wrote names; may be nil

	logins  map[string]login // the latest of each transport whose ids are new at each
	holders map[holderKey]bot.UserID
	sights  map[GroupID]map[MemberID]sight // of the groups that are loaded
	friends map[userKey]bool               // of the logins that last

	aliases *aliases
	changes *changes
}

// userKey is a transport's user. The session is empty where ids stay the same for ever.
type userKey struct {
	transport, session string
	user               bot.UserID
}

// holderKey is a member in a session, of whom the user is sought.
type holderKey struct {
	transport, session string
	member             MemberID
}

type chatKey struct {
	transport, session string
	chat               bot.ChatID
}

type stayKey struct {
	group  GroupID
	member MemberID
}

// binding is the evidence that a transport's user is a member.
type binding struct {
	member MemberID // the origin: what they do is kept under it
	strong bool     // roles and spending work
	rule   Rule
}

func newRoster(opts Options, words *Words) *Roster {
	return &Roster{
		db: opts.Storage, words: words, opts: opts, log: opts.Log,
		users: map[userKey]binding{}, chats: map[chatKey]tied{}, people: map[MemberID]Person{},
		places: map[GroupID]Place{}, stays: map[stayKey]Stay{}, safe: map[string]string{},
		logins: map[string]login{}, holders: map[holderKey]bot.UserID{}, sights: map[GroupID]map[MemberID]sight{}, friends: map[userKey]bool{},
		aliases: newAliases(), changes: &changes{},
	}
}

// remember puts something into the roster's memory, and takes it back if the work around it is undone.
func remember[K comparable, V any](ctx context.Context, db bot.Storage, m map[K]V, key K, value V) {
	old, had := m[key]
	m[key] = value
	db.OnRollback(ctx, func() {
		if had {
			m[key] = old
		} else {
			delete(m, key)
		}
	})
}

// Person reads whom an id stands for. Of somebody with several ids, the latest name and the first sighting
// count; the role is the one of their own id.
func (ro *Roster) Person(ctx context.Context, id MemberID) (Person, error) {
	id, err := ro.Who(ctx, id)
	if err != nil {
		return Person{}, err
	}
	p, err := ro.self(ctx, id)
	if err != nil {
		return Person{}, err
	}
	for _, alias := range ro.aliases.ids[id] {
		o, err := ro.self(ctx, alias)
		if err != nil {
			return Person{}, err
		}
		if o.NameAt.After(p.NameAt) {
			p.Name, p.NameAt = o.Name, o.NameAt
		}
		if !o.FirstSeen.IsZero() && (p.FirstSeen.IsZero() || o.FirstSeen.Before(p.FirstSeen)) {
			p.FirstSeen = o.FirstSeen
		}
		p.Bot = p.Bot || o.Bot
	}
	return p, nil
}

// self reads what is kept under an id itself.
func (ro *Roster) self(ctx context.Context, id MemberID) (Person, error) {
	if p, ok := ro.people[id]; ok {
		return p, nil
	}
	var p Person
	var nameAt, firstSeen int64
	err := ro.row(ctx, `SELECT id, name, name_at, first_seen, role, bot FROM members WHERE id = ?`, string(id)).
		Scan(&p.ID, &p.Name, &nameAt, &firstSeen, &p.Role, &p.Bot)
	if err != nil {
		return Person{}, fmt.Errorf("member %s: %w", id, err)
	}
	p.NameAt, p.FirstSeen = bot.FromMillis(nameAt), bot.FromMillis(firstSeen)
	p.Bot = p.Bot || slices.Contains(ro.opts.Bots, string(id))
	remember(ctx, ro.db, ro.people, id, p)
	return p, nil
}

// Introduce makes sure that a transport's person is a member, before they do anything themselves.
func (ro *Roster) Introduce(ctx context.Context, transport string, p bot.Person, at time.Time) (MemberID, error) {
	r := &bot.Request{Event: bot.Event{Transport: transport, At: at, From: p}}
	if !p.Stable {
		lg, ok, err := ro.current(ctx, transport)
		if err != nil {
			return "", err
		}
		if ok {
			r.Session = lg.session
		}
	}
	b, err := ro.member(ctx, r, p)
	return b.member, err
}

// Place reads a group.
func (ro *Roster) Place(ctx context.Context, id GroupID) (Place, error) {
	if g, ok := ro.places[id]; ok {
		return g, nil
	}
	g := Place{ID: id}
	err := ro.row(ctx, `SELECT name, language, adopted, code, decided, test,
		COALESCE((SELECT v.transport FROM group_moves v WHERE v.group_id = groups.id AND v.ended_at = 0 ORDER BY v.at DESC LIMIT 1), ''), EXISTS (SELECT 1 FROM group_candidates c WHERE c.group_id = groups.id)
		FROM groups WHERE id = ?`, string(id)).Scan(&g.Name, &g.Language, &g.Adopted, &g.Code, &g.decided, &g.Test, &g.MovesTo, &g.Unsure)
	if err != nil {
		return Place{}, fmt.Errorf("group %s: %w", id, err)
	}
	remember(ctx, ro.db, ro.places, id, g)
	return g, nil
}

// Stay reads somebody's presence in a group; ok is false where they never were in it.
func (ro *Roster) Stay(ctx context.Context, group GroupID, member MemberID) (s Stay, ok bool, err error) {
	key := stayKey{group, member}
	if s, ok := ro.stays[key]; ok {
		return s, true, nil
	}
	var joined, left int64
	err = ro.row(ctx, `SELECT display, joined_at, left_at FROM stays WHERE group_id = ? AND member_id = ?`, string(group), string(member)).
		Scan(&s.Display, &joined, &left)
	if errors.Is(err, sql.ErrNoRows) {
		return Stay{}, false, nil
	}
	if err != nil {
		return Stay{}, false, fmt.Errorf("stay of %s in %s: %w", member, group, err)
	}
	s.Joined, s.Left = bot.FromMillis(joined), bot.FromMillis(left)
	remember(ctx, ro.db, ro.stays, key, s)
	return s, true, nil
}

// Called is a member's name, safe to echo.
func (ro *Roster) Called(ctx context.Context, id MemberID) (string, error) {
	p, err := ro.Person(ctx, id)
	if err != nil {
		return "", err
	}
	return ro.echo(p.Name), nil
}

// echo is a name that is safe to say. Screening is remembered: it costs more than everything else about a message.
func (ro *Roster) echo(name string) string {
	if s, ok := ro.safe[name]; ok {
		return s
	}
	if len(ro.safe) > 10_000 {
		clear(ro.safe)
	}
	s := ro.words.ScreenName(name)
	ro.safe[name] = s
	return s
}

func (ro *Roster) row(ctx context.Context, query string, args ...any) *sql.Row {
	return ro.db.Conn(ctx).Statement.ConnPool.QueryRowContext(ctx, query, args...)
}

func (ro *Roster) exec(ctx context.Context, query string, args ...any) error {
	_, err := ro.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, query, args...)
	if err == nil && ro.onName != nil {
		if ids := namesWritten(query, args); len(ids) > 0 {
			ro.db.OnCommit(ctx, func() { ro.onName(ids...) })
		}
	}
	return err
}

// number takes the next number of a kind of id.
func (ro *Roster) number(ctx context.Context, kind string) (n int64, err error) {
	err = ro.row(ctx, `INSERT INTO counters (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1 RETURNING n`, kind).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("next %s: %w", kind, err)
	}
	return n, nil
}
