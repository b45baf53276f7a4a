package source

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

// Bounds of 4.3. Connecting is finding the address and TCP; the handshake counts towards the whole try, since a source that
// has much to do is slow with it.
const (
	connectTimeout = 5 * time.Second
	tryTimeout     = 30 * time.Second
)

func dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: connectTimeout, KeepAlive: -1, Resolver: &net.Resolver{PreferGo: true}}
	return dialer.DialContext(ctx, network, address)
}

func dialTLS(ctx context.Context, hostPort string, config *tls.Config) (net.Conn, error) {
	plain, err := dial(ctx, "tcp", hostPort)
	if err != nil {
		return nil, err
	}
	secured := tls.Client(plain, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		plain.Close()
		return nil, err
	}
	return secured, nil
}

// tlsConfig trusts the plan's roots and name and nothing else: no root of the image's, no file that a variable names.
func tlsConfig(plan plan.Plan) (*tls.Config, error) {
	refuse := func(what string) error {
		return failure.New(failure.Configuration, "Delete the pod, so that the webhook writes the plan anew",
			"the plan in SLUICE_PLAN cannot be used: an https: source needs %s", what)
	}
	if plan.ServerName == "" {
		return nil, refuse(`"serverName"`)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(plan.Roots)) {
		return nil, refuse(`a certificate in "roots"`)
	}
	return &tls.Config{
		RootCAs:            roots,
		ServerName:         plan.ServerName,
		MinVersion:         tls.VersionTLS13,
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: false,
	}, nil
}
