package challenge

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// keptFor is how long a challenge that has ended is still looked at.
const keptFor = 30 * 24 * time.Hour

// everyday are the commands that people also say without meaning a challenge, by themselves; the others are so only with
// words behind them.
var everyday = []string{"参加", "退出", "打卡", "补卡", "请假", "销假", "加油", "组队", "退队", "不用提醒", "要提醒"}

// heedless makes commands of members silent to ordinary talk.
func (f *feature) heedless(list []bot.Command) []bot.Command {
	for i, c := range list {
		list[i].Run = func(ctx context.Context, r *bot.Request) error {
			if talk, err := f.talk(ctx, r, c.Names[0]); talk || err != nil {
				return err
			}
			return c.Run(ctx, r)
		}
	}
	return list
}

// talk tells whether a command in a group is ordinary talk: of somebody who takes part in nothing now, nor did a while ago,
// said not to the bot, and about no challenge. Where one is held, a command alone is meant for it, but for 加油.
func (f *feature) talk(ctx context.Context, r *bot.Request, name string) (bool, error) {
	words := strings.TrimSpace(r.Args)
	if r.Actor.Group == "" || r.ToBot || r.Quote != nil && r.Quote.From.Self || words == "" && !slices.Contains(everyday, name) {
		return false, nil
	}
	list, err := f.challenges(ctx, `WHERE state = 'open' OR settled_at >= ? ORDER BY id`, r.At.Add(-keptFor).UnixMilli())
	if err != nil || len(list) == 0 {
		return err == nil, err
	}
	ids, err := f.c.IDs(ctx, community.MemberID(r.Actor.Member))
	if err != nil {
		return false, err
	}
	for _, c := range list {
		rows, err := f.members(ctx, c.ID, ids)
		if err != nil || len(rows) > 0 {
			return false, err
		}
		if c.here(r) && (words == "" && c.State == Open && name != "加油" || c.meantBy(words)) {
			return false, nil
		}
	}
	return true, nil
}

// meantBy tells whether words name a challenge.
func (c *challenge) meantBy(words string) bool {
	return slices.ContainsFunc(c.tags(), func(tag string) bool { return strings.Contains(bot.Fold(words), bot.Fold(tag)) })
}
