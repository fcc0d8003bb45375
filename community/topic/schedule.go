package topic

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/community"
)

// The jobs, and until when something still makes sense after it was due.
const (
	postJob  = "post"
	recapJob = "recap"
	hostJob  = "host"

	grace  = 10 * time.Minute
	tooOld = 6 * time.Hour
)

// group is a group in which the bot is enabled.
type group struct {
	id       community.GroupID
	name     string
	language string
}

// groups are all groups in which the bot is enabled.
func (f *topic) groups(ctx context.Context) (list []group, err error) {
	adopted, err := f.c.AdoptedGroups(ctx)
	for _, g := range adopted {
		list = append(list, group{g.ID, g.Name, f.spoken(g.Language)})
	}
	return list, err
}

// spoken is the language of a group, which may have none of its own.
func (f *topic) spoken(language string) string {
	if language == "" {
		return f.c.Language()
	}
	return language
}

// posts tells whether a column posts in a group.
func (c Column) posts(g group) bool {
	if c.Language != "" && c.Language != g.language {
		return false
	}
	return len(c.Groups) == 0 || slices.ContainsFunc(c.Groups, func(name string) bool { return suits(name, g.id, g.name) })
}

// columns are the columns that post; none while topics are off.
func (f *topic) columns() []Column {
	if !f.cfg.Enabled {
		return nil
	}
	return f.cfg.Columns
}

func planKey(column string, g community.GroupID) string { return column + "/" + string(g) }

// keep brings the plans in step with the configuration and the enabled groups, and plans the topics of the next dates.
func (f *topic) keep(ctx context.Context, r *bot.Request) error {
	groups, err := f.groups(ctx)
	if err != nil {
		return err
	}
	f.db.OnRollback(ctx, func() { f.kept = nil })
	f.kept = map[community.GroupID]bool{}
	want := map[string]bot.Plan{}
	for _, g := range groups {
		f.kept[g.id] = true
		for _, col := range f.columns() {
			if col.posts(g) {
				key := planKey(col.Name, g.id)
				want[key] = bot.Plan{Job: postJob, Key: key, Title: col.Name, Group: string(g.id), Spec: col.spec(), Grace: grace}
			}
		}
	}
	if err := f.plan(ctx, r, want); err != nil {
		return err
	}
	if err := f.drop(ctx, r, want); err != nil {
		return err
	}
	return f.fill(ctx, r, groups)
}

// drop takes dates to come off the calendar of columns that don't post in their groups any more.
func (f *topic) drop(ctx context.Context, r *bot.Request, want map[string]bot.Plan) error {
	list, err := f.occasions(ctx, `WHERE d.slot > ? AND d.state IN ('planned', 'empty', 'skipped')`, r.At.UnixMilli())
	if err != nil {
		return err
	}
	for _, o := range list {
		col, _ := f.column(o.column)
		slot, posts := col.slot(o.date, f.c.Calendar.Zone())
		if _, wanted := want[planKey(o.column, o.group)]; !wanted || !posts {
			_, err = f.db.Exec(ctx, `DELETE FROM topic_days WHERE id = ?`, o.id)
		} else if !slot.Equal(o.slot) {
			_, err = f.db.Exec(ctx, `UPDATE topic_days SET slot = ? WHERE id = ?`, slot.UnixMilli(), o.id)
		}
		if err != nil {
			return fmt.Errorf("calendar: %w", err)
		}
	}
	return nil
}

// plan makes exactly the wanted plans stand. Those that are so already are left alone.
func (f *topic) plan(ctx context.Context, r *bot.Request, want map[string]bot.Plan) error {
	have := map[string]string{}
	err := f.db.Each(ctx, func(scan func(...any) error) error {
		var key, spec string
		err := scan(&key, &spec)
		have[key] = spec
		return err
	}, `SELECT key, spec FROM topic_plans`)
	if err != nil {
		return fmt.Errorf("plans: %w", err)
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if _, wanted := want[key]; wanted {
			continue
		}
		if err := r.Unplan(ctx, postJob, key); err != nil {
			return err
		}
		if _, err := f.db.Exec(ctx, `DELETE FROM topic_plans WHERE key = ?`, key); err != nil {
			return fmt.Errorf("plans: %w", err)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		p := want[key]
		if have[key] == p.Spec {
			continue
		}
		if err := r.Plan(ctx, p); err != nil {
			return err
		}
		if _, err := f.db.Exec(ctx, `INSERT INTO topic_plans (key, spec) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET spec = excluded.spec`, key, p.Spec); err != nil {
			return fmt.Errorf("plans: %w", err)
		}
	}
	return nil
}

// wake plans what is to be posted in a group that is heard of for the first time since the program began.
func (f *topic) wake(ctx context.Context, r *bot.Request) error {
	if f.kept != nil && (r.Actor.Group == "" || f.kept[community.GroupID(r.Actor.Group)]) {
		return nil
	}
	return f.keep(ctx, r)
}

// nightly keeps everything in step once a day, and tells managers where topics run out.
func (f *topic) nightly(ctx context.Context, r *bot.Request) error {
	if err := f.keep(ctx, r); err != nil {
		return err
	}
	return f.warn(ctx, r)
}
