package wechat_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

func TestAnEnvironmentThatWouldBePassedOverIsRefused(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ca, err := serve(t, wechattest.Options{}).CAFile(dir)
	if err != nil {
		t.Fatal(err)
	}
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
		"no port":                {"HTTPS_PROXY", "http://127.0.0.1:99999", false},
		"port 0":                 {"HTTPS_PROXY", "http://127.0.0.1:0", false},
		"the last port":          {"HTTPS_PROXY", "http://127.0.0.1:65535", true},
		"no such certificates":   {"SSL_CERT_FILE", filepath.Join(dir, "none"), false},
		"no certificate":         {"SSL_CERT_FILE", file("empty.pem", ""), false},
		"a key":                  {"SSL_CERT_FILE", file("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), false},
		"a broken certificate":   {"SSL_CERT_FILE", file("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), false},
		"a directory":            {"SSL_CERT_FILE", dir, false},
		"certificates":           {"SSL_CERT_FILE", ca, true},
	} {
		t.Run(name, func(t *testing.T) {
			for _, key := range []string{"HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE"} {
				t.Setenv(key, "")
			}
			t.Setenv(c.key, c.value)
			_, err := wechat.New(wechat.Options{Dir: t.TempDir()})
			if (err == nil) != c.fits || err != nil && !strings.Contains(err.Error(), c.key) {
				t.Errorf("%s=%s: %v", c.key, c.value, err)
			}
		})
	}
}
