package main

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/environment"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/inherited"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/source"
)

const checkTimeout = 5 * time.Second

// check tells whether the source is ready. A source that is not is 69, whatever the reason; a plan or address that no waiting
// mends is 78.
func check(start inherited.State) error {
	where, found := environment.Lookup(start.Env, environment.Source)
	if !found {
		return missing(environment.Source)
	}
	var wanted plan.Plan
	if text, found := environment.Lookup(start.Env, environment.Plan); found {
		var err error
		if wanted, err = plan.Parse(text); err != nil {
			return err
		}
	}
	from, err := source.Open(where, wanted)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkTimeout)
	defer cancel()
	err = from.Check(ctx)
	if failed, ok := errors.AsType[*failure.Failure](err); ok {
		failed.Code = failure.Unavailable
		failed.Details = nil
	}
	return err
}
