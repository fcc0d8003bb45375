package community

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/points"
)

// What a campaign's budget can refuse.
var (
	ErrBudgetUsedUp  = errors.New("the budget is used up")
	ErrBudgetClosed  = errors.New("the campaign is over, or has not begun")
	ErrBudgetUnknown = errors.New("there is no such campaign")
	ErrBudgetName    = errors.New("a campaign has this name already")
	ErrBudgetGiven   = errors.New("the budget gave something already")
)

// Budget is what a campaign may give: points that were issued for it and go back when it ends.
type Budget struct {
	ID          string // "b3", for ever
	Name        string // as a manager typed it, cleaned
	From, Until Day    // the first and the last Day of the campaign
	Opened      time.Time
	Closed      time.Time // zero: it runs
	Funded      int64     // what was issued for it
	Returned    int64     // what went back when it ended
	Left        int64     // what lies in its account
}

// Given is what people got and was not taken back.
func (b Budget) Given() int64 { return b.Funded - b.Returned - b.Left }

// Account is the campaign's account in the ledger.
func (b Budget) Account() points.Account { return points.Budget(b.ID) }

// lowAt is the share of a budget, in percent, at which managers are told once that it runs out.
const lowAt = 80

// Budgets are the campaigns and what they may give. Whoever gives from one does it by Pay: the ledger's floor is what
// keeps a campaign from giving more than it has, however many give at once.
type Budgets struct {
	ro       *Roster
	calendar *Calendar
	purse    *Purse
}

func budgetMigrations() []*gormigrate.Migration {
	return []*gormigrate.Migration{statements("2026112321_budgets",
		`CREATE TABLE budgets (id TEXT PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL, from_day INTEGER NOT NULL, until_day INTEGER NOT NULL,
			opened_at BIGINT NOT NULL, closed_at BIGINT NOT NULL DEFAULT 0, by_member TEXT NOT NULL, funded BIGINT NOT NULL DEFAULT 0,
			returned BIGINT NOT NULL DEFAULT 0, closes INTEGER NOT NULL DEFAULT 0, told BOOLEAN NOT NULL DEFAULT FALSE)`,
		// The names of campaigns that run are different; those of the past may come again.
		`CREATE UNIQUE INDEX budgets_running ON budgets (folded) WHERE closed_at = 0`)}
}

const budgetColumns = `b.id, b.name, b.from_day, b.until_day, b.opened_at, b.closed_at, b.funded, b.returned,
	COALESCE((SELECT balance FROM balances WHERE account = 'budget:' || b.id), 0)`

// Running are the campaigns that are not over, the oldest first; with past, those that are follow, the latest first.
func (b *Budgets) Running(ctx context.Context, past bool) ([]Budget, error) {
	list, err := b.list(ctx, `b.closed_at = 0 ORDER BY b.opened_at, LENGTH(b.id), b.id`)
	if err != nil || !past {
		return list, err
	}
	over, err := b.list(ctx, `b.closed_at > 0 ORDER BY b.closed_at DESC, LENGTH(b.id) DESC, b.id DESC`)
	return append(list, over...), err
}

// Get reads one, or fails with ErrBudgetUnknown.
func (b *Budgets) Get(ctx context.Context, id string) (Budget, error) {
	list, err := b.list(ctx, `b.id = ?`, id)
	if err == nil && len(list) == 0 {
		err = ErrBudgetUnknown
	}
	if err != nil {
		return Budget{}, err
	}
	return list[0], nil
}

func (b *Budgets) list(ctx context.Context, where string, args ...any) ([]Budget, error) {
	rows, err := b.ro.db.Conn(ctx).Statement.ConnPool.QueryContext(ctx, `SELECT `+budgetColumns+` FROM budgets b WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("budgets: %w", err)
	}
	defer rows.Close()
	var list []Budget
	for rows.Next() {
		var x Budget
		var opened, closed int64
		if err := rows.Scan(&x.ID, &x.Name, &x.From, &x.Until, &opened, &closed, &x.Funded, &x.Returned, &x.Left); err != nil {
			return nil, fmt.Errorf("budgets: %w", err)
		}
		x.Opened, x.Closed = bot.FromMillis(opened), bot.FromMillis(closed)
		list = append(list, x)
	}
	return list, rows.Err()
}

// lock reads a budget and holds its row until the end of the transaction. Everybody takes it before the accounts.
func (b *Budgets) lock(ctx context.Context, id string) (Budget, error) {
	if conn := b.ro.db.Conn(ctx); conn.Name() == "postgres" {
		var held string
		err := conn.Statement.ConnPool.QueryRowContext(ctx, `SELECT id FROM budgets WHERE id = ? FOR NO KEY UPDATE`, id).Scan(&held)
		if errors.Is(err, sql.ErrNoRows) {
			return Budget{}, ErrBudgetUnknown
		}
		if err != nil {
			return Budget{}, fmt.Errorf("budget %s: %w", id, err)
		}
	}
	return b.Get(ctx, id)
}

// Open makes a campaign from today until the end of a Day and issues its budget. It fails with ErrBudgetName.
func (b *Budgets) Open(ctx context.Context, r *bot.Request, name string, amount int64, until Day) (Budget, error) {
	n, err := b.ro.number(ctx, "budget")
	if err != nil {
		return Budget{}, err
	}
	id := fmt.Sprintf("b%d", n)
	res, err := b.ro.db.Conn(ctx).Statement.ConnPool.ExecContext(ctx, `INSERT INTO budgets (id, name, folded, from_day, until_day, opened_at, by_member)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		id, name, bot.Fold(name), int(b.calendar.Day(r.At)), int(until), r.At.UnixMilli(), r.Actor.Member)
	if err != nil {
		return Budget{}, fmt.Errorf("open budget: %w", err)
	}
	if made, err := res.RowsAffected(); err != nil || made == 0 {
		return Budget{}, errors.Join(err, ErrBudgetName)
	}
	if _, err := b.Fund(ctx, r, id, amount); err != nil {
		return Budget{}, err
	}
	return b.Get(ctx, id)
}

// Fund issues more for a campaign that runs. The key is what Unfund takes back.
func (b *Budgets) Fund(ctx context.Context, r *bot.Request, id string, amount int64) (key string, err error) {
	x, err := b.lock(ctx, id)
	if err != nil {
		return "", err
	}
	if !x.Closed.IsZero() {
		return "", ErrBudgetClosed
	}
	key = fmt.Sprintf("budget/%s/fund/%d", id, r.Seq)
	t := points.Transfer{Key: key, From: points.Issued, To: x.Account(), Amount: amount, At: r.At, Reason: r.In("community").T("budget.funded", "Name", x.Name)}
	if _, err := b.purse.ledger.Post(ctx, t); err != nil {
		return "", err
	}
	return key, b.change(ctx, id, `funded = funded + ?, told = FALSE`, amount)
}

// Unfund takes a funding back. It fails with ErrBudgetGiven where that much is not there any more.
func (b *Budgets) Unfund(ctx context.Context, r *bot.Request, id, key string) error {
	x, err := b.lock(ctx, id)
	if err != nil {
		return err
	}
	t, ok, err := b.purse.ledger.Find(ctx, key)
	switch {
	case err != nil:
		return err
	case !ok || t.Reversal != "":
		return points.ErrUnknown
	case !x.Closed.IsZero():
		return ErrBudgetClosed
	case x.Left < t.Amount:
		return ErrBudgetGiven
	}
	if _, err := b.purse.ledger.ReverseKey(ctx, key, points.Reversal{Key: "undo/" + key, Reason: t.Reason, At: r.At}); err != nil {
		return err
	}
	return b.change(ctx, id, `funded = funded - ?`, t.Amount)
}

// Drop takes a campaign back as if it had never been opened. It fails with ErrBudgetGiven where it gave something.
func (b *Budgets) Drop(ctx context.Context, r *bot.Request, id string) error {
	x, err := b.lock(ctx, id)
	switch {
	case err != nil:
		return err
	case !x.Closed.IsZero():
		return ErrBudgetClosed
	case x.Given() > 0:
		return ErrBudgetGiven
	}
	_, err = b.Close(ctx, r, id)
	return err
}

// change updates columns of a budget whose row is held.
func (b *Budgets) change(ctx context.Context, id, set string, args ...any) error {
	if err := b.ro.exec(ctx, `UPDATE budgets SET `+set+` WHERE id = ?`, append(args, id)...); err != nil {
		return fmt.Errorf("budget %s: %w", id, err)
	}
	return nil
}
