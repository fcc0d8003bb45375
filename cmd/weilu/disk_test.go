package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// smallDisk mounts a file system of a few megabytes.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "weilu-test", dir).CombinedOutput(); err != nil {
		t.Skipf("can't mount a small disk here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// fill writes a file until there is no room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
}

// TestFullDisk fills the disk under the real program and makes room again.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 16)
	data, filler := filepath.Join(disk, "data"), filepath.Join(disk, "filler")
	p := startBot(t, data)
	at := time.Date(2024, 5, 1, 1, 0, 0, 0, time.UTC)
	var load []record
	var ids []string
	next := func(text string) string {
		r := record{ID: fmt.Sprintf("e%d", len(load)), Time: at.Add(time.Duration(len(load)) * time.Minute), Chat: "c1",
			From: fmt.Sprintf("u%d", len(load)%7), Text: text}
		load, ids = append(load, r), append(ids, r.ID)
		return r.line()
	}
	for range 20 {
		p.send(next("签到！"))
	}
	p.waitAcks(ids...)
	fill(t, filler)
	stored := len(load)
	// More than what SQLite's log has room for already, and than the pipe holds.
	var more []string
	for range 300 {
		more = append(more, next(strings.Repeat("满", 9000)))
	}
	more = append(more, next("签到！"))
	sent := make(chan bool, 1)
	go func() { sent <- p.send(more...) }()
	p.errs.wait(t, "complaint about the full disk", func(all []string) bool {
		return strings.Contains(strings.Join(all, "\n"), "trying again")
	})
	if p.isAcked(ids[len(ids)-1]) {
		t.Error("the last event is acknowledged on a full disk")
	}
	count := len(p.ackedIDs())
	if out, errs, code := weilu(t, "", "members", "--data", data); code != 0 {
		t.Errorf("members beside a bot on a full disk: exit %d: %s%s", code, out, errs)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	p.waitAcks(ids...)
	if !<-sent {
		t.Error("the program stopped reading")
	}
	p.send(event("ask", "2024-05-02T01:00:00Z", "from", "u0", "private", true, "text", "积分"))
	answer := p.waitSaid("points", func(o outLine) bool { return o.To == "u0" })
	if !strings.HasPrefix(answer.Say, "5 积分") {
		t.Errorf("u0 asks for the points: %q", answer.Say)
	}
	p.finish()
	t.Logf("%d events were stored before, %d when the disk was full, %d after", stored, count, len(p.ackedIDs()))
	months := read[activityJSON](t, "activity", "--month", "2024-05", "--json", "--data", data)
	if months.Messages != len(load) {
		t.Errorf("%d messages are counted, want %d", months.Messages, len(load))
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != 7 {
		t.Errorf("ledger verify: %+v, want the 7 check-ins", report)
	}
}
