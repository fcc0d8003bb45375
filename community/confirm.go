package community

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"

	"github.com/weilu-im/weilu/bot"
)

// A confirmation's limits.
const (
	confirmWithin = 10 * time.Minute // of the events' own times
	confirmTries  = 3                // wrong codes until the question is dropped
)

// Confirmations ask a second time before a command that can't be taken back. A code is good for the member
// who was asked, in the chat where they were asked, for ten minutes, once; a member has one open question.
type Confirmations struct{ db bot.Storage }

// NewConfirmations makes the confirmations that are stored in db.
func NewConfirmations(db bot.Storage) *Confirmations { return &Confirmations{db} }

type confirmationRow struct {
	Member    string `gorm:"column:member_id"`
	Chat      string // the community's group, empty in private
	Code      string
	Said      string // askedFor as JSON
	ExpiresAt int64
	Wrong     int
}

func (confirmationRow) TableName() string { return "confirmations" }

// askedFor is what a command needs to run again as it was meant. People keep what they were resolved to, so
// that a name taken over in the meantime gets nothing.
type askedFor struct {
	Text     string
	Mentions []bot.Person `json:",omitempty"`
	Quote    *bot.Quote   `json:",omitempty"`
	Table    [][]string   `json:",omitempty"`
	Basis    string       `json:",omitempty"`
}

// Ask tells whether the sender has confirmed the command of r. If not, it shows them the preview with a code
// and remembers the command; the handler then returns without doing anything.
func (c *Confirmations) Ask(ctx context.Context, r *bot.Request, preview string) (confirmed bool, err error) {
	return c.AskOn(ctx, r, preview, "")
}

// AskOn is Ask for a preview that shows a change of something as it stands now, which basis names. Where that is
// another thing by the time of the confirmation, because somebody else was faster, nothing is done, and the sender is
// asked to look again.
func (c *Confirmations) AskOn(ctx context.Context, r *bot.Request, preview, basis string) (confirmed bool, err error) {
	if r.Confirmed && r.Basis != basis {
		return false, r.In("community").Refuse("confirm.moved")
	}
	if r.Confirmed {
		return true, nil
	}
	if r.Actor.Member == "" {
		return false, errors.New("confirmation: nobody to ask")
	}
	code := fmt.Sprintf("%04d", r.Rand().IntN(10_000))
	asked := askedFor{Text: r.Text, Mentions: r.Mentions, Quote: r.Quote, Table: r.Table, Basis: basis}
	if err := c.put(ctx, r.Actor.Member, r.Actor.Group, code, asked, r.At); err != nil {
		return false, err
	}
	r.Reply(preview + "\n" + r.In("community").T("confirm.ask", "Code", code))
	return false, nil
}

func (c *Confirmations) put(ctx context.Context, member, chat, code string, asked askedFor, at time.Time) error {
	said, err := json.Marshal(asked)
	if err != nil {
		return fmt.Errorf("confirmation of %s: %w", member, err)
	}
	row := confirmationRow{Member: member, Chat: chat, Code: code, Said: string(said), ExpiresAt: at.Add(confirmWithin).UnixMilli()}
	replace := clause.OnConflict{Columns: []clause.Column{{Name: "member_id"}}, UpdateAll: true}
	if err := c.db.Conn(ctx).Clauses(replace).Create(&row).Error; err != nil {
		return fmt.Errorf("confirmation of %s: %w", member, err)
	}
	return nil
}

// The verdicts on a code, which are also the keys of their texts.
const (
	confirmOK      = ""
	confirmNone    = "confirm.none"    // nothing was asked here
	confirmNoCode  = "confirm.no_code" // something was asked, but this is no code
	confirmExpired = "confirm.expired"
	confirmWrong   = "confirm.wrong"
	confirmDropped = "confirm.dropped" // wrong once too often
)

// take uses up a code. Its bookkeeping must be kept also where the verdict is bad.
func (c *Confirmations) take(ctx context.Context, member, chat, code string, at time.Time) (asked askedFor, verdict string, err error) {
	var row confirmationRow
	found := c.db.Conn(ctx).Where("member_id = ? AND chat = ?", member, chat).Limit(1).Find(&row)
	switch {
	case found.Error != nil:
		return asked, "", fmt.Errorf("confirmation of %s: %w", member, found.Error)
	case found.RowsAffected == 0:
		return asked, confirmNone, nil
	case at.UnixMilli() > row.ExpiresAt:
		_, err := c.drop(ctx, member)
		return asked, confirmExpired, err
	case !isConfirmCode(code):
		return asked, confirmNoCode, nil
	case code != row.Code:
		verdict, err := c.miss(ctx, member, row.Wrong+1)
		return asked, verdict, err
	}
	if used, err := c.drop(ctx, member); err != nil || !used {
		return asked, confirmNone, err
	}
	if err := json.Unmarshal([]byte(row.Said), &asked); err != nil {
		return asked, "", fmt.Errorf("confirmation of %s: %w", member, err)
	}
	return asked, confirmOK, nil
}

func (c *Confirmations) drop(ctx context.Context, member string) (was bool, err error) {
	gone := c.db.Conn(ctx).Where("member_id = ?", member).Delete(&confirmationRow{})
	if gone.Error != nil {
		return false, fmt.Errorf("confirmation of %s: %w", member, gone.Error)
	}
	return gone.RowsAffected > 0, nil
}

func (c *Confirmations) miss(ctx context.Context, member string, wrong int) (verdict string, err error) {
	if wrong >= confirmTries {
		_, err := c.drop(ctx, member)
		return confirmDropped, err
	}
	err = c.db.Conn(ctx).Model(&confirmationRow{}).Where("member_id = ?", member).Update("wrong", wrong).Error
	if err != nil {
		return "", fmt.Errorf("confirmation of %s: %w", member, err)
	}
	return confirmWrong, nil
}

func isConfirmCode(s string) bool { return len(s) == 4 && strings.Trim(s, "0123456789") == "" }

// Commands is how a member confirms.
func (c *Confirmations) Commands() []bot.Command {
	return []bot.Command{{Names: []string{"确认", "confirm"}, Usage: "usage.confirm", Help: "help.confirm", Dormant: true, Run: c.confirm}}
}

// confirm answers bad codes by Reply, because a refusal would also undo the count of wrong ones. Where the
// command itself refuses or fails, its code is not used up.
func (c *Confirmations) confirm(ctx context.Context, r *bot.Request) error {
	code := bot.Fold(r.Args)
	asked, verdict, err := c.take(ctx, r.Actor.Member, r.Actor.Group, code, r.At)
	if err != nil {
		return err
	}
	if verdict == confirmNone && (!isConfirmCode(code) || !r.Actor.Active) {
		return nil // "确认 一下" among people, or where the bot is silent
	}
	if verdict != confirmOK {
		r.Reply(r.T(verdict))
		return nil
	}
	r.Mentions, r.Quote, r.Table, r.Basis = asked.Mentions, asked.Quote, asked.Table, asked.Basis
	return r.Again(ctx, asked.Text)
}
