package playground

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/weilu-im/weilu/bot"
)

// The largest bodies that are read.
const (
	maxBody    = 128 << 10
	maxPicture = 2 << 20
)

// post answers a JSON body with what do makes of it.
func post[T any](p *Playground, do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&body)
		if err != nil {
			p.fail(w, r, unread(err, errTooLong))
			return
		}
		result, err := do(body)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		if result == nil {
			result = struct{}{}
		}
		answer(w, http.StatusOK, result)
	}
}

// unread tells why a body could not be read.
func unread(err error, tooLarge *refused) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge
	}
	return errBad
}

// postPicture says a picture, which is the body.
func (p *Playground) postPicture(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPicture))
	if err != nil {
		p.fail(w, r, unread(err, errPictureSize))
		return
	}
	q := r.URL.Query()
	m := message{Room: q.Get("room"), As: bot.UserID(q.Get("as")), Nonce: q.Get("nonce")}
	var ok bool
	if _, m.picture, ok = p.album.add(data); !ok {
		p.fail(w, r, errPictureKind)
		return
	}
	if err := p.say(m); err != nil {
		p.fail(w, r, err)
		return
	}
	answer(w, http.StatusOK, struct{}{})
}

// unhurried lifts a server's time limit for one answer.
func unhurried(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
}
