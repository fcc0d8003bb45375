package console

import (
	"net/url"
	"strings"
)

// backTo is a page of ours that a form says it came from; anything else is the overview.
func backTo(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > 2000 || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\n\r\t") || strings.Contains(u.Path, "..") {
		return "/"
	}
	for _, own := range []string{"/v/", "/commands", "/do?", "/login"} {
		if strings.HasPrefix(s, own) {
			return s
		}
	}
	return "/"
}
