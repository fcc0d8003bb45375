package jsonl_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"sync"
	"testing"

	"github.com/weilu-im/weilu/bot"
	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/jsonl"
)

// TestConformance is what every transport promises. Between lines and their reader nothing can be cut.
func TestConformance(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Side {
		d := &driver{t: t, out: &safeBuffer{}}
		t.Cleanup(d.end)
		return bottest.Side{
			Transport: d.begin(),
			Again:     d.begin,
			Say:       func(text string) { d.tell(map[string]any{"text": text}) },
			Address:   func(text string) { d.tell(map[string]any{"text": text, "to_bot": true, "mentions": []string{"u2"}}) },
			Answer:    func(text string) { d.tell(map[string]any{"text": text, "quote": "e1"}) },
			Said: func() (list []bottest.Words) {
				for _, l := range d.out.lines() {
					var said struct {
						Say      string       `json:"say"`
						Image    bool         `json:"image"`
						Mentions []bot.UserID `json:"mentions"`
					}
					if json.Unmarshal([]byte(l), &said) == nil && said.Say != "" {
						list = append(list, bottest.Words{Text: said.Say, Picture: said.Image, Mentions: said.Mentions})
					}
				}
				return list
			},
		}
	})
}

// driver is the program on the other side of the lines: it tells everything from the beginning to each new process.
type driver struct {
	t   *testing.T
	out *safeBuffer

	mu    sync.Mutex // guards what follows
	lines [][]byte
	more  chan struct{} // closed when there are more lines
	feed  *io.PipeWriter
}

// begin is a new process in place of the one before.
func (d *driver) begin() bot.Transport {
	d.end()
	in, feed := io.Pipe()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.more == nil {
		d.more = make(chan struct{})
	}
	d.feed = feed
	go func() {
		for told := 0; ; {
			d.mu.Lock()
			lines, more := d.lines, d.more
			d.mu.Unlock()
			for ; told < len(lines); told++ {
				if _, err := feed.Write(lines[told]); err != nil {
					return
				}
			}
			select {
			case <-more:
			case <-d.t.Context().Done():
				return
			}
		}
	}()
	return jsonl.New(in, d.out, slog.New(slog.DiscardHandler))
}

// end closes the input of the process.
func (d *driver) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.feed != nil {
		_ = d.feed.Close()
	}
}

// tell is 小明 saying something.
func (d *driver) tell(fields map[string]any) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.lines) + 1
	line := map[string]any{"id": fmt.Sprint("e", n), "time": fmt.Sprintf("2026-11-02T08:%02d:%02dZ", n/60, n%60), "chat": "g1", "from": "u1", "name": "小明"}
	maps.Copy(line, fields)
	src, err := json.Marshal(line)
	if err != nil {
		d.t.Fatal(err)
	}
	d.lines = append(d.lines, append(src, '\n'))
	close(d.more)
	d.more = make(chan struct{})
}
