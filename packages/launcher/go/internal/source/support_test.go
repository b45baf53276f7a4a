package source

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

const fine = `{"protocol":1,"critical":[],"env":{"A":"x"},"unset":[]}`

func planFor(server *scripted.Server) plan.Plan {
	return plan.Plan{Container: "web", Digest: "sha256:00", ServerName: scripted.Name, Roots: server.Roots}
}

func open(t *testing.T, address string, plan plan.Plan) Source {
	t.Helper()
	source, err := Open(address, plan)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func accepted(t *testing.T, source Source) *answer.Answer {
	t.Helper()
	given, err := source.Ask(context.Background())
	if err != nil || len(given.Set) != 1 || given.Set[0].Name != "A" {
		t.Fatalf("%+v, %v", given, err)
	}
	return given
}

func failed(t *testing.T, source Source, code int, retry bool) *failure.Failure {
	t.Helper()
	_, err := source.Ask(context.Background())
	return isFailure(t, err, code, retry)
}

func isFailure(t *testing.T, err error, code int, retry bool) *failure.Failure {
	t.Helper()
	failed, ok := errors.AsType[*failure.Failure](err)
	if !ok || failed.Code != code || failed.Retry != retry {
		t.Fatalf("%v: %+v", err, failed)
	}
	return failed
}

func write(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}
