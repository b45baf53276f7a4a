package source

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

func TestTrust(t *testing.T) {
	authority := scripted.NewAuthority(t)
	serveAs := func(t *testing.T, leaf scripted.Leaf, version uint16) *scripted.Server {
		config := &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, leaf)}, MaxVersion: version}
		return scripted.NewTLSWith(t, authority.PEM(), config, scripted.Give(200, fine))
	}
	distrusts := func(t *testing.T, server *scripted.Server, wanted plan.Plan, why string) {
		t.Helper()
		source := open(t, server.Address, wanted)
		problem := failed(t, source, failure.Denied, false).Problem
		if !strings.Contains(problem, why) || len(server.Requests()) > 0 {
			t.Errorf("%q", problem)
		}
		if err := source.Check(t.Context()); err == nil {
			t.Error("the check took it")
		}
	}

	t.Run("4.4 ends at once on another name", func(t *testing.T) {
		server := serveAs(t, scripted.Leaf{Name: "other.svc"}, 0)
		distrusts(t, server, planFor(server), "not for the name "+scripted.Name)
	})

	t.Run("4.4 ends at once on another root", func(t *testing.T) {
		server := serveAs(t, scripted.Leaf{Name: scripted.Name}, 0)
		wanted := planFor(server)
		wanted.Roots = scripted.NewAuthority(t).PEM()
		distrusts(t, server, wanted, "does not descend from the roots in the plan")
	})

	t.Run("4.4 ends at once on a certificate that is not valid any more, or not yet", func(t *testing.T) {
		for _, offset := range []time.Duration{-30 * time.Minute, 30 * time.Minute} {
			server := serveAs(t, scripted.Leaf{
				Name: scripted.Name, NotBefore: time.Now().Add(offset - time.Minute), NotAfter: time.Now().Add(offset),
			}, 0)
			distrusts(t, server, planFor(server), "a certificate is valid from")
		}
	})

	t.Run("4.4 takes the plan's name, whatever address is dialled", func(t *testing.T) {
		server := serveAs(t, scripted.Leaf{Name: scripted.Name}, 0)
		source := open(t, server.Address, planFor(server))
		accepted(t, source)
		if err := source.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})

	t.Run("2 speaks no older TLS", func(t *testing.T) {
		server := serveAs(t, scripted.Leaf{Name: scripted.Name}, tls.VersionTLS12)
		failed(t, open(t, server.Address, planFor(server)), failure.Unavailable, true)
	})

	t.Run("5.6 trusts no roots that the environment names, and asks no proxy", func(t *testing.T) {
		server := serveAs(t, scripted.Leaf{Name: scripted.Name}, 0)
		asked := make(chan struct{}, 1)
		proxy := listen(t, func(connection net.Conn) { asked <- struct{}{}; connection.Close() })
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "root.pem"), []byte(authority.PEM()), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("SSL_CERT_FILE", filepath.Join(folder, "root.pem"))
		t.Setenv("SSL_CERT_DIR", folder)
		for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"} {
			t.Setenv(name, "http://"+proxy)
		}
		accepted(t, open(t, server.Address, planFor(server)))
		wanted := planFor(server)
		wanted.Roots = scripted.NewAuthority(t).PEM()
		failed(t, open(t, server.Address, wanted), failure.Denied, false)
		select {
		case <-asked:
			t.Error("asked the proxy")
		default:
		}
	})

	t.Run("1 needs roots and a name for https:", func(t *testing.T) {
		for _, wanted := range []plan.Plan{
			{ServerName: "x"}, {ServerName: "x", Roots: "no PEM"}, {Roots: authority.PEM()},
		} {
			_, err := Open("https://127.0.0.1:1", wanted)
			isFailure(t, err, failure.Configuration, false)
		}
	})
}

// listen hands every connection to serve.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			serve(connection)
		}
	}()
	return listener.Addr().String()
}
