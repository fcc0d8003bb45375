package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// historyFile is the real history: WEILU_HISTORY, or shared/data beside the checkout.
func historyFile(t *testing.T) string {
	t.Helper()
	name := os.Getenv("WEILU_HISTORY")
	if name == "" {
		name = filepath.Join("..", "..", "..", "shared", "data", "community-2023-2024.jsonl.gz")
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(abs); err != nil {
		t.Skipf("the real history is not here (WEILU_HISTORY names it): %v", err)
	}
	return abs
}

func readHistory(t *testing.T, name string) (records []record) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return records
}

// TestHistory imports the real history and compares what came of it with a count straight from the file.
func TestHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("imports 303,234 messages")
	}
	file, data := historyFile(t), t.TempDir()
	begin := time.Now()
	got := read[importSummary](t, "import", file, "--json", "--data", data)
	took := time.Since(begin)
	t.Logf("import: %s", took.Round(10*time.Millisecond))
	if took > 3*time.Minute {
		t.Errorf("the import took %s", took)
	}
	records := readHistory(t, file)
	wantMembers := countMembers(records)
	want := importSummary{Lines: 303_234, Accepted: 303_234, Members: len(wantMembers), Groups: 48}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("import (-want +got):\n%s", diff)
	}
	if len(wantMembers) != 2556 {
		t.Errorf("the slow count finds %d people, the README says 2,556", len(wantMembers))
	}
	members := byName(read[[]memberJSON](t, "members", "--json", "--data", data))
	if diff := cmp.Diff(wantMembers, members); diff != "" {
		t.Errorf("members (-want +got):\n%.4000s", diff)
	}
	for _, m := range []time.Time{time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2023, 12, 1, 0, 0, 0, 0, time.UTC)} {
		want := countActivity(records, m.Year(), m.Month())
		got := read[activityJSON](t, "activity", "--month", want.Month, "--json", "--data", data)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("activity (-want +got):\n%s", diff)
		}
	}
	historyTiers(t, records, data)
	historyReport(t, records, data, 2024, time.May)
	historyReport(t, records, data, 2024, time.December)
	begin = time.Now()
	again := read[importSummary](t, "import", file, "--json", "--data", data)
	t.Logf("second import: %s", time.Since(begin).Round(10*time.Millisecond))
	want.Accepted, want.Repeated = 0, 303_234
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("second import (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(members, byName(read[[]memberJSON](t, "members", "--json", "--data", data))); diff != "" {
		t.Errorf("members after the second import (-before +after):\n%.4000s", diff)
	}
}
