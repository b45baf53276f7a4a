package main

import (
	"context"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/command"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/environment"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/inherited"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/source"
)

// execute becomes the command; it returns only when that fails.
func execute(args []string, start inherited.State, log report.Reporter) error {
	if len(args) < 2 || args[0] != "--" {
		return misuse("exec needs -- and a command")
	}
	args = args[1:]
	if err := environment.CheckArguments(args); err != nil {
		return err
	}
	env, err := ask(start, log)
	if err != nil {
		return err
	}
	return command.Exec(args, env, start.RestoreMask)
}

// ask gives the whole environment for the command.
func ask(start inherited.State, log report.Reporter) ([]string, error) {
	ctx, stop := untilSignal(start)
	given, err := await(ctx, start, log)
	// A signal that came until now ends the launcher; one that comes later has its default effect, as it has on a program that
	// is just being started.
	if signalled := stop(); signalled != nil {
		return nil, signalled
	}
	if err != nil {
		return nil, err
	}
	return environment.Fill(start.Env, given)
}

func await(ctx context.Context, start inherited.State, log report.Reporter) (*answer.Answer, error) {
	where, wanted, err := readVariables(start.Env)
	if err != nil {
		return nil, err
	}
	from, err := source.Open(where, wanted)
	if err != nil {
		return nil, err
	}
	return source.Await(ctx, from, wanted.Wait, log)
}

// readVariables reads who is asked for what.
func readVariables(env []string) (where string, wanted plan.Plan, err error) {
	text, found := environment.Lookup(env, environment.Plan)
	if !found {
		return "", plan.Plan{}, missing(environment.Plan)
	}
	if where, found = environment.Lookup(env, environment.Source); !found {
		return "", plan.Plan{}, missing(environment.Source)
	}
	wanted, err = plan.Parse(text)
	return where, wanted, err
}

func missing(name string) error {
	return failure.New(failure.Configuration, "Start it in a container that the webhook has prepared", "the variable %s is not set", name)
}
