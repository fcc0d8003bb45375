package jsonl_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/weilu-im/weilu/bot/bottest"
	"github.com/weilu-im/weilu/bot/jsonl"
)

// TestConformance is what every transport promises. Between lines and their reader nothing can be cut.
func TestConformance(t *testing.T) {
	bottest.Conform(t, func(t *testing.T) bottest.Side {
		in, feed := io.Pipe()
		t.Cleanup(func() { _ = feed.Close() })
		out, n := &safeBuffer{}, 0
		return bottest.Side{
			Transport: jsonl.New(in, out, slog.New(slog.DiscardHandler)),
			Say: func(text string) {
				n++
				line, err := json.Marshal(map[string]any{
					"id": fmt.Sprint("e", n), "time": fmt.Sprintf("2026-11-02T08:%02d:%02dZ", n/60, n%60), "chat": "g1", "from": "u1", "name": "小明", "text": text,
				})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := feed.Write(append(line, '\n')); err != nil {
					t.Fatal(err)
				}
			},
			Said: func() (list []bottest.Words) {
				for _, l := range out.lines() {
					var said struct {
						Say   string `json:"say"`
						Image bool   `json:"image"`
					}
					if json.Unmarshal([]byte(l), &said) == nil && said.Say != "" {
						list = append(list, bottest.Words{Text: said.Say, Picture: said.Image})
					}
				}
				return list
			},
		}
	})
}
