package wechattest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// proxy is an HTTPS proxy that ends TLS for WeChat's hosts itself.
type proxy struct {
	s     *Server
	ln    net.Listener
	inner *queue // connections to WeChat, after TLS
	front *http.Server
	back  *http.Server
	ca    *x509.Certificate
	key   *ecdsa.PrivateKey
	pem   []byte
	serve sync.WaitGroup

	mu      sync.Mutex
	certs   map[string]*tls.Certificate
	open    map[net.Conn]bool
	tunnels []string
	closed  bool
}

// Proxy starts a CONNECT proxy in front of the server, at the first call, and returns its URL and, in PEM, the
// certificate of the authority that signed WeChat's certificates behind it. A program with HTTPS_PROXY set to the one
// and SSL_CERT_FILE to a file with the other talks to the server as if it was WeChat. It panics if it cannot listen.
func (s *Server) Proxy() (proxyURL, caPEM string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proxy == nil {
		s.proxy = newProxy(s)
	}
	return "http://" + s.proxy.ln.Addr().String(), string(s.proxy.pem)
}

// CAFile writes the proxy's certificate into a directory and returns the file, for SSL_CERT_FILE.
func (s *Server) CAFile(dir string) (string, error) {
	_, ca := s.Proxy()
	file := filepath.Join(dir, "wechattest-ca.pem")
	if err := os.WriteFile(file, []byte(ca), 0o600); err != nil {
		return "", fmt.Errorf("write the proxy's certificate: %w", err)
	}
	return file, nil
}

// Tunnels are the hosts that were asked for through the proxy, one for each connection.
func (s *Server) Tunnels() []string {
	s.mu.Lock()
	p := s.proxy
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.tunnels...)
}

func newProxy(s *Server) *proxy {
	p := &proxy{s: s, certs: map[string]*tls.Certificate{}, open: map[net.Conn]bool{}}
	p.ca, p.key, p.pem = newCA()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("wechattest: " + err.Error())
	}
	p.ln = ln
	p.inner = &queue{conns: make(chan net.Conn), done: make(chan struct{}), addr: ln.Addr()}
	p.front = &http.Server{Handler: p, ReadHeaderTimeout: 30 * time.Second}
	p.back = &http.Server{Handler: s, ReadHeaderTimeout: 30 * time.Second}
	p.serve.Go(func() { _ = p.front.Serve(ln) })
	p.serve.Go(func() { _ = p.back.Serve(p.inner) })
	return p
}

// ServeHTTP opens tunnels to WeChat's hosts and to no others.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.s.enter() {
		panic(http.ErrAbortHandler)
	}
	defer p.s.running.Done()
	if r.Method != http.MethodConnect || !ours(r.URL.Hostname()) {
		p.s.stranger(r.Host)
		http.Error(w, "this proxy leads to WeChat only", http.StatusForbidden)
		return
	}
	p.mu.Lock()
	p.tunnels = append(p.tunnels, r.URL.Hostname())
	p.mu.Unlock()
	if p.s.isDown() {
		http.Error(w, "nobody listens there", http.StatusBadGateway)
		return
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if !p.keep(conn) {
		_ = conn.Close()
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		p.forget(conn)
		return
	}
	host := r.URL.Hostname()
	secure := tls.Server(&tunnel{Conn: conn, r: buffered.Reader, p: p}, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.certificate(host) },
	})
	// the handshake happens at the first read; Close cuts all that is open
	if !p.inner.put(secure) {
		p.forget(conn)
	}
}

// keep notes an open tunnel, so that it can be cut.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.open[c] = true
	return true
}

func (p *proxy) forget(c net.Conn) {
	p.mu.Lock()
	delete(p.open, c)
	p.mu.Unlock()
	_ = c.Close()
}

// cut ends all tunnels.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
	clear(p.open)
}

func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.cut()
	_ = p.inner.Close()
	_ = p.front.Close()
	_ = p.back.Close()
	p.serve.Wait()
}

// certificate is one for this host, made at its first use.
func (p *proxy) certificate(host string) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.certs[host]; c != nil {
		return c, nil
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(p.certs) + 2)), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: p.ca.NotBefore, NotAfter: p.ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, p.ca, &p.key.PublicKey, p.key)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate for %s: %w", host, err)
	}
	c := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: p.key}
	p.certs[host] = c
	return c, nil
}

// newCA makes an authority that lives for a day.
func newCA() (*x509.Certificate, *ecdsa.PrivateKey, []byte) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("wechattest: " + err.Error())
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "wechattest"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	if err != nil {
		panic("wechattest: " + err.Error())
	}
	return ca, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// tunnel is a connection whose first bytes may have been read already.
type tunnel struct {
	net.Conn
	r *bufio.Reader
	p *proxy
}

func (t *tunnel) Read(b []byte) (int, error) { return t.r.Read(b) }

// Close ends the tunnel.
func (t *tunnel) Close() error {
	t.p.forget(t.Conn)
	return nil
}

// NetConn is the connection below.
func (t *tunnel) NetConn() net.Conn { return t.Conn }

// queue hands connections to an http.Server as a listener would.
type queue struct {
	conns chan net.Conn
	done  chan struct{}
	addr  net.Addr
	once  sync.Once
}

func (q *queue) put(c net.Conn) bool {
	select {
	case q.conns <- c:
		return true
	case <-q.done:
		return false
	}
}

// Accept waits for the next connection.
func (q *queue) Accept() (net.Conn, error) {
	select {
	case c := <-q.conns:
		return c, nil
	case <-q.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (q *queue) Close() error {
	q.once.Do(func() { close(q.done) })
	return nil
}

// Addr is where the proxy listens.
func (q *queue) Addr() net.Addr { return q.addr }
