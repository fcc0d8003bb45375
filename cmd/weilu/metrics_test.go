package main

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/weilu-im/weilu/bot/jsonl"
	"github.com/weilu-im/weilu/config/database/dbtest"
)

// TestMetricsAreReadOnBothDatabases reads them all while a transport counts as running, and then without a database.
func TestMetricsAreReadOnBothDatabases(t *testing.T) {
	for _, dialect := range dbtest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			a, err := open(t.Context(), defaults(), slog.New(slog.DiscardHandler), openOptions{dsn: dbtest.DSN(t, dialect), secret: []byte("s")})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = a.close() })
			if err := a.engine.Start(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			d := a.settings.desk
			d.serve(time.Now(), jsonl.New(os.Stdin, os.Stdout, a.log))
			read := func() string {
				w := httptest.NewRecorder()
				a.meter.handler(d, a.log).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
				return w.Body.String()
			}
			text := read()
			for _, want := range []string{"weilu_ready 1\n", `weilu_database_pool_in_use{pool="readers"}`, "weilu_database_bytes ", "weilu_ledger_unsealed 0\n", `weilu_transport_state{state="up",transport="jsonl"} 1`} {
				if !strings.Contains(text, want) {
					t.Errorf("the metrics lack %q", want)
				}
			}
			if strings.Contains(text, `weilu_scrape_failed{part="queue"} 1`) || strings.Contains(text, `_failed{part="jobs"} 1`) || strings.Count(text, "weilu_scrape_failed{") != 5 {
				t.Errorf("parts failed: %s", text)
			}
			if reasons := d.ready(t.Context()); len(reasons) != 0 {
				t.Errorf("not ready: %v", reasons)
			}
			d.serve(time.Now().Add(-time.Hour), jsonl.New(os.Stdin, os.Stdout, a.log)) // for an hour, without a sign of life
			if reasons := d.ready(t.Context()); len(reasons) != 1 || reasons[0].Check != "schedule" || reasons[0].Code != "stopped" {
				t.Errorf("without a heartbeat: %v", reasons)
			}
			if err := a.db.Close(); err != nil {
				t.Fatal(err)
			}
			d.serve(time.Time{}) // asks anew
			if reasons := d.ready(t.Context()); len(reasons) != 1 || reasons[0].Check != "database" || reasons[0].Code != "unopenable" {
				t.Errorf("without a database: %v", reasons)
			}
			if text := read(); !strings.Contains(text, "weilu_ready 0\n") || !strings.Contains(text, `weilu_scrape_failed{part="ledger"} 1`) {
				t.Errorf("without a database: %s", text)
			}
		})
	}
}
