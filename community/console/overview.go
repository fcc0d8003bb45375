package console

import (
	"net/http"
	"strconv"
	"time"
)

// overview shows how the bot fares, and where everything is.
func (c *Console) overview(w http.ResponseWriter, r *http.Request) {
	p := c.newPage(r)
	p.Title, p.At = p.T("overview.title"), "overview"
	d, err := c.desk(p)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if s := d.Status; s.State == Scanning || s.State == Confirming || s.State == Connecting {
		p.Refresh = 5
	}
	p.show(w, http.StatusOK, "overview", d)
}

// code is the picture of a code that waits to be scanned.
func (c *Console) code(w http.ResponseWriter, r *http.Request) {
	s, err := c.opts.Status(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	if len(s.Code) == 0 {
		c.fail(w, r, errNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Content-Length", strconv.Itoa(len(s.Code)))
	_, _ = w.Write(s.Code)
}

// shown is a status as it is printed.
type shown struct {
	Status
	page *page
}

// Time prints an instant in the community's zone.
func (s shown) Time(at time.Time) string {
	at = at.In(s.page.console.opts.Calendar.Zone())
	if now := s.page.console.opts.Clock().In(s.page.console.opts.Calendar.Zone()); now.Format(time.DateOnly) == at.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02 15:04")
}

// Held tells whether the other side asked for silence.
func (s shown) Held() bool { return s.Limited.After(s.page.console.opts.Clock()) }
