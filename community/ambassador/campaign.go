package ambassador

import (
	"context"
	"errors"
	"strings"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// campaign is 活动邀请码 春日打卡 [@谁] 新人20 [邀请人30]: a code whose rewards a campaign pays. Without somebody it is the
// house's, and only the newcomer is rewarded.
func (f *feature) campaign(ctx context.Context, r *bot.Request) error {
	running, err := f.c.Budgets.Running(ctx, false)
	if err != nil {
		return err
	}
	b, rest, ok := pickBudget(r.Args, running)
	if !ok {
		return f.campaigns(ctx, r, running)
	}
	c := code{Budget: b.ID, Newcomer: f.cfg.Newcomer}
	if strings.HasPrefix(rest, "@") || strings.HasPrefix(rest, "＠") || isMember(rest) {
		whole := r.Args
		r.Args = rest
		p, after, err := f.c.Target(ctx, r)
		r.Args = whole
		if err != nil {
			return err
		}
		if p.Role >= bot.Moderator || p.Bot {
			return r.Refuse("decide.staff", "Name", f.c.Words.ScreenName(p.Name))
		}
		c.Owner, c.Inviter, rest = p.ID, f.cfg.Inviter, after
	}
	if err := f.prices(r, &c, rest); err != nil {
		return err
	}
	if c.Owner == "" && c.Inviter > 0 {
		return r.Refuse("campaign.whose")
	}
	if c, err = f.addCode(ctx, r, c); err != nil {
		return err
	}
	if err := f.c.Audit.Record(ctx, r, "ambassador.campaign", b.ID, map[string]any{"owner": c.Owner, "inviter": c.Inviter, "newcomer": c.Newcomer}); err != nil {
		return err
	}
	name := ""
	if c.Owner != "" {
		if name, err = f.c.Called(ctx, c.Owner); err != nil {
			return err
		}
	}
	return f.done(ctx, r, "ambassador.campaign", c.Code, r.T("campaign.done", "Campaign", f.c.Words.ScreenName(b.Name), "Code", shownCode(c.Code), "Plain", c.Code,
		"Name", name, "Inviter", c.Inviter, "Newcomer", c.Newcomer, "Left", b.Left, "Until", b.Until.String()))
}

// campaigns answers who named no campaign with those that run, and their codes.
func (f *feature) campaigns(ctx context.Context, r *bot.Request, running []community.Budget) error {
	if strings.TrimSpace(r.Args) != "" {
		return r.Refuse("campaign.unknown")
	}
	if len(running) == 0 {
		return r.Refuse("campaign.none")
	}
	var lines []string
	for _, b := range running {
		lines = append(lines, r.T("campaign.line", "Campaign", f.c.Words.ScreenName(b.Name), "Left", b.Left, "Until", b.Until.String()))
		codes, err := f.codes(ctx, `WHERE budget_id = ? AND revoked_at = 0 ORDER BY made_at, code`, b.ID)
		if err != nil {
			return err
		}
		for _, c := range codes {
			name := ""
			if c.Owner != "" {
				if name, err = f.c.Called(ctx, c.Owner); err != nil {
					return err
				}
			}
			lines = append(lines, r.T("campaign.code", "Code", shownCode(c.Code), "Name", name, "Inviter", c.Inviter, "Newcomer", c.Newcomer))
		}
	}
	r.Reply(strings.Join(append(lines, r.T("campaign.how")), "\n"))
	return nil
}

// prices reads 新人20 邀请人30, in any order.
func (f *feature) prices(r *bot.Request, c *code, words string) error {
	fields := strings.Fields(bot.Fold(words))
	for i := 0; i < len(fields); i++ {
		word := fields[i]
		to, rest := (*int64)(nil), ""
		for _, p := range []struct {
			prefix string
			to     *int64
		}{{"新人", &c.Newcomer}, {"newcomer", &c.Newcomer}, {"邀请人", &c.Inviter}, {"inviter", &c.Inviter}} {
			if after, ok := strings.CutPrefix(word, p.prefix); ok {
				to, rest = p.to, strings.Trim(after, ":：=+")
			}
		}
		if to != nil && rest == "" && i+1 < len(fields) {
			i++
			rest = fields[i]
		}
		if to == nil {
			return r.Refuse("campaign.how_prices")
		}
		n, err := community.Amount(strings.TrimSuffix(strings.TrimSuffix(rest, "积分"), "分"))
		var wrong *community.AmountError
		switch {
		case strings.Trim(rest, "0分") == "" && rest != "":
			n = 0
		case errors.As(err, &wrong):
			return bot.Refuse(r.In("community").T(wrong.Key) + "\n" + r.T("campaign.how_prices"))
		case err != nil:
			return err
		case n > community.MostEarned:
			return r.Refuse("campaign.much", "Most", community.MostEarned)
		}
		*to = n
	}
	return nil
}

// pickBudget takes the name or id of a campaign off the beginning of arguments: the longest that fits.
func pickBudget(args string, running []community.Budget) (found community.Budget, rest string, ok bool) {
	folded, most := bot.Fold(strings.Join(strings.Fields(args), " "))+" ", 0
	words := strings.Fields(args)
	for _, b := range running {
		for _, name := range [...]string{b.Name, b.ID} {
			want := bot.Fold(strings.Join(strings.Fields(name), " ")) + " "
			if n := len(strings.Fields(want)); strings.HasPrefix(folded, want) && n > most && n <= len(words) {
				found, rest, ok, most = b, strings.Join(words[n:], " "), true, n
			}
		}
	}
	return found, rest, ok
}

// isMember tells whether arguments begin with a member's id.
func isMember(args string) bool {
	word, _, _ := strings.Cut(bot.Fold(args), " ")
	digits, ok := strings.CutPrefix(word, "m")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
