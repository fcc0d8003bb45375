package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// every is how often the clock looks whether something is due.
const every = time.Second

// Run calls advance with the present every second, never twice at once, until ctx ends. What fails is tried
// again a second later.
func Run(ctx context.Context, log *slog.Logger, advance func(ctx context.Context, now time.Time) error) error {
	s, err := gocron.NewScheduler()
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	_, err = s.NewJob(gocron.DurationJob(every), gocron.NewTask(func() {
		if err := advance(ctx, time.Now()); err != nil && ctx.Err() == nil {
			log.Error("schedule", "err", err)
		}
	}), gocron.WithSingletonMode(gocron.LimitModeReschedule), gocron.WithStartAt(gocron.WithStartImmediately()))
	if err != nil {
		return errors.Join(fmt.Errorf("schedule: %w", err), s.Shutdown())
	}
	s.Start()
	<-ctx.Done()
	return s.Shutdown()
}
