package points_test

import (
	"testing"
	"time"

	"github.com/weilu-im/weilu/points"
)

func TestWhatIsUnsealedIsCountedFromTheEnd(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		want := func(n int64, oldest time.Time) {
			t.Helper()
			got, at, err := b.Unsealed(t.Context())
			if err != nil || got != n || !at.Equal(oldest) {
				t.Errorf("%d since %v, %v; want %d since %v", got, at, err, n, oldest)
			}
		}
		want(0, time.Time{})
		b.post(move("a", points.Issued, amy, 5))
		later := move("b", points.Issued, amy, 5)
		later.At = start.Add(time.Minute)
		b.post(later)
		want(2, start)
		if _, err := b.Seal(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		want(1, later.At)
		b.seal()
		want(0, time.Time{})
	})
}
