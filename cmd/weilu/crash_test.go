package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	crashKills  = 10
	crashPeople = 40
	crashRound  = 1500 // new events between two kills
	crashAgain  = 500  // the last events, sent again after each kill
)

// crashLoad is a conversation of 20 Days, in which everybody checks in now and then, some before 04:00.
func crashLoad(n int, rnd *rand.Rand) (records []record) {
	at := time.Date(2024, 4, 25, 19, 59, 0, 0, time.UTC) // a minute before a Day begins
	step := 20 * 24 * time.Hour / time.Duration(n)
	for i := range n {
		r := record{ID: fmt.Sprintf("e%d", i), Time: at, Chat: "c" + strconv.Itoa(rnd.IntN(3)), From: "u" + strconv.Itoa(rnd.IntN(crashPeople)), Text: "聊一聊"}
		switch x := rnd.IntN(10); {
		case x < 2:
			r.Text = "签到！"
		case x < 4:
			r.Mentions = []string{"u" + strconv.Itoa(rnd.IntN(crashPeople)), "only" + strconv.Itoa(rnd.IntN(5))}
		}
		records = append(records, r)
		at = at.Add(step).Truncate(time.Second)
	}
	return records
}

func (r record) line() string {
	kv := []any{"chat", r.Chat, "from", r.From, "text", r.Text}
	if len(r.Mentions) > 0 {
		kv = append(kv, "mentions", r.Mentions)
	}
	return event(r.ID, r.Time.UTC().Format(time.RFC3339), kv...)
}

// again is what a careful client sends after a crash: everything that was not acknowledged and the last 500
// events, of which some come twice and some later than others.
func again(sent []record, acked map[string]bool, rnd *rand.Rand) (out []string) {
	for i, r := range sent {
		if acked[r.ID] && i < len(sent)-crashAgain {
			continue
		}
		out = append(out, r.line())
		if rnd.IntN(4) == 0 {
			out = append(out, r.line())
		}
	}
	for range len(out) / 5 {
		i, j := rnd.IntN(len(out)), rnd.IntN(len(out))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// TestCrash kills the real program in the middle of the load, again and again.
func TestCrash(t *testing.T) {
	const seed = 20240425
	rnd := rand.New(rand.NewPCG(seed, seed))
	data := t.TempDir()
	load := crashLoad(crashKills*crashRound, rnd)
	acked := map[string]bool{}
	checkins := 0
	keep := func(p *process) {
		for id := range p.ackedIDs() {
			acked[id] = true
		}
		for _, w := range p.words() {
			if strings.HasPrefix(w.Say, "签到成功") {
				checkins++
			}
		}
	}
	begin := time.Now()
	survived := 0
	for k := range crashKills {
		p := startBot(t, data)
		first := again(load[:k*crashRound], acked, rnd)
		fresh := load[k*crashRound : (k+1)*crashRound]
		list := first
		for _, r := range fresh {
			list = append(list, r.line())
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; i < len(list) && p.send(list[i:min(i+7, len(list))]...); i += 7 {
			}
		}()
		// The kill comes when some of the new events are stored and others are on their way.
		limit := fresh[rnd.IntN(crashRound*4/5)].ID
		p.waitAcks(limit)
		p.kill()
		<-done
		keep(p)
		if acked[fresh[len(fresh)-1].ID] {
			survived++
		}
	}
	if survived == crashKills {
		t.Error("no kill came in the middle of the load: the test tests nothing")
	}
	p := startBot(t, data)
	p.send(again(load, acked, rnd)...)
	var asks []string
	for i := range crashPeople {
		ask := event(fmt.Sprintf("ask%d", i), "2024-05-16T08:00:00Z", "from", fmt.Sprintf("u%d", i), "private", true, "text", "积分")
		asks = append(asks, ask)
	}
	p.send(asks...)
	p.finish()
	keep(p)
	t.Logf("%d events through %d kills in %s", len(load), crashKills, time.Since(begin).Round(10*time.Millisecond))
	for _, r := range load {
		if !acked[r.ID] {
			t.Fatalf("event %s was never acknowledged", r.ID)
		}
	}
	checkCrash(t, data, load, p.words(), checkins)
}

// checkCrash compares what the program says with a slow count of the load.
func checkCrash(t *testing.T, data string, load []record, words []outLine, told int) {
	t.Helper()
	if diff := cmp.Diff(countMembers(load), byName(read[[]memberJSON](t, "members", "--json", "--data", data))); diff != "" {
		t.Errorf("members (-want +got):\n%.3000s", diff)
	}
	for _, month := range []time.Month{time.April, time.May} {
		want := countActivity(load, 2024, month)
		if diff := cmp.Diff(want, read[activityJSON](t, "activity", "--month", want.Month, "--json", "--data", data)); diff != "" {
			t.Errorf("activity (-want +got):\n%.3000s", diff)
		}
	}
	days := map[string]map[string]bool{}
	for _, r := range load {
		if r.Text == "签到！" {
			if days[r.From] == nil {
				days[r.From] = map[string]bool{}
			}
			days[r.From][shanghaiDay(r.Time)] = true
		}
	}
	answers := map[string]string{}
	for _, w := range words {
		if w.Chat == "" {
			answers[w.To] = w.Say
		}
	}
	checkins, transfers := 0, 0
	for i := range crashPeople {
		who := "u" + strconv.Itoa(i)
		points, n := pointsOf(days[who])
		checkins += len(days[who])
		transfers += n
		if want := fmt.Sprintf("%d 积分", points); !strings.HasPrefix(answers[who], want+"，") {
			t.Errorf("%s asks for the points: %q, want %s", who, answers[who], want)
		}
	}
	if told > checkins {
		t.Errorf("%d check-ins were answered with success, there were %d", told, checkins)
	}
	report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
	if !report.OK || report.Transfers != transfers || report.Sealed != transfers || len(report.Problems) > 0 {
		t.Errorf("ledger verify: %+v, want %d transfers, all sealed", report, transfers)
	}
}

// TestTerminate ends the program by SIGTERM, with its input still open.
func TestTerminate(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "new", "data")
			p := startBot(t, data)
			p.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
			p.waitAcks("e1")
			begin := time.Now()
			if err := p.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := p.wait(); code != 0 {
				t.Errorf("exit %d: %q", code, p.errs.all)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			report := read[verifyJSON](t, "ledger", "verify", "--json", "--data", data)
			if !report.OK || report.Transfers != 1 || report.Sealed != 1 {
				t.Errorf("ledger verify: %+v, want one sealed transfer", report)
			}
			// Nobody else holds the data, and what was acknowledged is there.
			q := startBot(t, data)
			q.send(event("e1", "2024-05-01T01:00:00Z", "chat", "c1", "from", "u1", "text", "签到"))
			q.send(event("e2", "2024-05-01T01:00:01Z", "from", "u1", "private", true, "text", "积分"))
			q.finish()
			if words := q.words(); len(words) == 0 || !strings.HasPrefix(words[len(words)-1].Say, "5 积分") {
				t.Errorf("after the restart: %+v", words)
			}
		})
	}
}
