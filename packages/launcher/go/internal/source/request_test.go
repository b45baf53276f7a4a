package source

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

func bodyOf(t *testing.T, request scripted.Request) map[string]any {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(request.Body), &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func TestRequest(t *testing.T) {
	t.Run("2 posts over TLS 1.3 with HTTP/1.1, to a server that could do more", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, fine))
		wanted := planFor(server)
		wanted.TokenFile = write(t, "token", "eyJ.a.b\n", 0o400)
		wanted.TokenFiles = map[string]string{"vault": write(t, "vault", "eyJ.c.d", 0o400)}
		accepted(t, open(t, server.Address, wanted))
		request := server.Requests()[0]
		if request.Method != "POST" || request.Path != "/v1/environment" || request.Protocol != "HTTP/1.1" ||
			request.TLS.Version != tls.VersionTLS13 || request.TLS.ServerName != scripted.Name ||
			request.Authorization != "Bearer eyJ.a.b" || request.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%+v", request)
		}
		body := bodyOf(t, request)
		nonce := body["nonce"]
		delete(body, "nonce")
		want := map[string]any{
			"protocol": 1.0, "reader": 1.0, "features": []any{}, "container": "web", "planDigest": "sha256:00",
			"tokens": map[string]any{"vault": "eyJ.c.d"},
		}
		if !reflect.DeepEqual(body, want) || nonce == nil {
			t.Errorf("%v", body)
		}
	})

	t.Run("2 posts over a Unix socket, without a token where the plan names none", func(t *testing.T) {
		server := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Give(200, fine))
		accepted(t, open(t, server.Address, plan.Plan{Container: "web"}))
		request := server.Requests()[0]
		if _, has := request.Header["Authorization"]; has || request.Method != "POST" || request.Path != "/v1/environment" {
			t.Errorf("%+v", request)
		}
	})

	t.Run("2.1 keeps one nonce of 32 hex digits for a start, and has another for the next", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, fine))
		first := open(t, server.Address, planFor(server))
		accepted(t, first)
		accepted(t, first)
		accepted(t, open(t, server.Address, planFor(server)))
		var nonces []string
		for _, request := range server.Requests() {
			nonces = append(nonces, bodyOf(t, request)["nonce"].(string))
		}
		if nonces[0] != nonces[1] || nonces[0] == nonces[2] || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(nonces[0]) {
			t.Errorf("%v", nonces)
		}
	})

	t.Run("2.2 reads its token files anew for each try", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Answer(scripted.Give(503, ""), scripted.Give(200, fine)))
		wanted := planFor(server)
		wanted.TokenFile = write(t, "token", "one", 0o600)
		wanted.TokenFiles = map[string]string{"vault": wanted.TokenFile}
		source := open(t, server.Address, wanted)
		failed(t, source, failure.Unavailable, true)
		if err := os.WriteFile(wanted.TokenFile, []byte("two"), 0o600); err != nil {
			t.Fatal(err)
		}
		accepted(t, source)
		for index, token := range []string{"one", "two"} {
			request := server.Requests()[index]
			if request.Authorization != "Bearer "+token || bodyOf(t, request)["tokens"].(map[string]any)["vault"] != token {
				t.Errorf("%+v", request)
			}
		}
	})

	t.Run("2.5 ends when a token cannot be read or is none, without showing it", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, fine))
		for content, why := range map[string]string{
			"": "empty", " \n": "empty", "hunter2\nhunter2": "characters", "hunter2\x00": "characters", "hünter2": "characters", "hunter2\"": "characters",
			strings.Repeat("x", maxToken+1): "too large",
		} {
			wanted := planFor(server)
			wanted.TokenFile = write(t, "token", content, 0o600)
			problem := failed(t, open(t, server.Address, wanted), failure.Configuration, false).Problem
			if !strings.Contains(problem, why) || strings.Contains(problem, "nter2") {
				t.Errorf("%q", problem)
			}
		}
		wanted := planFor(server)
		wanted.TokenFile = "/nowhere/token"
		if problem := failed(t, open(t, server.Address, wanted), failure.Configuration, false).Problem; !strings.Contains(problem, "/nowhere/token") {
			t.Errorf("%q", problem)
		}
		if len(server.Requests()) > 0 {
			t.Error("asked without a token")
		}
	})

	t.Run("2.3 sends no body of more than 262,144 bytes", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, fine))
		wanted := planFor(server)
		large := write(t, "token", strings.Repeat("x", maxToken), 0o600)
		wanted.TokenFiles = map[string]string{}
		for audience := range 15 {
			wanted.TokenFiles[strconv.Itoa(audience)] = large
		}
		accepted(t, open(t, server.Address, wanted))
		if len(server.Requests()[0].Body) > 262_144 {
			t.Error("sent too much")
		}
		wanted.TokenFiles["one more"] = large
		failed(t, open(t, server.Address, wanted), failure.Configuration, false)
	})

	t.Run("2.4 tells nothing about references, variables or stores", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, fine))
		wanted, err := plan.Parse(`{"version":1,"minReader":1,"container":"web","env":{"API_KEY":"secret://prod/api"},"source":{"serverName":"x"}}`)
		if err != nil {
			t.Fatal(err)
		}
		wanted.ServerName, wanted.Roots = scripted.Name, server.Roots
		accepted(t, open(t, server.Address, wanted))
		body := bodyOf(t, server.Requests()[0])
		var names []string
		for name := range body {
			names = append(names, name)
		}
		slices.Sort(names)
		want := []string{"container", "features", "nonce", "planDigest", "protocol", "reader", "tokens"}
		if !slices.Equal(names, want) || strings.Contains(server.Requests()[0].Body, "API_KEY") {
			t.Errorf("%v", body)
		}
	})
}

func TestNoRedirectIsFollowed(t *testing.T) {
	other := scripted.NewTLS(t, scripted.Give(200, fine))
	server := scripted.NewTLS(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.Address, 307) })
	failed(t, open(t, server.Address, planFor(server)), failure.Unavailable, false)
	if len(other.Requests()) > 0 {
		t.Error("followed it")
	}
}
