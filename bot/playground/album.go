package playground

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/gif"  // to know their size
	_ "image/jpeg" // to know their size
	_ "image/png"  // to know their size
	"net/http"
	"strings"
	"sync"
)

// albumBytes is how much of pictures stays in memory; the oldest go first.
const albumBytes = 32 << 20

// album is the pictures, by their digest. It is safe for concurrent use.
type album struct {
	mu    sync.Mutex // guards what follows
	known map[string]*photo
	order []string
	bytes int
}

type photo struct {
	picture
	kind string
	data []byte
}

// picture is where the page finds a picture and how large it is; 0 where that is unknown.
type picture struct {
	URL    string `json:"url"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

const digestPrefix = "sha256:"

// add keeps a picture and gives its digest. ok is false where data is none of PNG, JPEG, GIF or WebP.
func (a *album) add(data []byte) (shown *picture, digest string, ok bool) {
	kind := http.DetectContentType(data)
	switch kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
	default:
		return nil, "", false
	}
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known[key] == nil {
		ph := &photo{kind: kind, data: data, picture: picture{URL: "media/" + key}}
		if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
			ph.Width, ph.Height = c.Width, c.Height
		} else if kind != "image/webp" {
			return nil, "", false
		}
		a.keep(key, ph)
	}
	return &a.known[key].picture, digestPrefix + key, true
}

func (a *album) keep(key string, ph *photo) {
	if a.known == nil {
		a.known = map[string]*photo{}
	}
	a.known[key] = ph
	a.order = append(a.order, key)
	a.bytes += len(ph.data)
	for a.bytes > albumBytes && len(a.order) > 1 {
		a.bytes -= len(a.known[a.order[0]].data)
		delete(a.known, a.order[0])
		a.order = a.order[1:]
	}
}

// find gives the picture of a digest, or nil.
func (a *album) find(digest string) *picture {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ph := a.known[strings.TrimPrefix(digest, digestPrefix)]; ph != nil {
		return &ph.picture
	}
	return nil
}

func (a *album) serve(w http.ResponseWriter, key string) {
	a.mu.Lock()
	ph := a.known[key]
	a.mu.Unlock()
	if ph == nil {
		http.Error(w, "no such picture", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", ph.kind)
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	_, _ = w.Write(ph.data)
}
