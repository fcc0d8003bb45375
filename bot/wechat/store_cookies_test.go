package wechat

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func at(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u
}

func setting(lines ...string) []*http.Cookie {
	return (&http.Response{Header: http.Header{"Set-Cookie": lines}}).Cookies()
}

// carried names what a request to an address brings.
func carried(c *cookies, u *url.URL) string {
	var names []string
	for _, cookie := range c.of(u) {
		names = append(names, cookie.Name)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestCookiesKeepTheirDomainsThroughARestart(t *testing.T) {
	now := time.Now
	tomorrow := now().AddDate(0, 0, 1).UTC().Format(http.TimeFormat)
	base, file, push := at("https://wx2.qq.com/cgi-bin/x"), at("https://file.wx2.qq.com/cgi-bin/x"), at("https://webpush.wx2.qq.com/cgi-bin/x")
	c := newCookies(now, nil)
	c.take(base, setting("wxsid=1; Domain=wx2.qq.com; Path=/", "webwx_data_ticket=2; Domain=.qq.com; Path=/; Expires="+tomorrow, "gone=3; Max-Age=60"))
	c.take(push, setting("wxpluginkey=4; Path=/"))
	c.take(base, setting("gone=; Max-Age=-1"))
	c = newCookies(now, c.all())
	if got := carried(c, base); got != "webwx_data_ticket wxsid" {
		t.Errorf("%s gets %q", base.Host, got)
	}
	if got := carried(c, file); got != "webwx_data_ticket wxsid" {
		t.Errorf("%s gets %q", file.Host, got)
	}
	c.take(base, setting("wxsid=5; Domain=wx2.qq.com; Path=/"))
	c.renew()
	if got := carried(c, push); got != "wxsid" {
		t.Errorf("a new session still has %q", got)
	}
}
