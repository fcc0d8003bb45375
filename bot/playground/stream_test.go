package playground_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// hearing is an open stream.
type hearing struct {
	t     *testing.T
	lines *bufio.Scanner
	id    string
}

func (s *stage) listen(after, lastEventID string) *hearing {
	s.t.Helper()
	req := s.request("GET", "/events?after="+after, nil)
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(got, "text/event-stream") {
		s.t.Fatalf("%d %s", resp.StatusCode, got)
	}
	return &hearing{t: s.t, lines: bufio.NewScanner(resp.Body)}
}

// until reads on to a line that contains words, and gives it.
func (h *hearing) until(words string) string {
	h.t.Helper()
	for h.lines.Scan() {
		line := h.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			h.id = id
		}
		if strings.Contains(line, words) {
			return line
		}
	}
	h.t.Fatalf("the stream ended before %q: %v", words, h.lines.Err())
	return ""
}

func (s *stage) mark() string {
	_, state := s.do(s.request("GET", "/api/state", nil))
	return state["mark"].(string)
}

func TestAStreamGoesOnWhereItWasLost(t *testing.T) {
	s := newStage(t, nil)
	mark := s.mark()
	first, second := s.listen(mark, ""), s.listen(mark, "")
	s.must("say", say("一", nil))
	first.until("一")
	second.until("一")
	heard := first.id
	s.must("say", say("二", nil))
	s.must("say", say("三", nil))
	again := s.listen(mark, heard) // the header is newer than the address
	if line := again.until(`"text"`); !strings.Contains(line, "一") && !strings.Contains(line, "二") {
		t.Errorf("went on with %s", line)
	}
	again.until("三")
}

func TestAStreamThatMissedTooMuchStartsAfresh(t *testing.T) {
	s := newStage(t, nil)
	for name, mark := range map[string]string{"another run": "zzzz-5", "no number": "x", "the future": s.mark() + "999"} {
		if line := s.listen(mark, "").until("event:"); line != "event: reset" {
			t.Errorf("%s: %q", name, line)
		}
	}
	old := s.mark()
	if err := s.p.Seed(func() error {
		for range 2500 {
			if _, err := s.p.Send(t.Context(), toGroup("x")); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if line := s.listen(old, "").until("event:"); line != "event: reset" {
		t.Errorf("too far behind: %q", line)
	}
}

func TestStreamsEndWithRun(t *testing.T) {
	s := newStage(t, nil)
	h := s.listen(s.mark(), "")
	h.until("hello")
	s.stop()
	for h.lines.Scan() {
	}
	if err := h.lines.Err(); err != nil {
		t.Errorf("the stream broke: %v", err)
	}
	if status, answer := s.do(s.request("GET", "/events", nil)); status != http.StatusServiceUnavailable || answer["error"] != "down" {
		t.Errorf("%d %v", status, answer)
	}
	if status, _ := s.post("say", say("x", nil)); status != http.StatusServiceUnavailable {
		t.Errorf("said to nobody: %d", status)
	}
}
