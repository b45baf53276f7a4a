package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/inherited"
)

// ending are the signals that end the launcher while it waits. As PID 1 it would not be ended by one without a handler.
var ending = []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT}

// untilSignal gives a context that such a signal ends; one that was ignored at the start, as under nohup, stays so. What stop
// gives is the Failure for a signal that came, nil where none did.
func untilSignal(start inherited.State) (ctx context.Context, stop func() error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	came := make(chan os.Signal, len(ending))
	for _, each := range ending {
		if !start.Ignores(each) {
			signal.Notify(came, each)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for received := range came {
			number := received.(syscall.Signal)
			cancel(failure.New(failure.SignalBase+int(number), "", "ended by signal %d (%v) while it waited", int(number), number))
		}
	}()
	return ctx, func() error {
		// After it nothing more is sent.
		signal.Stop(came)
		close(came)
		<-drained
		return context.Cause(ctx)
	}
}
