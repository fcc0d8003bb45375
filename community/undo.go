package community

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

const (
	undoWithin  = 24 * time.Hour // of the events' own times
	undoLetters = "ACDEFGHJKMNPQRTUVWXY34679"
	undoLength  = 6
)

// UndoFunc takes back what an action did, from the payload that was stored with it. It says nothing itself,
// because Undo answers; bot.Refuse with a text tells why it can't be done any more, and the code stays good.
type UndoFunc func(ctx context.Context, r *bot.Request, payload []byte) error

// Undo gives managers codes that take back what they did: within 24 hours, once, by the one who did it or by
// a manager. Taking back is audited and can't itself be undone.
type Undo struct {
	db       bot.Storage
	audit    *Audit
	actions  map[string]UndoFunc
	problems []error
}

// NewUndo makes the undo codes that are stored in db and audited by audit.
func NewUndo(db bot.Storage, audit *Audit) *Undo {
	return &Undo{db: db, audit: audit, actions: map[string]UndoFunc{}}
}

type undoRow struct {
	Code      string
	Action    string
	Payload   string
	Event     string
	Member    string `gorm:"column:member_id"`
	ExpiresAt int64
	UsedAt    *int64
	UsedBy    string
}

func (undoRow) TableName() string { return "undos" }

// Register says how an action ("points.give") is taken back. It is called while the program is put together;
// Build tells what was wrong.
func (u *Undo) Register(action string, fn UndoFunc) {
	switch {
	case action == "" || fn == nil:
		u.problems = append(u.problems, fmt.Errorf("undo %q: an action needs a name and a function", action))
	case u.actions[action] != nil:
		u.problems = append(u.problems, fmt.Errorf("undo %s: registered twice", action))
	default:
		u.actions[action] = fn
	}
}

// Build tells everything that is wrong with what was registered.
func (u *Undo) Build() error { return errors.Join(u.problems...) }

// Offer stores how to take back what r just did and gives the code for it.
func (u *Undo) Offer(ctx context.Context, r *bot.Request, action string, payload any) (code string, err error) {
	return u.offer(ctx, r, r.Rand(), action, payload)
}

// OfferOperator is Offer for what an operator did at the command line, as event at a time; managers take it back. The
// code comes from chance.
func (u *Undo) OfferOperator(ctx context.Context, event string, at time.Time, chance *rand.Rand, action string, payload any) (code string, err error) {
	return u.offer(ctx, &bot.Request{Event: bot.Event{ID: event, At: at}}, chance, action, payload)
}

func (u *Undo) offer(ctx context.Context, r *bot.Request, chance *rand.Rand, action string, payload any) (string, error) {
	if u.actions[action] == nil {
		return "", fmt.Errorf("undo %s: not registered", action)
	}
	data, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("undo %s: %w", action, err)
	}
	row := undoRow{Action: action, Payload: string(data), Event: r.ID, Member: r.Actor.Member, ExpiresAt: r.At.Add(undoWithin).UnixMilli()}
	for range 10 {
		row.Code = undoCode(chance)
		made := u.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if made.Error != nil {
			return "", fmt.Errorf("undo %s: %w", action, made.Error)
		}
		if made.RowsAffected == 1 {
			return row.Code, nil
		}
	}
	return "", fmt.Errorf("undo %s: no free code", action)
}

func undoCode(chance *rand.Rand) string {
	var b [undoLength]byte
	for i := range b {
		b[i] = undoLetters[chance.IntN(len(undoLetters))]
	}
	return string(b[:])
}

// The verdicts on an undo code, which are also the keys of their texts.
const (
	undoDone    = "undo.done"
	undoOwed    = "undo.owed"
	undoPartly  = "undo.partly"
	undoUnknown = "undo.unknown"
	undoUsed    = "undo.used"
	undoExpired = "undo.expired"
	undoNotYour = "undo.not_yours"
)

func (u *Undo) run(ctx context.Context, r *bot.Request, code string) (verdict string, err error) {
	var row undoRow
	found := u.db.Conn(ctx).Where("code = ?", code).Limit(1).Find(&row)
	switch {
	case found.Error != nil:
		return "", fmt.Errorf("undo code: %w", found.Error)
	case found.RowsAffected == 0 || u.actions[row.Action] == nil:
		return undoUnknown, nil
	case row.Member != r.Actor.Member && r.Actor.Role < bot.Manager:
		return undoNotYour, nil
	case r.At.UnixMilli() > row.ExpiresAt:
		return undoExpired, nil
	}
	used := u.db.Conn(ctx).Model(&undoRow{}).Where("code = ? AND used_at IS NULL", code).
		Updates(map[string]any{"used_at": r.At.UnixMilli(), "used_by": r.Actor.Member})
	if used.Error != nil {
		return "", fmt.Errorf("undo %s: %w", row.Action, used.Error)
	}
	if used.RowsAffected == 0 {
		return undoUsed, nil
	}
	if err := u.actions[row.Action](ctx, r, []byte(row.Payload)); err != nil {
		return "", fmt.Errorf("undo %s: %w", row.Action, err)
	}
	return undoDone, u.audit.recordUndo(ctx, r, row)
}

// tally is what the Purse took back in the course of one undo, what it could not take and is owed now, and what is to be
// said of it beside.
type tally struct {
	taken, owed int64
	remarks     []string
}

type tallyKey struct{}

// reckon adds what was reversed to the tally of the undo that ctx belongs to, where it belongs to one.
func reckon(ctx context.Context, back points.Reversed) {
	if t, ok := ctx.Value(tallyKey{}).(*tally); ok && !back.Already {
		t.taken, t.owed = t.taken+back.Taken, t.owed+back.Owed
	}
}

// UndoRemark is for an UndoFunc whose action could not be taken back to the last: the answer tells text, a whole sentence,
// and not that all is as it was.
func UndoRemark(ctx context.Context, text string) {
	if t, ok := ctx.Value(tallyKey{}).(*tally); ok {
		t.remarks = append(t.remarks, text)
	}
}

// Commands is how managers take something back.
func (u *Undo) Commands() []bot.Command {
	return []bot.Command{{
		Names: []string{"撤销", "undo"}, Usage: "usage.undo", Help: "help.undo", Role: bot.Moderator,
		Run: func(ctx context.Context, r *bot.Request) error {
			var t tally
			verdict, err := u.run(context.WithValue(ctx, tallyKey{}, &t), r, strings.ToUpper(bot.Fold(r.Args)))
			if err != nil {
				return err
			}
			if verdict == undoDone && t.owed > 0 {
				verdict = undoOwed
			}
			if verdict == undoDone && len(t.remarks) > 0 {
				verdict = undoPartly
			}
			r.Reply(strings.Join(append([]string{r.T(verdict, "Taken", t.taken, "Owed", t.owed)}, t.remarks...), "\n"))
			return nil
		},
	}}
}
