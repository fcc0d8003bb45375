package wechattest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/eatmoreapple/openwechat"

	"github.com/weilu-im/weilu/bot/wechat/wechattest"
)

// throughProxy is a transport as a program has it with HTTPS_PROXY and SSL_CERT_FILE.
func throughProxy(t *testing.T, s *wechattest.Server) *http.Transport {
	t.Helper()
	proxyURL, _ := s.Proxy()
	at, err := url.Parse(proxyURL)
	if err != nil {
		t.Fatal(err)
	}
	file, err := s.CAFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the proxy's certificate is none")
	}
	tr := http.DefaultTransport.(*http.Transport).Clone()
	tr.Proxy, tr.TLSClientConfig = http.ProxyURL(at), &tls.Config{RootCAs: roots}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func TestTheClientWorksThroughTheProxy(t *testing.T) {
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	c := newClient(t, s)
	c.Caller.Client.HTTPClient().Transport = throughProxy(t, s)
	if err := c.Login(); err != nil {
		t.Fatal(err)
	}
	g.Say(ming, "hi")
	if _, err := c.next(t).ReplyText("hello"); err != nil {
		t.Fatal(err)
	}
	if sent := s.SentTo(g); len(sent) != 1 || sent[0].Text != "hello" {
		t.Errorf("sent %+v", sent)
	}
	for _, host := range []string{"login.wx.qq.com", "wx.qq.com", "webpush.wx.qq.com"} {
		if !slices.Contains(s.Tunnels(), host) {
			t.Errorf("no tunnel to %s among %v", host, s.Tunnels())
		}
	}
}

func TestTheProxyLeadsNowhereElse(t *testing.T) {
	s := newServer(t, wechattest.Options{})
	tr := throughProxy(t, s)
	if _, err := (&http.Client{Transport: tr}).Get("https://example.com/"); err == nil {
		t.Error("example.com was reached")
	}
	if !slices.Equal(s.Strangers(), []string{"example.com:443"}) {
		t.Errorf("strangers %v", s.Strangers())
	}
}

func TestFaultsReachTheClientThroughTheProxy(t *testing.T) {
	s := newServer(t, wechattest.Options{})
	client := &http.Client{Transport: throughProxy(t, s)}
	const address = "https://login.wx.qq.com/jslogin"
	for _, kind := range []wechattest.Kind{wechattest.LostAnswer, wechattest.Reset} {
		s.Fault(wechattest.Fault{Path: "jslogin", Kind: kind, Times: 1})
		if _, err := client.Get(address); err == nil {
			t.Errorf("%s: an answer came", kind)
		}
	}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cut := make(chan error, 1)
	go func() {
		_, err := client.Get("https://login.wx.qq.com/cgi-bin/mmwebwx-bin/login?uuid=" + s.QRCode())
		cut <- err
	}()
	eventually(t, "a poll waits", func() bool { return len(s.Requests().To("login")) == 1 })
	s.Down()
	if err := <-cut; err == nil {
		t.Error("a poll was answered by a service that is down")
	}
	if _, err := client.Get(address); err == nil {
		t.Error("an answer came while the service was down")
	}
	s.Up()
	if resp, err = client.Get(address); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// TestAFinishedProgramFindsTheProxyInItsEnvironment runs the unmodified client in a process of its own, which knows of
// the server by HTTPS_PROXY and SSL_CERT_FILE only.
func TestAFinishedProgramFindsTheProxyInItsEnvironment(t *testing.T) {
	if os.Getenv("WECHATTEST_PROGRAM") != "" {
		done := make(chan error, 1)
		b := openwechat.NewBot(t.Context())
		openwechat.Desktop.Prepare(b)
		b.MessageHandler = func(m *openwechat.Message) {
			if m.IsText() {
				_, err := m.ReplyText("heard " + m.Content)
				done <- err
			}
		}
		if err := b.Login(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		return
	}
	s := newServer(t, wechattest.Options{AutoScan: true})
	ming := s.Person("小明")
	g := s.Group("大群", ming)
	proxyURL, _ := s.Proxy()
	file, err := s.CAFile(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	program := exec.Command(os.Args[0], "-test.run=^TestAFinishedProgramFindsTheProxyInItsEnvironment$")
	program.Env = append(os.Environ(), "WECHATTEST_PROGRAM=1", "HTTPS_PROXY="+proxyURL, "NO_PROXY=", "no_proxy=", "SSL_CERT_FILE="+file, "SSL_CERT_DIR="+t.TempDir())
	go func() {
		for len(s.Requests().To("synccheck")) == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		g.Say(ming, "hi")
	}()
	if out, err := program.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if sent := s.SentTo(g); len(sent) != 1 || sent[0].Text != "heard hi" {
		t.Errorf("sent %+v", sent)
	}
}
