package main

import (
	"path/filepath"
	"testing"

	"github.com/weilu-im/weilu/config/database"
)

// TestRestoreOfAnOlderVersion restores a backup that lacks the newest tables, to both databases.
func TestRestoreOfAnOlderVersion(t *testing.T) {
	data, old := t.TempDir(), filepath.Join(t.TempDir(), "old.db")
	p := startBot(t, data)
	p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
	p.finish()
	mustWeilu(t, "backup", "--out", old, "--data", data)
	db, err := database.Open(t.Context(), database.Options{DSN: old})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Tx(t.Context(), inEach(db, []string{`DROP TABLE data_links`, `DELETE FROM migrations_console WHERE id = '2026112401_data_links'`})); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if c := read[contents](t, "restore", old, "--verify", "--json"); c.Upgrades != 1 || c.Transfers != 1 || len(c.Problems) > 0 {
		t.Errorf("--verify: %+v", c)
	}
	onDialects(t, func(t *testing.T, _ string) {
		dir := filepath.Join(t.TempDir(), "new")
		mustWeilu(t, "restore", old, "--data", dir)
		q := startBot(t, dir)
		q.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"),
			event("e2", "2024-05-01T01:00:01Z", "from", "u1", "private", true, "text", "积分"))
		q.finish()
		if words := q.words(); len(words) != 1 || words[0].Say[:1] != "5" {
			t.Errorf("after the restore: %+v", words)
		}
	})
}
