package playground

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/weilu-im/weilu/bot"
)

// What the feed remembers for pages that lost their connection.
const (
	feedLength = 2000
	feedBytes  = 4 << 20
)

// update is one change as pages hear it.
type update struct {
	Type   string     `json:"type"` // line, group, person, member, clock
	Room   string     `json:"room,omitempty"`
	Line   *entry     `json:"line,omitempty"`
	Group  *group     `json:"group,omitempty"`
	Person *person    `json:"person,omitempty"`
	User   bot.UserID `json:"user,omitempty"` // member: who
	In     bool       `json:"in,omitempty"`   // member: is in the group now
	Clock  *clockFace `json:"clock,omitempty"`
}

// feed is the newest changes, numbered, for any number of readers that each go at their own pace.
type feed struct {
	run string

	mu    sync.Mutex // guards what follows
	first int64      // number of the oldest change kept, less one
	kept  [][]byte
	bytes int
	more  chan struct{} // closed at the next change
}

func (f *feed) publish(u update) {
	data, err := json.Marshal(u)
	if err != nil {
		panic(err) // plain structs of strings always marshal
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept = append(f.kept, data)
	f.bytes += len(data)
	for len(f.kept) > feedLength || f.bytes > feedBytes && len(f.kept) > 1 {
		f.bytes -= len(f.kept[0])
		f.kept[0] = nil
		f.kept = f.kept[1:]
		f.first++
	}
	if f.more != nil {
		close(f.more)
		f.more = nil
	}
}

// at is the number of the newest change.
func (f *feed) at() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first + int64(len(f.kept))
}

// since gives the changes after number n, and a channel that is closed when there are more. ok is false
// where some of them are forgotten.
func (f *feed) since(n int64) (changes [][]byte, more <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n < f.first || n > f.first+int64(len(f.kept)) {
		return nil, nil, false
	}
	if f.more == nil {
		f.more = make(chan struct{})
	}
	return append([][]byte(nil), f.kept[n-f.first:]...), f.more, true
}

// mark writes the number of a change so that another process knows it as foreign.
func (f *feed) mark(n int64) string { return fmt.Sprintf("%s-%d", f.run, n) }

func (f *feed) parse(mark string) (int64, bool) {
	rest, ok := strings.CutPrefix(mark, f.run+"-")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	return n, err == nil
}
