package bot_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/weilu-im/weilu/bot"
)

// One transport hangs in the middle of a send; the others, with a pace and without, go on.
func TestATransportThatHangsHoldsNoOther(t *testing.T) {
	each(t, func(t *testing.T, db *storage) {
		began, release := make(chan bool, 1), make(chan bool)
		var asked atomic.Int64
		x := &stuck{began: began, release: release, deaf: true, asked: &asked}
		arrived := make(chan string, 8)
		y := &quick{arrived}
		fast := &fake{answer: func(o bot.Outgoing) error { arrived <- o.Text; return nil }}
		st := newStreet(t, db, noon, x, y, fast)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- st.courier.Run(ctx) }()
		st.say(t, answer("x/g", "x1"), answer("x/g", "x2"))
		<-began
		for _, text := range []string{"1", "2", "3"} {
			st.say(t, answer("y/g", "y"+text), answer("fake/g", "f"+text))
			got := map[string]bool{<-arrived: true, <-arrived: true}
			if !got["y"+text] || !got["f"+text] {
				t.Errorf("arrived %v", got)
			}
		}
		close(release)
		<-began // the second one goes after the first
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		db.wantOutbox(t, "x1=sent", "x2=sent", "y1=sent", "f1=sent", "y2=sent", "f2=sent", "y3=sent", "f3=sent")
	})
}

// quick is a transport with a pace that has no limits.
type quick struct{ arrived chan<- string }

func (q *quick) Name() string                              { return "y" }
func (q *quick) Run(ctx context.Context, _ bot.Sink) error { <-ctx.Done(); return nil }
func (q *quick) Capabilities() bot.Capabilities            { return bot.Capabilities{Pace: &bot.Pace{}} }
func (q *quick) Send(_ context.Context, o bot.Outgoing) (bot.Receipt, error) {
	q.arrived <- o.Text
	return bot.Receipt{}, nil
}
