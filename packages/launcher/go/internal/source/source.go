package source

import (
	"context"
	"net"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

// Source gives the environment. Errors are *failure.Failure.
type Source interface {
	// Ask makes one try.
	Ask(ctx context.Context) (*answer.Answer, error)
	// Check tells whether the source is ready.
	Check(ctx context.Context) error
	// String is its address, as messages name it.
	String() string
}

// Open makes the Source of an address. To check a source that is not https:, an empty plan will do.
func Open(text string, plan plan.Plan) (Source, error) {
	where, err := parseAddress(text)
	if err != nil {
		return nil, err
	}
	switch where.scheme {
	case "https":
		config, err := tlsConfig(plan)
		if err != nil {
			return nil, err
		}
		connect := func(ctx context.Context) (net.Conn, error) { return dialTLS(ctx, where.hostPort, config) }
		return newRemote("https://"+where.hostPort, connect, plan, checkConnection), nil
	case "unix":
		connect := func(ctx context.Context) (net.Conn, error) { return dial(ctx, "unix", where.path) }
		return newRemote("unix:"+where.path, connect, plan, checkReady), nil
	}
	return file{where.path}, nil
}
