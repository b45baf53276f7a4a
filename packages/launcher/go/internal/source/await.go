package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
)

const (
	firstPause   = 500 * time.Millisecond
	longestPause = 140 * time.Second
	// noticeEvery is how often waiting is told of, after the first time.
	noticeEvery = time.Minute
)

// Await asks until there is an answer, a failure that does not pass, or limit has passed (section 4). A context that ends gives
// its cause.
func Await(ctx context.Context, source Source, limit time.Duration, log report.Reporter) (*answer.Answer, error) {
	began := time.Now()
	var noticed time.Time
	for try := 1; ; try++ {
		given, err := source.Ask(ctx)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err == nil {
			if try > 1 {
				log.Info(fmt.Sprintf("%s answered after %s", source, since(began)))
			}
			return given, nil
		}
		failed, ok := errors.AsType[*failure.Failure](err)
		if !ok || !failed.Retry {
			return nil, err
		}
		left := limit - time.Since(began)
		wait, last := pause(try, failed.After, left)
		if left > 0 && time.Since(noticed) >= noticeEvery {
			noticed = time.Now()
			log.Warn(fmt.Sprintf("%s; trying again for %s", failed.Problem, left.Round(time.Second)))
		}
		if !sleep(ctx, wait) {
			return nil, context.Cause(ctx)
		}
		if last {
			gaveUp := *failed
			gaveUp.Problem = fmt.Sprintf("%s; gave up after %d tries in %s", failed.Problem, try, since(began))
			return nil, &gaveUp
		}
	}
}

// pause gives the wait before retry n, which counts from 1: random, so that a thousand pods do not come back at one moment
// (4.2), and at least what the source asked for (3.7). Where that is more than what is left, there is no further try.
func pause(n int, atLeast, left time.Duration) (wait time.Duration, last bool) {
	if left <= 0 {
		return 0, true
	}
	if atLeast > left {
		return left, true
	}
	most := longestPause
	if n < 10 {
		most = min(most, firstPause<<n)
	}
	most = max(min(most, left), atLeast)
	return atLeast + rand.N(most-atLeast+1), false
}

// sleep tells whether the context lived until its end.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func since(began time.Time) time.Duration { return time.Since(began).Round(100 * time.Millisecond) }
