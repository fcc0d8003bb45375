package wechat_test

import (
	"path/filepath"
	"testing"

	"github.com/weilu-im/weilu/bot/wechat"
)

func TestAnEnvironmentThatWouldBePassedOverIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key, value string
		fits       bool
	}{
		"an address":             {"HTTPS_PROXY", "http://127.0.0.1:3128", true},
		"an address of old form": {"https_proxy", "proxy.example:3128", true},
		"socks":                  {"HTTPS_PROXY", "socks5://127.0.0.1:1080", true},
		"nonsense":               {"HTTPS_PROXY", "::nonsense", false},
		"no host":                {"HTTPS_PROXY", "http://", false},
		"another scheme":         {"https_proxy", "ftp://127.0.0.1", false},
		"no such certificates":   {"SSL_CERT_FILE", filepath.Join(t.TempDir(), "none"), false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, key := range []string{"HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE"} {
				t.Setenv(key, "")
			}
			t.Setenv(c.key, c.value)
			if _, err := wechat.New(wechat.Options{Dir: t.TempDir()}); (err == nil) != c.fits {
				t.Errorf("%s=%s: %v", c.key, c.value, err)
			}
		})
	}
}
