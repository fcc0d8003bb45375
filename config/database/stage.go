package database

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Fresh tells whether none of the program's tables are there yet.
func (db *DB) Fresh(ctx context.Context) (bool, error) {
	applied, err := db.applied(ctx)
	if err != nil {
		return false, fmt.Errorf("read which migrations were applied: %w", err)
	}
	return len(applied) == 0, nil
}

// MakeStage makes an empty schema on PostgreSQL, in the place of one of this name that was left over: where a database
// is prepared (see Options.Schema) that Take then puts in the place of the one in use.
func (db *DB) MakeStage(ctx context.Context, name string) error { return db.stage(ctx, name, true) }

// DropStage removes the schema with all that is in it.
func (db *DB) DropStage(ctx context.Context, name string) error { return db.stage(ctx, name, false) }

func (db *DB) stage(ctx context.Context, name string, remake bool) error {
	if db.dialect != "postgres" {
		return errors.New("only PostgreSQL has schemas")
	}
	err := db.Tx(ctx, func(ctx context.Context) error {
		_, err := db.exec(ctx, "DROP SCHEMA IF EXISTS "+quoted(name)+" CASCADE")
		if err == nil && remake {
			_, err = db.exec(ctx, "CREATE SCHEMA "+quoted(name))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("schema %s: %w", name, err)
	}
	return nil
}

// Take moves everything from the schema stage to where this program's tables are, and what was there of the same names
// to the schema aside, which is made if it is needed. All of it happens or nothing.
func (db *DB) Take(ctx context.Context, stage, aside string) error {
	err := db.Tx(ctx, func(ctx context.Context) error {
		here, err := db.strings(ctx, "SELECT current_schema()")
		if err != nil {
			return err
		}
		theirs, err := db.movables(ctx, stage)
		if err != nil {
			return err
		}
		ours, err := db.movables(ctx, here[0])
		if err != nil {
			return err
		}
		ours = slices.DeleteFunc(ours, func(m string) bool { return !slices.Contains(theirs, m) && !strings.HasPrefix(m, `TABLE "migrations_`) })
		if len(ours) > 0 {
			if _, err := db.exec(ctx, "CREATE SCHEMA "+quoted(aside)); err != nil {
				return err
			}
		}
		if err := db.move(ctx, ours, here[0], aside); err != nil {
			return err
		}
		if err := db.move(ctx, theirs, stage, here[0]); err != nil {
			return err
		}
		_, err = db.exec(ctx, "DROP SCHEMA "+quoted(stage))
		return err
	})
	if err != nil {
		return fmt.Errorf("put the new tables in place: %w", err)
	}
	return nil
}

// movables are the tables and functions of a schema, as "TABLE name".
func (db *DB) movables(ctx context.Context, schema string) ([]string, error) {
	name := strings.ReplaceAll(schema, "'", "''")
	return db.strings(ctx, `SELECT 'TABLE ' || '"' || tablename || '"' FROM pg_tables WHERE schemaname = '`+name+`'
UNION ALL SELECT 'FUNCTION ' || '"' || proname || '"' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = '`+name+`' AND p.pronargs = 0 ORDER BY 1`)
}

func (db *DB) move(ctx context.Context, list []string, from, to string) error {
	for _, m := range list {
		kind, name, _ := strings.Cut(m, " ")
		if _, err := db.exec(ctx, "ALTER "+kind+" "+quoted(from)+"."+name+" SET SCHEMA "+quoted(to)); err != nil {
			return err
		}
	}
	return nil
}
