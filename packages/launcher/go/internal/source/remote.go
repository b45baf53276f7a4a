package source

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

const maxHeader = 64 << 10

// remote is a source that is spoken to: the broker, or the pod's sidecar.
type remote struct {
	name    string
	connect func(context.Context) (net.Conn, error)
	client  *http.Client
	request request
	check   func(context.Context, *remote) error
}

func newRemote(
	name string, connect func(context.Context) (net.Conn, error), plan plan.Plan,
	check func(context.Context, *remote) error,
) *remote {
	// The scheme is always http: what connect gives is secured already, or a socket of the pod's own. A connection serves one
	// try: a later one finds the address anew.
	transport := &http.Transport{
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return connect(ctx) },
		Proxy:                  nil,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
	}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &remote{name, connect, client, newRequest(plan), check}
}

func (r *remote) String() string { return r.name }

// Ask is sections 2 and 3, once.
func (r *remote) Ask(ctx context.Context) (*answer.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTimeout)
	defer cancel()
	request, tokens, err := r.request.prepare(ctx, r.name)
	if err != nil {
		return nil, err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, explain(r.name, err)
	}
	defer response.Body.Close()
	body, err := readBody(response)
	if errors.Is(err, errTooLarge) {
		return nil, answer.TooLarge()
	}
	if err != nil {
		return nil, explain(r.name, err)
	}
	if response.StatusCode == http.StatusOK {
		return r.accept(body, response)
	}
	return nil, r.refusal(body, response, tokens)
}

func (r *remote) accept(body []byte, response *http.Response) (*answer.Answer, error) {
	given, err := answer.Parse(body)
	if !errors.Is(err, strictjson.ErrIncomplete) {
		return given, err
	}
	if isFramed(response) {
		return nil, answer.Incomplete()
	}
	return nil, endedEarly(r.name)
}

func (r *remote) refusal(body []byte, response *http.Response, tokens []string) error {
	if _, err := strictjson.Parse(body); errors.Is(err, strictjson.ErrIncomplete) && len(body) > 0 && !isFramed(response) {
		return endedEarly(r.name)
	}
	// 3.5 is the source's duty; a source that gives a token back is not helped in spreading it.
	for _, token := range tokens {
		body = bytes.ReplaceAll(body, []byte(token), []byte("[token]"))
	}
	refused := answer.ParseRefusal(r.name, response.StatusCode, body)
	if seconds, err := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 32); err == nil {
		refused.After = time.Duration(seconds) * time.Second
	}
	return refused
}

// Check tells whether the source is ready.
func (r *remote) Check(ctx context.Context) error { return r.check(ctx, r) }

// checkConnection goes as far as the handshake: the broker answers nobody without a token.
func checkConnection(ctx context.Context, r *remote) error {
	connection, err := r.connect(ctx)
	if err != nil {
		return explain(r.name, err)
	}
	return connection.Close()
}

func checkReady(ctx context.Context, r *remote) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL+"/v1/ready", nil)
	if err != nil {
		return err
	}
	response, err := r.client.Do(request)
	if err != nil {
		return explain(r.name, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return failure.New(failure.Unavailable, "", "%s is not ready: status %d", r.name, response.StatusCode)
	}
	return nil
}
