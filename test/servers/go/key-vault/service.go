package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// service is all the vaults, the directory of those who may log in, and what tests want to know of both.
type service struct {
	signer *rsa.PrivateKey

	mutex        sync.Mutex
	vaults       map[string]*vault
	applications map[string]application
	faults       []*fault
	// calls that were let in, `GET /secrets/NAME`; logins, and what the metadata service was asked, are counted apart.
	calls    []string
	logins   []string
	metadata []string
	underWay int
}

func newService() (*service, error) {
	signer, err := rsa.GenerateKey(rand.Reader, 2048)
	return &service{signer: signer, vaults: map[string]*vault{}, applications: map[string]application{}}, err
}

func (s *service) vault(host string) *vault {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found := s.vaults[host]
	if found == nil {
		found = newVault(host)
		s.vaults[host] = found
	}
	return found
}

// serveNames answers by the host that is asked for: a login service's, or a vault's.
func (s *service) serveNames(w http.ResponseWriter, r *http.Request) {
	if cloud, ok := cloudOfLogin(strings.TrimSuffix(r.Host, ":443")); ok {
		s.serveLogin(cloud, w, r)
		return
	}
	s.serveVault(s.vault(strings.TrimSuffix(r.Host, ":443")), w, r)
}

func (s *service) serveVault(v *vault, w http.ResponseWriter, r *http.Request) {
	caller, err := s.authenticate(v, r)
	if err != nil {
		w.Header().Set("WWW-Authenticate",
			`Bearer authorization="https://`+v.cloud.logins[0]+"/"+tenant+`", resource="`+v.cloud.resource+`"`)
		writeError(w, err)
		return
	}
	if caller.appID != rootID {
		fault, done := s.begin(r)
		defer done()
		if fault != nil {
			fault.serve(w, r)
			return
		}
	}
	response, err := v.answer(caller, r)
	if err != nil {
		writeError(w, err)
		return
	}
	defer response.Body.Close()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, response.Body)
}

var apiVersion = regexp.MustCompile(`^(?:7\.\d|2025-\d\d-\d\d)`)

// answer does what a request asks for, if its caller may.
func (v *vault) answer(caller principal, r *http.Request) (*http.Response, error) {
	asked, err := operationOf(r)
	if err != nil {
		return nil, err
	}
	if !apiVersion.MatchString(r.URL.Query().Get("api-version")) {
		return nil, badParameter("The api-version query parameter is missing or not supported.")
	}
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if err := v.authorize(caller, asked); err != nil {
		return nil, err
	}
	// The generated code goes on in the background when its caller leaves, and would then touch the vault unlocked.
	named := context.WithValue(context.WithoutCancel(r.Context()), runtime.CtxAPINameKey{}, asked.api)
	request := r.WithContext(named)
	// It reads parameters off the address, and a server's request has none of its own.
	address := *r.URL
	address.Scheme, address.Host = "https", v.host
	address.Path = strings.TrimSuffix(address.Path, "/")
	request.URL = &address
	return v.transport(asked, request).Do(request)
}
