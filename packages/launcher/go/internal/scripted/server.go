package scripted

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Name is what a server's certificate is for, unless a test says otherwise.
const Name = "broker.test.svc"

// Request is what a server was asked.
type Request struct {
	Method, Path, Protocol, Authorization, Body string
	Header                                      http.Header
	TLS                                         *tls.ConnectionState
}

// Server notes what it is asked.
type Server struct {
	// Address is for SLUICE_SOURCE.
	Address string
	Roots   string

	lock     sync.Mutex
	requests []Request
}

// Answer gives one answer after another; the last one for ever.
func Answer(answers ...http.HandlerFunc) http.HandlerFunc {
	var lock sync.Mutex
	next := 0
	return func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		answer := answers[min(next, len(answers)-1)]
		next++
		lock.Unlock()
		answer(w, r)
	}
}

// Give answers with a status and a body.
func Give(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Raw writes bytes to the connection and closes it.
func Raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(connection, strings.ReplaceAll(text, "\n", "\r\n"))
		connection.Close()
	}
}

// NewTLS starts a server with the certificate of a new authority.
func NewTLS(t *testing.T, handler http.HandlerFunc) *Server {
	t.Helper()
	authority := NewAuthority(t)
	return NewTLSWith(t, authority.PEM(), &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, Leaf{Name: Name})}}, handler)
}

// NewTLSWith starts a server with a configuration of the test's own.
func NewTLSWith(t *testing.T, roots string, config *tls.Config, handler http.HandlerFunc) *Server {
	t.Helper()
	server := &Server{Roots: roots}
	started := httptest.NewUnstartedServer(server.note(handler))
	started.TLS = config
	started.EnableHTTP2 = true
	started.Config.ErrorLog = silent()
	started.StartTLS()
	t.Cleanup(started.Close)
	server.Address = started.URL
	return server
}

// NewUnix starts a server on a socket.
func NewUnix(t *testing.T, path string, handler http.HandlerFunc) *Server {
	t.Helper()
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Address: "unix:" + path}
	started := &httptest.Server{Listener: listener, Config: &http.Server{Handler: server.note(handler), ErrorLog: silent()}}
	started.Start()
	t.Cleanup(started.Close)
	return server
}

// Requests is what was asked so far.
func (s *Server) Requests() []Request {
	s.lock.Lock()
	defer s.lock.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) note(handler http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.lock.Lock()
		s.requests = append(s.requests, Request{
			r.Method, r.URL.Path, r.Proto, r.Header.Get("Authorization"), string(body), r.Header.Clone(), r.TLS,
		})
		s.lock.Unlock()
		handler(w, r)
	})
}

// Hold answers when until is closed.
func Hold(until <-chan struct{}) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { <-until }
}
