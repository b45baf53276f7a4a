package source

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

const (
	baseURL = "http://source"
	// maxRequest is what a source takes (2.3).
	maxRequest = 262_144
)

// request is section 2: the same in every try but for the tokens.
type request struct {
	container, digest, nonce string
	tokenFile                string
	tokenFiles               map[string]string
}

type requestBody struct {
	Protocol   int               `json:"protocol"`
	Reader     int               `json:"reader"`
	Features   []string          `json:"features"`
	Container  string            `json:"container"`
	Nonce      string            `json:"nonce"`
	PlanDigest string            `json:"planDigest"`
	Tokens     map[string]string `json:"tokens"`
}

func newRequest(plan plan.Plan) request {
	var nonce [16]byte
	// It never fails: without randomness the runtime ends the program.
	_, _ = rand.Read(nonce[:])
	return request{plan.Container, plan.Digest, hex.EncodeToString(nonce[:]), plan.TokenFile, plan.TokenFiles}
}

// prepare reads the tokens (2.2) and gives them too, so that no message shows them.
func (r request) prepare(ctx context.Context, source string) (*http.Request, []string, error) {
	body := requestBody{
		Protocol: answer.Protocol, Reader: plan.ReaderVersion, Features: []string{},
		Container: r.container, Nonce: r.nonce, PlanDigest: r.digest, Tokens: map[string]string{},
	}
	var tokens []string
	for audience, path := range r.tokenFiles {
		token, err := readToken(path)
		if err != nil {
			return nil, nil, err
		}
		body.Tokens[audience] = token
		tokens = append(tokens, token)
	}
	// Texts and numbers can always be encoded.
	encoded, _ := json.Marshal(body)
	if len(encoded) > maxRequest {
		return nil, nil, failure.New(failure.Configuration, "Give the container fewer tokens",
			"the request to %s would have %d bytes, more than %d", source, len(encoded), maxRequest)
	}
	prepared, err := http.NewRequestWithContext(ctx, http.MethodPost, baseURL+"/v1/environment", bytes.NewReader(encoded))
	if err != nil {
		return nil, nil, failure.New(failure.Bug, "Report it", "the request to %s could not be made", source)
	}
	prepared.Header.Set("Content-Type", "application/json")
	prepared.Header.Set("Accept", "application/json")
	prepared.Header.Set("User-Agent", "sluice-launch")
	if r.tokenFile != "" {
		token, err := readToken(r.tokenFile)
		if err != nil {
			return nil, nil, err
		}
		prepared.Header.Set("Authorization", "Bearer "+token)
		tokens = append(tokens, token)
	}
	return prepared, tokens, nil
}
