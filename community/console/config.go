package console

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/weilu-im/weilu/community"
)

// Config is the section console.
type Config struct {
	Listen string `yaml:"listen" doc:"address that the managers' pages are served at while weilu run runs; empty: no pages"`
	URL    string `yaml:"url" doc:"what links to the pages begin with, where a proxy stands before them, like https://example.org/console; empty: http:// and the address"`

	MetricsToken string `yaml:"metrics_token" doc:"what Prometheus shows as Bearer to read /metrics, 16 characters or more; empty: there are no metrics" secret:"true"`
}

// leastToken is how long a token must be that nobody can guess.
const leastToken = 16

// DefaultListen is where the pages are served where nobody says otherwise.
const DefaultListen = "127.0.0.1:8738"

// Defaults are the values that communities begin with.
func Defaults() Config { return Config{Listen: DefaultListen} }

// Validate tells what is wrong with the values.
func (c Config) Validate() error {
	var problems []error
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			problems = append(problems, community.KeyError{Name: "listen", Problem: "is an address with a port, like " + DefaultListen + ", or empty"})
		}
	}
	if u, err := url.Parse(c.URL); c.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		problems = append(problems, community.KeyError{Name: "url", Problem: "is like https://example.org/console, or empty"})
	}
	if c.MetricsToken != "" && len(c.MetricsToken) < leastToken {
		problems = append(problems, community.KeyError{Name: "metrics_token", Problem: "has 16 characters or more (what it is now is not shown, because it is a secret)"})
	}
	return errors.Join(problems...)
}

// Address is what links begin with; empty where the pages are off.
func (c *Config) Address() string {
	switch {
	case c.Listen == "":
		return ""
	case c.URL != "":
		return strings.TrimRight(c.URL, "/")
	}
	return Address(c.Listen)
}

// Public is what links for members begin with; empty where only browsers on this machine get to the pages.
func (c *Config) Public() string {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); c.URL == "" && (err != nil || host == "" || host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())) {
		return ""
	}
	return c.Address()
}

// Address is what a browser on this machine asks for, where something listens at hostPort.
func Address(hostPort string) string {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return "http://" + hostPort
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// pathOf is the path of an address without a slash at its end.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// hostOf is the name in an address.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
