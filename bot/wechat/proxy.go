package wechat

import (
	"cmp"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// CheckEnvironment tells what is wrong with the variables of proxies and certificates, with which New would refuse to run. It
// shows no password. proxy is the host that requests would go through; empty: none.
func CheckEnvironment() (proxy string, err error) {
	if err := proxyFits(); err != nil {
		return "", err
	}
	for _, name := range [...]string{"HTTPS_PROXY", "https_proxy"} {
		if value := os.Getenv(name); value != "" {
			if !strings.Contains(value, "://") {
				value = "http://" + value
			}
			if u, err := url.Parse(value); err == nil {
				return u.Host, nil
			}
		}
	}
	return "", nil
}

// LastStop is why the last run on a data directory ended on a warning of WeChat, where it did and nobody resumed it since.
func LastStop(dir string) (why string, at time.Time, ok bool) {
	s := &store{dir: filepath.Join(dir, Name)}
	last, ok := s.stopped()
	return cmp.Or(last.Text, last.Code), last.At, ok
}

// proxyFits refuses an environment that would be passed over in silence: whoever sits behind a proxy must not show
// another address because of a slip of the pen, and certificates that can't be read are no certificates.
func proxyFits() error {
	for _, name := range [...]string{"HTTPS_PROXY", "https_proxy"} {
		value := os.Getenv(name)
		if value == "" {
			continue
		}
		if !strings.Contains(value, "://") {
			value = "http://" + value
		}
		u, err := url.Parse(value)
		if err != nil || u.Hostname() == "" {
			return fmt.Errorf("%s is no address of a proxy, like http://127.0.0.1:3128", name)
		}
		switch u.Scheme {
		case "http", "https", "socks5", "socks5h":
		default:
			return fmt.Errorf("%s begins with http://, https:// or socks5://, not %s://", name, u.Scheme)
		}
		if n, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || n < 1 || n > 65535) {
			return fmt.Errorf("%s: %s is no port; ports are 1 to 65535", name, u.Port())
		}
	}
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("SSL_CERT_FILE: %w", err)
		}
		if !x509.NewCertPool().AppendCertsFromPEM(content) {
			return fmt.Errorf("SSL_CERT_FILE: %s holds no certificate in the form of PEM", file)
		}
	}
	return nil
}
