package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progress shows how far something is: a bar on a terminal, otherwise a log line every 5 s.
type progress struct {
	bar  *progressbar.ProgressBar
	log  *slog.Logger
	what string
	done int64
	size int64
	told time.Time
}

// newProgress shows the progress of something of the given size, -1 where it is not known.
func newProgress(size int64, what string, log *slog.Logger) *progress {
	p := &progress{log: log, what: what, size: size, told: time.Now()}
	if isatty.IsTerminal(os.Stderr.Fd()) {
		p.bar = progressbar.NewOptions64(size, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(os.Stderr),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p
}

// Write counts bytes.
func (p *progress) Write(b []byte) (int, error) {
	p.add(len(b))
	return len(b), nil
}

func (p *progress) add(n int) {
	p.done += int64(n)
	if p.bar != nil {
		_ = p.bar.Add(n) // a bar that can't be drawn stops nothing
		return
	}
	if time.Since(p.told) >= 5*time.Second {
		p.told = time.Now()
		p.log.Info(p.what, "done", p.done, "of", p.size)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
