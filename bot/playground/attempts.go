package playground

import "github.com/weilu-im/weilu/bot"

// attempts remembers what could not be delivered, so that trying again is the same happening with the same
// id, and which messages were, so that a page that lost the answer can't say them twice.
type attempts struct {
	byKey map[string]*attempt
	order []string
}

type attempt struct {
	event bot.Event
	room  string
	done  bool
}

// maxAttempts is how many are remembered.
const maxAttempts = 500

func (a *attempts) find(key string) *attempt {
	if key == "" {
		return nil
	}
	return a.byKey[key]
}

func (a *attempts) keep(key string, at *attempt) {
	if key == "" {
		return
	}
	if a.byKey == nil {
		a.byKey = map[string]*attempt{}
	}
	if a.byKey[key] == nil {
		a.order = append(a.order, key)
	}
	a.byKey[key] = at
	for len(a.order) > maxAttempts {
		delete(a.byKey, a.order[0])
		a.order = a.order[1:]
	}
}

func (a *attempts) forget(key string) {
	delete(a.byKey, key) // its place in order goes with time
}
