package community

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
)

// The reasons for what Take withholds.
const (
	OverBudget = "budget"
	AtNight    = "quiet"
)

// Noise keeps the bot from talking too much: what it says to a group unasked comes out of a budget per Day,
// and what it kept to itself is listed. Answers to commands are no noise.
type Noise struct {
	db       bot.Storage
	calendar *Calendar
	budget   int
	night    Night
}

// Night is when nothing is said unasked, in times after midnight of the community's clocks. Equal ones are no night.
type Night struct{ From, Until time.Duration }

// NewNoise makes the budgets that are stored in db: each group hears at most budget unasked words on a Day,
// and none at night.
func NewNoise(db bot.Storage, calendar *Calendar, budget int, night Night) *Noise {
	return &Noise{db, calendar, budget, night}
}

// Quiet tells whether it is night in the community, when nothing is said unasked, and when the night ends.
func (n *Noise) Quiet(at time.Time) (until time.Time, quiet bool) {
	if n.night.From == n.night.Until {
		return at, false
	}
	local := at.In(n.calendar.Zone())
	y, m, d := local.Date()
	for _, day := range [...]int{d - 1, d} { // the night that began yesterday, and today's
		from, until := n.clock(y, m, day, n.night.From), n.clock(y, m, day, n.night.Until)
		if n.night.Until < n.night.From {
			until = n.clock(y, m, day+1, n.night.Until)
		}
		if !at.Before(from) && at.Before(until) {
			return until.UTC(), true
		}
	}
	return at, false
}

// Awake is at itself, or the end of the night where it is night then.
func (n *Noise) Awake(at time.Time) time.Time {
	until, _ := n.Quiet(at)
	return until
}

func (n *Noise) clock(y int, m time.Month, d int, after time.Duration) time.Time {
	return time.Date(y, m, d, int(after.Hours()), int(after.Minutes())%60, 0, 0, n.calendar.Zone())
}

// Unasked is something that a feature would like to say to a group.
type Unasked struct {
	Group   GroupID
	Feature string
	Text    string
	Dated   bool // a manager chose the very time: it may be at night
}

type noiseRow struct {
	Group GroupID `gorm:"column:group_id"`
	Day   Day
	Used  int
}

func (noiseRow) TableName() string { return "noise" }

type withheldRow struct {
	ID      int64
	Group   GroupID `gorm:"column:group_id"`
	Day     Day
	At      int64
	Feature string
	Preview string
	Reason  string
}

func (withheldRow) TableName() string { return "withheld" }

// Take is TakeFor in the group and at the time of r.
func (n *Noise) Take(ctx context.Context, r *bot.Request, text string) (ok bool, err error) {
	return n.TakeFor(ctx, r.At, Unasked{Group: GroupID(r.Actor.Group), Feature: r.Feature(), Text: text})
}

// TakeFor uses one of the group's budget for the Day of at and tells whether u may be said then. If not, it
// is listed as withheld, with the reason OverBudget or AtNight.
func (n *Noise) TakeFor(ctx context.Context, at time.Time, u Unasked) (ok bool, err error) {
	reason, err := n.Try(ctx, at, u)
	if err != nil || reason == "" {
		return err == nil, err
	}
	return false, n.Withhold(ctx, at, u, reason)
}

// Try is TakeFor for those who list what is withheld themselves, or say it later: reason is OverBudget,
// AtNight, or empty where u may be said.
func (n *Noise) Try(ctx context.Context, at time.Time, u Unasked) (reason string, err error) {
	if _, quiet := n.Quiet(at); quiet && !u.Dated {
		return AtNight, nil
	}
	row := noiseRow{Group: u.Group, Day: n.calendar.Day(at)}
	if err := n.db.Conn(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return "", fmt.Errorf("noise of %s on %s: %w", row.Group, row.Day, err)
	}
	took := n.db.Conn(ctx).Exec("UPDATE noise SET used = used + 1 WHERE group_id = ? AND day = ? AND used < ?", row.Group, row.Day, n.budget)
	if took.Error != nil {
		return "", fmt.Errorf("noise of %s on %s: %w", row.Group, row.Day, took.Error)
	}
	if took.RowsAffected == 0 {
		return OverBudget, nil
	}
	return "", nil
}

// GiveBack gives a group back what was used of its budget at a time, for something that was held back after all.
func (n *Noise) GiveBack(ctx context.Context, group GroupID, at time.Time) error {
	if err := n.db.Conn(ctx).Exec(`UPDATE noise SET used = used - 1 WHERE group_id = ? AND day = ? AND used > 0`, string(group), int(n.calendar.Day(at))).Error; err != nil {
		return fmt.Errorf("noise of %s: %w", group, err)
	}
	return nil
}

// Withhold lists something that was not said for another reason than the budget.
func (n *Noise) Withhold(ctx context.Context, at time.Time, u Unasked, reason string) error {
	row := withheldRow{
		Group: u.Group, Day: n.calendar.Day(at), At: at.UnixMilli(), Feature: u.Feature, Reason: reason,
		Preview: Excerpt(u.Text, withheldPreview),
	}
	if err := n.db.Conn(ctx).Create(&row).Error; err != nil {
		return fmt.Errorf("withhold %s in %s: %w", u.Feature, u.Group, err)
	}
	return nil
}
