package database

import "context"

// acquire takes a writer's connection; done gives it back, or drops it when it is broken.
func (db *DB) acquire(ctx context.Context) (c *conn, done func(broken bool), err error) {
	if db.dialect == "postgres" {
		if c, err = db.connect(ctx); err != nil {
			return nil, nil, err
		}
		return c, func(bool) { c.close() }, nil
	}
	select {
	case db.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if db.pinned == nil {
		if db.pinned, err = db.connect(ctx); err != nil {
			<-db.slot
			return nil, nil, err
		}
	}
	return db.pinned, func(broken bool) {
		if broken {
			db.pinned.drop()
			db.pinned = nil
		}
		<-db.slot
	}, nil
}
