package community

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
)

// ContributionKind says what a member gave to the community.
type ContributionKind string

// The kinds of contributions.
const (
	TopicAnswer   ContributionKind = "topic_answer"
	AcceptedPiece ContributionKind = "accepted_piece"
	BestAnswer    ContributionKind = "best_answer"
	ValidInvite   ContributionKind = "valid_invite"
	HostedEvent   ContributionKind = "hosted_event"
)

// Contribution is something that a member gave to the community.
type Contribution struct {
	Key    string // the rule that makes it count once: "topic/<occurrence>/<member>"
	Member MemberID
	Group  GroupID // where; may be empty
	Kind   ContributionKind
	Ref    string // what it is, for the feature that recorded it
	At     time.Time
	Day    Day
}

// Contributions are what members gave, as the features that saw it recorded it. Reads go by the member as
// recorded; who asks for a merged member asks for each of their ids.
type Contributions struct {
	db    bot.Storage
	tiers *Tiers // hears of what comes after its Day was classified; may be nil
}

// NewContributions makes the contributions that are stored in db.
func NewContributions(db bot.Storage) *Contributions { return &Contributions{db: db} }

type contributionRow struct {
	Key         string
	Member      MemberID `gorm:"column:member_id"`
	Group       GroupID  `gorm:"column:group_id"`
	Kind        ContributionKind
	Ref         string
	At          int64
	Day         Day
	WithdrawnAt *int64
}

func (contributionRow) TableName() string { return "contributions" }

// Record counts a contribution once: another one with its key changes nothing, unless the first was withdrawn
// before the other happened; then the other takes its place.
func (c *Contributions) Record(ctx context.Context, k Contribution) error {
	row := contributionRow{Key: k.Key, Member: k.Member, Group: k.Group, Kind: k.Kind, Ref: k.Ref, At: k.At.UnixMilli(), Day: k.Day}
	unlessStanding := clause.OnConflict{
		Columns:   []clause.Column{{Name: "key"}},
		DoUpdates: clause.AssignmentColumns([]string{"member_id", "group_id", "kind", "ref", "at", "day", "withdrawn_at"}),
		Where:     clause.Where{Exprs: []clause.Expression{gorm.Expr("contributions.withdrawn_at < excluded.at")}},
	}
	if err := c.db.Conn(ctx).Clauses(unlessStanding).Create(&row).Error; err != nil {
		return fmt.Errorf("contribution %s: %w", k.Key, err)
	}
	return c.tiers.late(ctx, k.Day, k.Member)
}

// Withdraw takes a contribution out of all counts. An unknown key and one withdrawn before change nothing.
func (c *Contributions) Withdraw(ctx context.Context, key string, at time.Time) error {
	err := c.db.Conn(ctx).Model(&contributionRow{}).Where("key = ? AND withdrawn_at IS NULL", key).
		Update("withdrawn_at", at.UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("withdraw contribution %s: %w", key, err)
	}
	return nil
}

// Count is how many contributions of a member stand, of the Days from <= Day < to.
func (c *Contributions) Count(ctx context.Context, m MemberID, from, to Day) (int, error) {
	var n int64
	if err := c.standing(ctx, from, to).Where("member_id = ?", m).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("contributions of %s: %w", m, err)
	}
	return int(n), nil
}

// By is how many contributions of each member stand, of the Days from <= Day < to. Who has none is left out.
func (c *Contributions) By(ctx context.Context, from, to Day) (map[MemberID]int, error) {
	var rows []struct {
		Member MemberID `gorm:"column:member_id"`
		N      int
	}
	err := c.standing(ctx, from, to).Select("member_id, COUNT(*) AS n").Group("member_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("contributions from %s to %s: %w", from, to, err)
	}
	by := make(map[MemberID]int, len(rows))
	for _, row := range rows {
		by[row.Member] = row.N
	}
	return by, nil
}

func (c *Contributions) standing(ctx context.Context, from, to Day) *gorm.DB {
	return c.db.Conn(ctx).Model(&contributionRow{}).Where("day >= ? AND day < ? AND withdrawn_at IS NULL", from, to)
}
