package points_test

import (
	"testing"
	"time"

	"github.com/weilu-im/weilu/points"
)

func TestWhatWasIssuedInATime(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		b.post(move("a", points.Issued, amy, 30), move("b", amy, bob, 10))
		late := move("c", points.Issued, bob, 5)
		late.At = start.Add(24 * time.Hour)
		b.post(late)
		b.reverse("a", undo("back")) // an hour after the start
		for _, c := range []struct {
			from, to time.Duration
			want     int64
		}{{0, time.Hour, 30}, {time.Hour, 2 * time.Hour, -20}, {0, 48 * time.Hour, 15}, {24 * time.Hour, 25 * time.Hour, 5}, {-time.Hour, 0, 0}} {
			got, err := b.IssuedBetween(b.ctx, start.Add(c.from), start.Add(c.to))
			if err != nil || got != c.want {
				t.Errorf("%v to %v: %d, want %d (%v)", c.from, c.to, got, c.want, err)
			}
		}
	})
}
