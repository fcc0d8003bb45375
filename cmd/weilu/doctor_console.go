package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/weilu-im/weilu/bot/wechat"
	"github.com/weilu-im/weilu/community/console"
	"github.com/weilu-im/weilu/community/system"
	"github.com/weilu-im/weilu/config/database"
)

// checkEnvironment looks at what the WeChat transport would be stopped by.
func checkEnvironment(dir string, now time.Time) system.Finding {
	proxy, err := wechat.CheckEnvironment()
	if err != nil {
		return system.Found("transport", system.Fail, "environment", "Err", err)
	}
	if why, at, ok := wechat.LastStop(dir); ok {
		return system.Found("transport", system.Warn, "halted", "Why", why, "Age", now.Sub(at))
	}
	if proxy != "" {
		return system.Found("transport", system.OK, "proxied", "Proxy", proxy)
	}
	return system.Found("transport", system.OK, "plain")
}

// probeTakes is how long the console may take to answer a probe.
const probeTakes = 3 * time.Second

// checkConsole asks the running bot how it is, or looks whether its address is free.
func checkConsole(ctx context.Context, g *Globals, s *settings) system.Finding {
	if s.Console.Listen == "" {
		return system.Found("console", system.Warn, "off")
	}
	ctx, cancel := context.WithTimeout(ctx, probeTakes)
	defer cancel()
	if _, held, err := database.Holder(g.Data); err == nil && held {
		if listen, ok := g.consoleListens(); ok {
			return askConsole(ctx, listen)
		}
	}
	listen := dialable(s.Console.Listen)
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", listen)
	if err != nil {
		return system.Found("console", system.OK, "free", "Addr", s.Console.Listen)
	}
	_ = conn.Close() // nothing was said
	if s.Console.Listen == console.DefaultListen {
		return system.Found("console", system.Warn, "taken", "Addr", s.Console.Listen)
	}
	return system.Found("console", system.Fail, "busy", "Addr", s.Console.Listen)
}

// consoleListens is what the console of the running bot listens at.
func (g *Globals) consoleListens() (string, bool) {
	noted, err := os.ReadFile(filepath.Join(g.Data, consoleNote))
	if err != nil {
		return "", false
	}
	_, listen, _ := strings.Cut(strings.TrimSpace(string(noted)), "\n")
	return listen, listen != ""
}

// dialable is where something that listens at an address is reached from this machine.
func dialable(listen string) string { return strings.TrimPrefix(console.Address(listen), "http://") }

// askConsole asks the probes of a running bot.
func askConsole(ctx context.Context, listen string) system.Finding {
	status, body, err := probe(ctx, listen, "/healthz")
	if err != nil || status != http.StatusOK || strings.TrimSpace(string(body)) != "ok" {
		return system.Found("console", system.Fail, "silent", "Addr", listen)
	}
	status, body, err = probe(ctx, listen, "/readyz")
	if err == nil && status == http.StatusOK {
		return system.Found("console", system.OK, "ours", "Addr", listen)
	}
	var answer struct{ Reasons []console.Reason }
	if err != nil || json.Unmarshal(body, &answer) != nil {
		return system.Found("console", system.Fail, "silent", "Addr", listen)
	}
	var reasons []string
	for _, r := range answer.Reasons {
		reasons = append(reasons, r.Check+" "+r.Code)
	}
	return system.Found("console", system.Fail, "unready", "Addr", listen, "Reasons", strings.Join(reasons, ", "))
}

// probe asks without any proxy: it is this machine.
func probe(ctx context.Context, listen, path string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+dialable(listen)+path, nil)
	if err != nil {
		return 0, nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("ask %s: %w", path, err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}
