package wechat

// utterance is who said a message.
type utterance struct{ id, user string }

// maxHeard is how many messages a book remembers; WeChat allows taking back what is younger than two minutes.
const maxHeard = 4096

// heard remembers who said what was said of late.
type heard struct {
	ring []utterance
	next int
	by   map[string]string
}

func (h *heard) add(list []utterance) {
	if h.by == nil {
		h.by = map[string]string{}
	}
	for _, u := range list {
		if _, again := h.by[u.id]; again {
			continue
		}
		if len(h.ring) < maxHeard {
			h.ring = append(h.ring, u)
		} else {
			delete(h.by, h.ring[h.next].id)
			h.ring[h.next] = u
			h.next = (h.next + 1) % maxHeard
		}
		h.by[u.id] = u.user
	}
}

// said is who said a message, as far as it is remembered.
func (d *draft) said(id string) string {
	for _, u := range d.heard {
		if u.id == id {
			return u.user
		}
	}
	return d.b.heard.by[id]
}
