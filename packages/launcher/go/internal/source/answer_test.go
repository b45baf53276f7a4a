package source

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

func serve(t *testing.T, handler http.HandlerFunc) Source {
	t.Helper()
	server := scripted.NewTLS(t, handler)
	return open(t, server.Address, planFor(server))
}

// padded is an answer of exactly size bytes.
func padded(size int) string {
	const start, end = `{"protocol":1,"env":{"A":"`, `"}}`
	return start + strings.Repeat("x", size-len(start)-len(end)) + end
}

func chunked(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = w.Write([]byte(body))
	}
}

func TestAnswer(t *testing.T) {
	t.Run("3 takes an answer of known and of unknown length", func(t *testing.T) {
		accepted(t, serve(t, scripted.Give(200, fine)))
		accepted(t, serve(t, chunked(fine)))
		accepted(t, serve(t, scripted.Raw("HTTP/1.1 200 OK\nConnection: close\n\n"+fine)))
	})

	t.Run("3.1 takes 2,097,152 bytes and refuses one more", func(t *testing.T) {
		for _, handler := range []func(string) http.HandlerFunc{
			chunked, func(body string) http.HandlerFunc { return scripted.Give(200, body) },
		} {
			accepted(t, serve(t, handler(padded(answer.MaxBytes))))
			failed(t, serve(t, handler(padded(answer.MaxBytes+1))), failure.Bug, false)
		}
	})

	t.Run("3.1 refuses an answer that is endless", func(t *testing.T) {
		endless := func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}
		failed(t, serve(t, endless), failure.Bug, false)
	})

	t.Run("3.1 refuses an answer that is compressed", func(t *testing.T) {
		failed(t, serve(t, scripted.Give(200, "\x1f\x8b\x08")), failure.Bug, false)
	})

	t.Run("3.1 refuses an answer that is whole and no JSON", func(t *testing.T) {
		failed(t, serve(t, scripted.Give(200, "")), failure.Bug, false)
		failed(t, serve(t, scripted.Give(200, fine[:20])), failure.Bug, false)
		failed(t, serve(t, chunked(fine[:20])), failure.Bug, false)
		failed(t, serve(t, scripted.Give(200, "<html>")), failure.Bug, false)
	})

	t.Run("3.3 counts a body that ends early as a failed connection", func(t *testing.T) {
		for name, raw := range map[string]string{
			"promised more":               "HTTP/1.1 200 OK\nContent-Length: 999\n\n" + fine,
			"cut within a chunk":          "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nff\n" + fine,
			"cut between chunks":          "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\n{}\n",
			"cut, of unknown length":      "HTTP/1.1 200 OK\nConnection: close\n\n" + fine[:30],
			"nothing, of unknown length":  "HTTP/1.1 200 OK\nConnection: close\n\n",
			"cut within the head":         "HTTP/1.1 200 OK\nContent-Le",
			"no answer":                   "",
			"a refusal that is cut":       "HTTP/1.1 403 Forbidden\nContent-Length: 999\n\n{\"protocol\":1",
			"a refusal of unknown length": "HTTP/1.1 403 Forbidden\nConnection: close\n\n{\"protocol\":1,\"error\":{",
		} {
			t.Run(name, func(t *testing.T) { failed(t, serve(t, scripted.Raw(raw)), failure.Unavailable, true) })
		}
	})

	t.Run("3.5 shows no token that the source gives back", func(t *testing.T) {
		server := scripted.NewTLS(t, func(w http.ResponseWriter, r *http.Request) {
			scripted.Give(403, `{"protocol":1,"error":{"kind":"denied","message":"`+r.Header.Get("Authorization")+` eyJ.vault",
				"remedy":"eyJ.vault","failures":[{"message":"eyJ.vault"}]}}`)(w, r)
		})
		wanted := planFor(server)
		wanted.TokenFile = write(t, "token", "eyJ.self", 0o600)
		wanted.TokenFiles = map[string]string{"vault": write(t, "vault", "eyJ.vault", 0o600)}
		refused := failed(t, open(t, server.Address, wanted), failure.Denied, false)
		shown := refused.Problem + refused.Remedy + strings.Join(refused.Details, "")
		if strings.Contains(shown, "eyJ") || strings.Count(shown, "[token]") != 4 {
			t.Errorf("%q", shown)
		}
	})

	t.Run("3.6 ends with the code of the kind, and waits by the status", func(t *testing.T) {
		body := `{"protocol":1,"error":{"kind":"denied","message":"no"}}`
		failed(t, serve(t, scripted.Give(403, body)), failure.Denied, false)
		failed(t, serve(t, scripted.Give(503, body)), failure.Denied, true)
		failed(t, serve(t, scripted.Give(503, "")), failure.Unavailable, true)
		failed(t, serve(t, scripted.Give(429, "")), failure.Deadline, true)
		failed(t, serve(t, scripted.Give(418, "")), failure.Unavailable, false)
	})

	t.Run("3.7 reads Retry-After in seconds, and nothing else", func(t *testing.T) {
		for text, want := range map[string]time.Duration{
			"7": 7 * time.Second, "0": 0, "": 0, "-1": 0, "1.5": 0, "x": 0, "Fri, 31 Dec 1999 23:59:59 GMT": 0,
			strconv.Itoa(1 << 31): 1 << 31 * time.Second, "99999999999999999999": 0,
		} {
			source := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", text)
				w.WriteHeader(503)
			})
			if after := failed(t, source, failure.Unavailable, true).After; after != want {
				t.Errorf("%q: %v", text, after)
			}
		}
	})
}
