// Injector is what starts containers without a broker: it reads each secret from OpenBao by itself, over TLS, and becomes the
// command. The mode says how: "sequential", one after another over one connection; "concurrent", all at once, over one
// connection (HTTP/2); "connections", all at once over at most four. It takes the login for granted where BAO_TOKEN
// is set, else it logs in with the service account's token in BAO_TOKEN_FILE, one request more.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
)

const prefix = "bao:"

func main() {
	mode, command := os.Args[1], os.Args[2:]
	client := newClient(mode)
	token := os.Getenv("BAO_TOKEN")
	if token == "" {
		token = login(client)
	}
	environment := os.Environ()
	var all sync.WaitGroup
	for index, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		path, wanted := strings.CutPrefix(value, prefix)
		if !wanted {
			continue
		}
		fill := func() { environment[index] = name + "=" + read(client, token, path) }
		if mode == "sequential" {
			fill()
		} else {
			all.Go(fill)
		}
	}
	all.Wait()
	fail(syscall.Exec(command[0], command, environment))
}

func newClient(mode string) *http.Client {
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(os.Getenv("BAO_CACERT"))
	fail(err)
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	switch mode {
	case "concurrent":
		transport.ForceAttemptHTTP2 = true
		transport.MaxConnsPerHost = 1
	case "connections":
		transport.MaxConnsPerHost = 4
	}
	return &http.Client{Transport: transport}
}

func login(client *http.Client) string {
	jwt, err := os.ReadFile(os.Getenv("BAO_TOKEN_FILE"))
	fail(err)
	body, _ := json.Marshal(map[string]string{"role": "web", "jwt": string(jwt)})
	var answer struct {
		Auth struct {
			Token string `json:"client_token"`
		}
	}
	request, err := http.NewRequest(http.MethodPost, os.Getenv("BAO_ADDR")+"/v1/auth/kubernetes/login", bytes.NewReader(body))
	fail(err)
	send(client, request, &answer)
	return answer.Auth.Token
}

func read(client *http.Client, token, path string) string {
	request, err := http.NewRequest(http.MethodGet, os.Getenv("BAO_ADDR")+"/v1/"+path, nil)
	fail(err)
	request.Header.Set("X-Vault-Token", token)
	var answer struct {
		Data struct{ Data struct{ Value string } }
	}
	send(client, request, &answer)
	return answer.Data.Data.Value
}

func send(client *http.Client, request *http.Request, answer any) {
	response, err := client.Do(request)
	fail(err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		fail(fmt.Errorf("%s: %s", request.URL.Path, response.Status))
	}
	fail(json.NewDecoder(response.Body).Decode(answer))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
