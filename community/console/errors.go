package console

import (
	"errors"
	"net/http"

	"github.com/weilu-im/weilu/bot"
)

// refused is something that a page says no to; its texts are those of the keys "error.<code>" and "error.<code>.what".
type refused struct {
	status int
	code   string
}

func (e *refused) Error() string { return "console: " + e.code }

// What people are told.
var (
	errNotFound = &refused{http.StatusNotFound, "not_found"}
	errUnknown  = &refused{http.StatusUnauthorized, "unknown"}
	errOut      = &refused{http.StatusForbidden, "out"}
	errLink     = &refused{http.StatusForbidden, "link"}
	errTries    = &refused{http.StatusTooManyRequests, "tries"}
	errRole     = &refused{http.StatusForbidden, "role"}
	errOrigin   = &refused{http.StatusForbidden, "origin"}
	errHost     = &refused{http.StatusForbidden, "host"}
	errTooLong  = &refused{http.StatusRequestEntityTooLarge, "too_long"}
	errBad      = &refused{http.StatusBadRequest, "bad"}
	errOften    = &refused{http.StatusTooManyRequests, "often"}
	errReadOnly = &refused{http.StatusForbidden, "read_only"}
	errInside   = &refused{http.StatusInternalServerError, "inside"}
)

// fail shows what went wrong, in the reader's language.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, err error) {
	var told *refused
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &told):
	case errors.As(err, &long):
		told = errTooLong
	case errors.Is(err, bot.ErrNoView):
		told = errNotFound
	default:
		c.log.Error("console: a request failed", "path", route(r), "err", err)
		told = errInside
	}
	p := c.newPage(r)
	p.Title = p.T("error." + told.code)
	p.show(w, told.status, "error", told.code)
}

// route is the path of a request without what may not be logged.
func route(r *http.Request) string {
	if len(r.URL.Path) > len("/login/") && r.URL.Path[:len("/login/")] == "/login/" {
		return "/login/…"
	}
	return r.URL.Path
}
