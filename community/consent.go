package community

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
)

// ConsentKind is something that a member may ask the bot not to do.
type ConsentKind string

// The kinds of consent.
const (
	NoNudge  ConsentKind = "no_nudge"  // 免打扰: no nudges, anywhere
	HideRank ConsentKind = "hide_rank" // 隐身排行: not shown in rankings
)

// Consent knows what each member wants the bot not to do. What they said stands, in all groups and in
// private, until they take it back themselves.
type Consent struct{ db bot.Storage }

// NewConsent makes the consents that are stored in db.
func NewConsent(db bot.Storage) *Consent { return &Consent{db} }

type consentRow struct {
	Member MemberID `gorm:"column:member_id"`
	Kind   ConsentKind
	At     int64
}

func (consentRow) TableName() string { return "consents" }

type consentChange struct {
	ID     int64
	Member MemberID `gorm:"column:member_id"`
	Kind   ConsentKind
	Wanted bool
	At     int64
}

func (consentChange) TableName() string { return "consent_changes" }

// Set turns a consent on or off and tells whether that changed anything. Every change is kept in the history.
// A word that arrives after a later one was heard is history only.
func (c *Consent) Set(ctx context.Context, m MemberID, kind ConsentKind, on bool, at time.Time) (changed bool, err error) {
	var last consentChange
	found := c.db.Conn(ctx).Where("member_id = ? AND kind = ?", m, kind).Order("at DESC, id DESC").Limit(1).Find(&last)
	if found.Error != nil {
		return false, fmt.Errorf("consent %s of %s: %w", kind, m, found.Error)
	}
	late := last.At > at.UnixMilli() && found.RowsAffected > 0
	if last.Wanted == on && !late {
		return false, nil
	}
	change := consentChange{Member: m, Kind: kind, Wanted: on, At: at.UnixMilli()}
	if err := c.db.Conn(ctx).Create(&change).Error; err != nil {
		return false, fmt.Errorf("consent %s of %s: %w", kind, m, err)
	}
	if late {
		return false, nil
	}
	if err := c.store(ctx, consentRow{m, kind, change.At}, on); err != nil {
		return false, fmt.Errorf("consent %s of %s: %w", kind, m, err)
	}
	return true, nil
}

func (c *Consent) store(ctx context.Context, row consentRow, on bool) error {
	db := c.db.Conn(ctx)
	if on {
		return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
	}
	return db.Where("member_id = ? AND kind = ?", row.Member, row.Kind).Delete(&consentRow{}).Error
}

// Has tells whether a member has a consent turned on.
func (c *Consent) Has(ctx context.Context, m MemberID, kind ConsentKind) (bool, error) {
	var n int64
	err := c.db.Conn(ctx).Model(&consentRow{}).Where("(member_id = ? OR member_id IN (SELECT alias FROM aliases WHERE member_id = ?)) AND kind = ?", m, m, kind).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("consent %s of %s: %w", kind, m, err)
	}
	return n > 0, nil
}

// All is the set of members who have a consent turned on.
func (c *Consent) All(ctx context.Context, kind ConsentKind) (map[MemberID]bool, error) {
	var members []MemberID
	err := c.db.Conn(ctx).Raw(`SELECT DISTINCT COALESCE(a.member_id, c.member_id) FROM consents c
		LEFT JOIN aliases a ON a.alias = c.member_id WHERE c.kind = ?`, kind).Scan(&members).Error
	if err != nil {
		return nil, fmt.Errorf("consents %s: %w", kind, err)
	}
	set := make(map[MemberID]bool, len(members))
	for _, m := range members {
		set[m] = true
	}
	return set, nil
}

// Commands are how members say what they want, anywhere.
func (c *Consent) Commands() []bot.Command {
	return []bot.Command{
		{Names: []string{"免打扰", "dnd"}, Help: "help.dnd", Run: c.turn(NoNudge, true, "consent.dnd")},
		{Names: []string{"恢复提醒", "resume"}, Help: "help.resume", Run: c.turn(NoNudge, false, "consent.resume")},
		{Names: []string{"隐身排行", "hide"}, Help: "help.hide", Run: c.turn(HideRank, true, "consent.hide")},
		{Names: []string{"显示排行", "unhide"}, Help: "help.unhide", Run: c.turn(HideRank, false, "consent.unhide")},
	}
}

func (c *Consent) turn(kind ConsentKind, on bool, key string) bot.Handler {
	return func(ctx context.Context, r *bot.Request) error {
		ids := []MemberID{MemberID(r.Actor.Origin)}
		if !on { // what they asked for under any id is taken back
			if err := c.db.Conn(ctx).Raw(`SELECT id FROM members WHERE id = ? OR id IN (SELECT alias FROM aliases WHERE member_id = ?)`,
				r.Actor.Member, r.Actor.Member).Scan(&ids).Error; err != nil {
				return fmt.Errorf("consent %s of %s: %w", kind, r.Actor.Member, err)
			}
		}
		changed := false
		for _, id := range ids {
			did, err := c.Set(ctx, id, kind, on, r.At)
			if err != nil {
				return err
			}
			changed = changed || did
		}
		if !changed {
			key := key + ".already"
			r.Reply(r.T(key, "Name", r.Actor.Name))
			return nil
		}
		r.Reply(r.T(key, "Name", r.Actor.Name))
		return nil
	}
}
