package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/community"
	"github.com/weilu-im/weilu/config/database"
)

type moveAccountCmd struct {
	DryRun bool `help:"Only tell what the new account will recognise; works beside a running bot."`
	JSON   bool `help:"Print JSON." name:"json"`
}

// moved is what the command tells. The names of its JSON are a contract.
type moved struct {
	community.Move
	Forgotten bool   `json:"forgotten"`           // the saved login of the old account
	BindCode  string `json:"bind_code,omitempty"` // makes the owner known to the new account
}

// Run makes the data directory ready for another WeChat account. The community hangs on ids of its own, so nothing of it
// changes: only the old login is forgotten, and a bind code is made because a new account knows nobody for certain.
func (cmd *moveAccountCmd) Run(ctx context.Context, g *Globals) error {
	s, _, err := load(g)
	if err != nil {
		return err
	}
	if _, err := os.Stat(g.sqlitePath()); err != nil && s.Database.DSN == "" {
		return fmt.Errorf("no data in %s, so there is nothing to move: %w", g.Data, fs.ErrNotExist)
	}
	var result moved
	if cmd.DryRun {
		err = g.reading(ctx, func(s *settings, db *database.DB) error {
			calendar, err := s.Community.Calendar()
			if err != nil {
				return err
			}
			c, err := community.New(community.Options{Storage: db, Calendar: calendar, Words: s.Words})
			if err != nil {
				return err
			}
			return db.Snapshot(ctx, func(ctx context.Context) error {
				result.Move, err = c.PreviewMove(ctx, wechat.Name)
				return err
			})
		})
	} else {
		err = g.writing(ctx, openOptions{}, func(a *app) error { return result.move(ctx, g, a) })
	}
	if err != nil {
		return err
	}
	if cmd.JSON {
		return printJSON(os.Stdout, result)
	}
	return result.print(g)
}

func (m *moved) move(ctx context.Context, g *Globals, a *app) error {
	err := a.engine.Do(ctx, func(ctx context.Context) (err error) {
		m.Move, err = a.community.PreviewMove(ctx, wechat.Name)
		return err
	})
	if err != nil {
		return err
	}
	if m.BindCode, err = community.NewBindCode(ctx, a.db, time.Now()); err != nil {
		return err
	}
	if err := wechat.Forget(g.Data); err != nil {
		return err
	}
	m.Forgotten = true
	return nil
}

// steps is what is left to do by hand; the arguments are the data directory and the code.
const steps = `
The old login is forgotten; members, points, streaks and roles stay as they are. Now:

1. Let the new account join all groups. On its phone save each group to contacts (保存到通讯录), and set its nickname
   there (我在本群的昵称) with the same code as before, like 小助手·G01.
2. weilu run --transport wechat --data %s
   and scan the QR code with the new account.
3. From your own account send the bot in private (the two must be friends): 绑定 %[2]s
   It makes you the owner again. Where you are not recognised, say 待认领 and 合并 yourself to your old number.
4. Who is not recognised waits: ask them for their recovery codes (找回 CODE), or go through 待认领.

bind code: %[2]s
`

func (m *moved) print(g *Globals) error {
	gr, p := m.Groups, m.Members
	fmt.Printf("%d groups: %d have a code and are found for certain, %d by their members, %d perhaps not\n", gr.Total, gr.ByCode, gr.ByMembers, gr.Unsure)
	fmt.Printf("%d members: %d are found by their tag, %d by a name that nobody else has (roles and spending sleep), %d will wait to be recognised\n",
		p.Total, p.ByTag, p.ByName, p.Provisional)
	fmt.Println("(if nobody changes their names until then)")
	if !m.Forgotten {
		return nil
	}
	_, err := fmt.Printf(steps, g.Data, m.BindCode)
	return err
}
