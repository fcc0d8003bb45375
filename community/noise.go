package community

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
)

// The reasons for what Take withholds.
const (
	OverBudget = "budget"
	AtNight    = "quiet"
)

// withheldShown is how many lines the command prints, withheldPreview how many characters of each text.
const (
	withheldShown   = 20
	withheldPreview = 60
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

// Withheld is something that was not said.
type Withheld struct {
	ID      int64
	Group   GroupID
	Day     Day
	At      time.Time
	Feature string
	Preview string // the beginning of the text, on one line
	Reason  string // OverBudget, AtNight, or a word of whoever withheld it
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

// Withheld is what was not said to a group on a Day, in order; of all groups where group is empty.
func (n *Noise) Withheld(ctx context.Context, group GroupID, day Day) ([]Withheld, error) {
	q := n.db.Conn(ctx).Where("day = ?", day).Order("at, id")
	if group != "" {
		q = q.Where("group_id = ?", group)
	}
	var rows []withheldRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("withheld on %s: %w", day, err)
	}
	list := make([]Withheld, len(rows))
	for i, row := range rows {
		list[i] = Withheld{row.ID, row.Group, row.Day, bot.FromMillis(row.At), row.Feature, row.Preview, row.Reason}
	}
	return list, nil
}

// Commands is how a moderator sees what was withheld today: in a group for that group, in private for all.
func (n *Noise) Commands() []bot.Command {
	return []bot.Command{{
		Names: []string{"勿扰清单", "withheld"}, Help: "help.withheld", Role: bot.Moderator, Run: n.printWithheld,
	}}
}

func (n *Noise) printWithheld(ctx context.Context, r *bot.Request) error {
	list, err := n.Withheld(ctx, GroupID(r.Actor.Group), n.calendar.Day(r.At))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		r.Reply(r.T("withheld.none"))
		return nil
	}
	lines := []string{r.T("withheld.title", "N", len(list))}
	for _, w := range list[:min(len(list), withheldShown)] {
		where := ""
		if r.Actor.Group == "" {
			if where, err = n.groupName(ctx, w.Group); err != nil {
				return err
			}
			where = "[" + where + "] "
		}
		lines = append(lines, r.T("withheld.line", "Time", w.At.In(n.calendar.Zone()).Format("15:04"), "Where", where,
			"Preview", w.Preview, "Reason", reasonText(r, w.Reason)))
	}
	if more := len(list) - withheldShown; more > 0 {
		lines = append(lines, r.T("withheld.more", "N", more))
	}
	r.Reply(strings.Join(lines, "\n"))
	return nil
}

// groupName is what a group is called, or else its id.
func (n *Noise) groupName(ctx context.Context, id GroupID) (string, error) {
	var names []string
	if err := n.db.Conn(ctx).Table("groups").Where("id = ?", id).Pluck("name", &names).Error; err != nil {
		return "", fmt.Errorf("name of %s: %w", id, err)
	}
	if len(names) == 0 || CleanName(names[0]) == "" {
		return string(id), nil
	}
	return Shorten(CleanName(names[0]), nameEchoed), nil
}

func reasonText(r *bot.Request, reason string) string {
	key := "withheld.reason." + reason
	if text := r.T(key); text != key {
		return text
	}
	return reason
}
