package playground

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/weilu-im/weilu/bot"
)

// refused is something that the page may not do; its text is that of the key "error.<code>".
type refused struct {
	status int
	code   string
}

func (e *refused) Error() string { return "playground: " + e.code }

// What people are told.
var (
	errBad         = &refused{http.StatusBadRequest, "bad"}
	errEmpty       = &refused{http.StatusBadRequest, "empty"}
	errTooLong     = &refused{http.StatusRequestEntityTooLarge, "too_long"}
	errPictureSize = &refused{http.StatusRequestEntityTooLarge, "picture_size"}
	errPictureKind = &refused{http.StatusUnsupportedMediaType, "picture_kind"}
	errNoName      = &refused{http.StatusBadRequest, "no_name"}
	errNobody      = &refused{http.StatusNotFound, "nobody"}
	errNoRoom      = &refused{http.StatusNotFound, "no_room"}
	errQuoteGone   = &refused{http.StatusConflict, "quote_gone"}
	errNotMember   = &refused{http.StatusConflict, "not_member"}
	errMember      = &refused{http.StatusConflict, "member"}
	errNotYours    = &refused{http.StatusConflict, "not_yours"}
	errMoving      = &refused{http.StatusConflict, "moving"}
	errUnmovable   = &refused{http.StatusConflict, "unmovable"}
	errUndelivered = &refused{http.StatusServiceUnavailable, "undelivered"}
	errDown        = &refused{http.StatusServiceUnavailable, "down"}
	errHost        = &refused{http.StatusForbidden, "host"}
	errOrigin      = &refused{http.StatusForbidden, "origin"}
	errReadOnly    = &refused{http.StatusForbidden, "read_only"}
	errInside      = &refused{http.StatusInternalServerError, "inside"}
)

// fail answers with what went wrong, in the reader's language.
func (p *Playground) fail(w http.ResponseWriter, r *http.Request, err error) {
	var told *refused
	switch {
	case errors.As(err, &told):
	case errors.Is(err, bot.ErrDown):
		told = errDown
	default:
		p.log.Error("playground: a request failed", "path", r.URL.Path, "err", err)
		told = errInside
	}
	answer(w, told.status, map[string]string{"error": told.code, "message": text(language(r), "error."+told.code)})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
