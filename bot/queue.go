package bot

import (
	"context"
	"runtime/debug"
	"sync"
)

// work is a batch of events, or a function that wants a transaction of its own.
type work struct {
	events  []Event
	history bool
	alone   func(ctx context.Context) error

	accepted int
	err      error
	done     chan struct{}
}

// queue lets one caller at a time work for all that wait: whoever has the turn takes everything that is
// queued, so that events share a transaction exactly when they arrive faster than they are committed.
type queue struct {
	turn chan struct{} // holds one token while somebody works
	most int           // how many events are taken for one transaction, unless one batch alone is more

	mu      sync.Mutex
	waiting []*work
}

func (q *queue) do(ctx context.Context, w *work, process func(context.Context, []*work)) error {
	w.done = make(chan struct{})
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	q.mu.Unlock()
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
		if q.remove(w) {
			return ctx.Err()
		}
		<-w.done // it is being worked on
		return w.err
	case q.turn <- struct{}{}:
	}
	defer func() { <-q.turn }()
	for {
		select {
		case <-w.done:
			return w.err
		default:
		}
		// The work of others must not end because this caller goes away.
		batch := q.take()
		run(context.WithoutCancel(ctx), batch, process)
	}
}

// run ends the wait of all, also where the storage or a hook of somebody panics.
func run(ctx context.Context, batch []*work, process func(context.Context, []*work)) {
	defer func() {
		v := recover()
		for _, b := range batch {
			if v != nil && b.err == nil {
				b.err = &panicError{v, debug.Stack()}
			}
			close(b.done)
		}
	}()
	process(ctx, batch)
}

// take gives the works at the head of the queue that may share a transaction.
func (q *queue) take() []*work {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, events := 0, 0
	for n < len(q.waiting) {
		w := q.waiting[n]
		if w.alone != nil && n > 0 || n > 0 && events+len(w.events) > q.most {
			break
		}
		n++
		events += len(w.events)
		if w.alone != nil {
			break
		}
	}
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

func (q *queue) remove(w *work) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.waiting {
		if other == w {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return true
		}
	}
	return false
}
