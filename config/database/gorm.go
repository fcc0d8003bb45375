package database

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slow is how long a statement may take before it is logged.
const slow = time.Second

// sqliteDialector is gorm's, with an error translation that knows every driver.
type sqliteDialector struct{ *sqlite.Dialector }

// Translate implements gorm.ErrorTranslator.
func (sqliteDialector) Translate(err error) error { return classify(err) }

// postgresDialector is gorm's, with the translation that raw SQL has too.
type postgresDialector struct{ *postgres.Dialector }

// Translate implements gorm.ErrorTranslator.
func (postgresDialector) Translate(err error) error { return classify(err) }

func (db *DB) openGorm(log *slog.Logger) (err error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	db.gorm, err = gorm.Open(db.dialector(), &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Now().UTC() },
		Logger: logger.NewSlogLogger(log, logger.Config{
			LogLevel: logger.Warn, SlowThreshold: slow,
			IgnoreRecordNotFoundError: true, ParameterizedQueries: true,
		}),
	})
	return err
}

func (db *DB) dialector() gorm.Dialector {
	if db.dialect == "postgres" {
		return postgresDialector{postgres.New(postgres.Config{Conn: db.readers}).(*postgres.Dialector)}
	}
	return sqliteDialector{sqlite.New(sqlite.Config{DriverName: sqliteDriver, Conn: db.readers}).(*sqlite.Dialector)}
}

// Conn is the transaction that ctx carries, or else a read-only connection on which writing is
// ErrReadOnly. The handle may be used again and again, as long as the transaction lasts.
func (db *DB) Conn(ctx context.Context) *gorm.DB {
	s := db.scope(ctx)
	switch {
	case s == nil && ctx.Done() == nil:
		return db.gorm
	case s == nil:
		return db.gorm.WithContext(ctx)
	}
	if s.handle == nil {
		s.handle = db.gorm.Session(&gorm.Session{NewDB: true, Context: s.ctx})
		s.handle.Config.ConnPool = s
		s.handle.Statement.ConnPool = s
	}
	if ctx.Done() != s.ctx.Done() { // another deadline than the scope's
		return s.handle.WithContext(ctx)
	}
	return s.handle
}
