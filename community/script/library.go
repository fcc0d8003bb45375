package script

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/weilu-im/weilu/bot"
)

// library are all scripts that can be started, by name: of those called the same, an imported one hides one of the
// files, and that one of those that come with the program.
func (s *scripts) library(ctx context.Context) (list []Script, err error) {
	put := func(sc Script) {
		i := slices.IndexFunc(list, func(o Script) bool { return bot.Fold(o.Name) == bot.Fold(sc.Name) })
		if i >= 0 {
			list[i] = sc
		} else {
			list = append(list, sc)
		}
	}
	for _, sc := range append(Embedded(), s.cfg.own...) {
		put(sc)
	}
	err = s.db.Each(ctx, func(scan func(...any) error) error {
		var src string
		if err := scan(&src); err != nil {
			return err
		}
		if sc, err := Parse(src); err == nil { // it was, when it was imported
			put(sc)
		}
		return nil
	}, `SELECT yaml FROM scripts ORDER BY at, name`)
	if err != nil {
		return nil, fmt.Errorf("scripts: %w", err)
	}
	return list, nil
}

// named is the script of a name; ok is false where there is none.
func (s *scripts) named(ctx context.Context, called string) (sc Script, ok bool, err error) {
	list, err := s.library(ctx)
	if err != nil {
		return Script{}, false, err
	}
	i := slices.IndexFunc(list, func(sc Script) bool { return bot.Fold(sc.Name) == bot.Fold(called) })
	if i < 0 {
		return Script{}, false, nil
	}
	return list[i], true, nil
}

// imported is the YAML that was imported under a name; empty where none was.
func (s *scripts) imported(ctx context.Context, called string) (src string, err error) {
	err = s.db.Row(ctx, `SELECT yaml FROM scripts WHERE name = ?`, bot.Fold(called)).Scan(&src)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return src, err
}
