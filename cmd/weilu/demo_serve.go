package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"

	"github.com/weilu-im/weilu/bot/schedule"
	"github.com/weilu-im/weilu/community/console"
)

// serve shows the community until ctx ends: the page, the courier, the clock and the sealing of the ledger.
func (d *demo) serve(ctx context.Context, l net.Listener) error {
	url, _ := address(l.Addr())
	d.app.settings.Console = console.Config{Listen: l.Addr().String(), URL: url + consolePath}
	pages, endStreams := d.pages()
	server := &http.Server{
		Handler: pages, ReadHeaderTimeout: 5 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, // no ReadTimeout: it would end streams
	}
	if err := d.app.seal(ctx); err != nil {
		return err
	}
	beside, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	failed := make(chan error, 5)
	running := []func(context.Context) error{
		func(ctx context.Context) error { return d.ground.Run(ctx, d.app.engine) },
		func(context.Context) error { return ignore(server.Serve(l), http.ErrServerClosed) },
	}
	if d.readOnly {
		d.clock.stop()
	} else {
		d.app.settings.desk.serve(time.Now(), d.ground)
		running = append(running, d.moving()...)
	}
	for _, run := range running {
		wg.Go(func() {
			if err := run(beside); err != nil && beside.Err() == nil {
				failed <- err
				stop()
			}
		})
	}
	<-beside.Done()
	endStreams()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if server.Shutdown(last) != nil {
		_ = server.Close() // somebody holds a connection open; they had their second
	}
	wg.Wait()
	close(failed)
	var err error
	for e := range failed {
		err = errors.Join(err, e)
	}
	return errors.Join(err, d.app.seal(context.WithoutCancel(ctx)))
}

// moving is what goes on by itself while a demo is served.
func (d *demo) moving() []func(context.Context) error {
	return []func(context.Context) error{
		d.courier.Run,
		func(ctx context.Context) error {
			return schedule.Run(ctx, d.app.log, func(ctx context.Context, _ time.Time) error {
				return d.app.engine.Advance(ctx, d.clock.Now(), true)
			})
		},
		d.app.sealing,
	}
}

// ignore is err, unless it is harmless.
func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// openBrowser shows the page where there is somebody to see it. That it can't is no error: the address is printed.
func openBrowser(ctx context.Context, url string) {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.CommandContext(ctx, "open", url)
	case "windows":
		cmd = exec.CommandContext(ctx, "rundll32", "url.dll,FileProtocolHandler", url)
	default:
		if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
			return
		}
		cmd = exec.CommandContext(ctx, "xdg-open", url)
	}
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }() // so that it leaves no zombie
	}
}
