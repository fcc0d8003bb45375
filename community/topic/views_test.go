package topic_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/transcript"
	"github.com/weilu-im/weilu/community/communitytest"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// eachTown plays a conversation on both databases and hands over what the community is made of.
func eachTown(t *testing.T, chat string, then func(t *testing.T, p *communitytest.Parts)) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			var parts *communitytest.Parts
			build := communitytest.BuildOn(t, dialect, func(p *communitytest.Parts) []bot.Feature {
				parts = p
				return assemble(p)
			})
			script, err := transcript.Parse("town.chat", []byte(chat))
			if err != nil {
				t.Fatal(err)
			}
			build = inspect(build, func() { then(t, parts) })
			if _, err := transcript.Run(t.Context(), script, build, transcript.Options{}); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// watched is a World that is looked at before it is closed.
type watched struct {
	transcript.World
	look func()
}

func (w watched) Close() error {
	w.look()
	return w.World.Close()
}

func inspect(build transcript.Build, look func()) transcript.Build {
	return func(ctx context.Context, settings map[string]string, start time.Time) (transcript.World, error) {
		w, err := build(ctx, settings, start)
		return watched{w, look}, err
	}
}

const town = `! manager 老王
! set community.timezone=Asia/Shanghai
! set topic.columns=[{name: 趣问, time: "09:00", weekdays: [1, 3]}]
== 2026-11-23 08:00 ==
[大群] 老王: 加题 你最近学会了什么？
老王: 加题 你最近忘了什么？
小红: 早
小刚: 早
老王: 停题 2
== 09:00 ==
小明: 我学会了烤面包，很简单
老王: 我学会了写东西
老王: 精选 @小明
小红: 出题 =1+1 等于几？
老王: 启题 2
`

func TestThePagesShowWhatIsPlannedAndHowItWent(t *testing.T) {
	eachTown(t, town, func(t *testing.T, p *communitytest.Parts) {
		now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
		read := func(role bot.Role, name string, params map[string]string) (bot.Page, error) {
			return p.Engine.View(t.Context(), "topic."+name, bot.Query{Params: params, At: now, Actor: bot.Actor{Role: role}})
		}
		for _, c := range []struct {
			name   string
			params map[string]string
			want   []string
		}{
			{"calendar", nil, []string{"C1|11-25 周三 09:00|大群|趣问|换题 C1,改话题 C1,跳过话题 C1"}},
			{"library", nil, []string{"1|趣问|你最近学会了什么？||管理员|改题 1,停题 1", "2|趣问|你最近忘了什么？||管理员|改题 2,停题 2"}},
			{"library", map[string]string{"words": "忘"}, []string{"2|趣问|你最近忘了什么？||管理员|改题 2,停题 2"}},
			{"library", map[string]string{"words": "%"}, nil},
			{"proposals", nil, []string{"1|趣问|=1+1 等于几？|小红|采用题 1,退题 1"}},
			{"statistics", nil, []string{"1|趣问|你最近学会了什么？|1|2|2|100%|1|"}},
		} {
			page, err := read(bot.Manager, c.name, c.params)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range page.Tables[0].Rows {
				got = append(got, flat(row))
			}
			if c.name == "calendar" { // which topic it is, is chance
				for i := range got {
					parts := strings.Split(got[i], "|")
					got[i] = strings.Join(append(parts[:4:4], parts[5:]...), "|")
					got[i] = strings.ReplaceAll(got[i], parts[0], "C1")
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("%s %v:\n%s\nwant\n%s", c.name, c.params, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		}
		if _, err := read(bot.Member, "proposals", nil); err == nil {
			t.Error("a member sees what others proposed")
		}
	})
}

func flat(row bot.Row) string {
	var cells, acts []string
	for _, c := range row.Cells {
		cells = append(cells, c.Text)
	}
	for _, a := range row.Acts {
		acts = append(acts, fmt.Sprint(a.Command, " ", a.Args))
	}
	return strings.Join(cells, "|") + "|" + strings.Join(acts, ",")
}

func TestAnswersAreAFactAndAContribution(t *testing.T) {
	eachTown(t, town, func(t *testing.T, p *communitytest.Parts) {
		found := map[string]int{}
		var ids []string
		if err := p.DB.Conn(t.Context()).Raw(`SELECT member_id FROM topic_answers ORDER BY at`).Scan(&ids).Error; err != nil {
			t.Fatal(err)
		}
		if len(ids) != 2 {
			t.Fatalf("%d answers, not those of 小明 and 老王", len(ids))
		}
		for _, kind := range []string{"topic_answer", "best_answer"} {
			var n int
			if err := p.DB.Conn(t.Context()).Raw(`SELECT COUNT(*) FROM contributions WHERE kind = ? AND member_id = ? AND withdrawn_at IS NULL`, kind, ids[0]).Row().Scan(&n); err != nil {
				t.Fatal(err)
			}
			found[kind] = n
		}
		if found["topic_answer"] != 1 || found["best_answer"] != 1 {
			t.Errorf("the contributions of 小明: %v", found)
		}
	})
}

func TestTheFactCountsTopicsInAPeriod(t *testing.T) {
	eachTown(t, town, func(t *testing.T, p *communitytest.Parts) {
		var id string
		if err := p.DB.Conn(t.Context()).Raw(`SELECT member_id FROM topic_answers ORDER BY at LIMIT 1`).Row().Scan(&id); err != nil {
			t.Fatal(err)
		}
		nine := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
		for _, c := range []struct {
			from, to time.Time
			want     int
		}{{nine, nine.Add(time.Hour), 1}, {nine.Add(-time.Hour), nine, 0}} {
			if n, err := p.Community.Facts.Count(t.Context(), "topic.answers", memberID(id), c.from, c.to); err != nil || n != c.want {
				t.Errorf("from %s: %d answers, %v", c.from, n, err)
			}
		}
	})
}
