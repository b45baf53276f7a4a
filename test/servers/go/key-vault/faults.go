package main

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
)

// fault is what a test has a vault do instead of its work, to everybody but root.
type fault struct {
	// Match is a regular expression of `METHOD /path?query`.
	Match string `json:"match"`
	// Hang: the caller waits until it gives up.
	Hang    bool              `json:"hang"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`

	pattern *regexp.Regexp
}

func (f *fault) serve(w http.ResponseWriter, r *http.Request) {
	if f.Hang {
		// That the caller left is noticed only once all that it sent is read.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		return
	}
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(f.Status)
	_, _ = w.Write(f.Body)
}

// begin counts a call, until the function it returns is called, and tells the fault that meets it.
func (s *service) begin(r *http.Request) (*fault, func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.underWay++
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	done := func() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.underWay--
	}
	for _, each := range s.faults {
		if each.pattern.MatchString(r.Method + " " + r.URL.RequestURI()) {
			return each, done
		}
	}
	return nil, done
}
