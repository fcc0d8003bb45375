package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/weilu-im/weilu/config"
	"github.com/weilu-im/weilu/config/database"
)

type demoCmd struct {
	Addr   string `help:"Address to listen on." default:"127.0.0.1:8737"`
	NoOpen bool   `help:"Don't open the browser."`

	ReadOnly bool     `help:"For many visitors: everything can be looked at, nothing changes, and time stands still."`
	Host     []string `help:"A name under which a proxy asks for the demo." placeholder:"NAME"`

	given map[string]bool // the flags that were on the command line
}

// AfterApply remembers which flags were given, rather than left at their defaults.
func (cmd *demoCmd) AfterApply(line *kong.Context) error {
	cmd.given = map[string]bool{}
	for _, p := range line.Path {
		if p.Flag != nil && !p.Resolved {
			cmd.given[p.Flag.Name] = true
		}
	}
	return nil
}

// Run opens a seeded community in the browser. Without --data it lives in a temporary directory and ends with
// the program. A weilu.yaml that lies about and the environment are not read: they belong to a real community.
func (cmd *demoCmd) Run(ctx context.Context, g *Globals) (err error) {
	s, _, err := loadFrom(config.Source{File: g.Config, Set: g.Set})
	if err != nil {
		return err
	}
	if g.Config == "" {
		s.dress()
	}
	l, err := cmd.listen(ctx)
	if err != nil {
		return err
	}
	defer l.Close() // closed by the server already, unless it never started
	dir := g.Data
	if !cmd.given["data"] {
		if dir, err = os.MkdirTemp("", "weilu-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	d, err := openDemo(ctx, s, g.logger(), dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.app.close()) }()
	url, host := address(l.Addr())
	d.hosts, d.readOnly = append([]string{host}, cmd.Host...), cmd.ReadOnly
	if err := d.fill(ctx, time.Now()); err != nil {
		return err
	}
	fmt.Println("Weilu demo: " + url)
	fmt.Println("its console: " + url + consolePath + "/visit")
	if !cmd.NoOpen {
		openBrowser(ctx, url)
	}
	return d.serve(ctx, l)
}

// listen takes the address. Where the default one is taken, any free port will do.
func (cmd *demoCmd) listen(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", cmd.Addr)
	if err == nil {
		return l, nil
	}
	if cmd.given["addr"] {
		return nil, fmt.Errorf("%s can't be listened on: %w", cmd.Addr, err)
	}
	host, _, splitErr := net.SplitHostPort(cmd.Addr)
	if splitErr != nil {
		return nil, splitErr
	}
	free, freeErr := lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if freeErr != nil {
		return nil, errors.Join(err, freeErr)
	}
	fmt.Fprintf(os.Stderr, "weilu: %s is taken, so a free port is used\n", cmd.Addr)
	return free, nil
}

// address is what a browser on this machine asks for, and the host in it.
func address(listening net.Addr) (url, host string) {
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String(), ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port), host
}

// dress gives the settings the look of the brand in the story.
func (s *settings) dress() {
	s.Community.Name = "半山壶"
	s.Rules.Title = "半山壶社区公约"
	s.Rules.Lines = []string{
		"友善交流，新手的问题都值得认真回答", "分享真实体验，好的坏的都欢迎，不发广告和刷屏",
		"照片和故事先问过本人再转发，群里的话留在群里", "上山前看天气，垃圾自己带下山", "器具有问题找阿北，其他事找林岚，我们都在",
	}
	s.Shop.Goods = demoGoods()
}

// lockDir takes a directory for this process.
func lockDir(dir string) (func() error, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	return database.Lock(dir)
}
