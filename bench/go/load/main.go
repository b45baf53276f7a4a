// Load starts as many containers as it is told, as launchers would: one TLS connection and one request each, tried again as
// docs/spec/protocol-v1.md, section 4, says. It reads what to do from standard input, and writes what came of it to standard output.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

type task struct {
	URL, ServerName, Roots string
	// PerSecond is how many start in a second, 0 for all at once.
	PerSecond float64
	Starts    []start
}

type start struct{ Token, Container, PlanDigest string }

// outcome of one start. Times are in milliseconds.
type outcome struct {
	// Try is from connecting to the end of the answer, of the try that was answered.
	Try float64 `json:"try"`
	// Whole is from when it was to begin, so that a generator that falls behind does not hide it.
	Whole float64 `json:"whole"`
	Tries int     `json:"tries"`
	Error string  `json:"error,omitempty"`
}

func main() {
	var given task
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(given.Roots))
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: given.ServerName, MinVersion: tls.VersionTLS13},
	}}
	outcomes := make([]outcome, len(given.Starts))
	began := time.Now()
	var all sync.WaitGroup
	for index, one := range given.Starts {
		due := began
		if given.PerSecond > 0 {
			due = began.Add(time.Duration(float64(index) / given.PerSecond * float64(time.Second)))
		}
		all.Go(func() {
			time.Sleep(time.Until(due))
			outcomes[index] = ask(client, given.URL, one, due)
		})
	}
	all.Wait()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"outcomes": outcomes, "seconds": time.Since(began).Seconds()})
}

func ask(client *http.Client, url string, one start, due time.Time) outcome {
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	body, _ := json.Marshal(map[string]any{
		"protocol": 1, "reader": 1, "features": []string{}, "container": one.Container,
		"nonce": hex.EncodeToString(nonce[:]), "planDigest": one.PlanDigest,
	})
	for try := 1; ; try++ {
		began := time.Now()
		status, after, problem := once(client, url, one.Token, body)
		result := outcome{Try: ms(time.Since(began)), Whole: ms(time.Since(due)), Tries: try}
		if status == http.StatusOK {
			return result
		}
		passes := status == 0 || status == 429 || status >= 502 && status <= 504
		if !passes || time.Since(due) > 5*time.Minute {
			result.Error = fmt.Sprintf("%d %s", status, problem)
			return result
		}
		most := max(min(140*time.Second, 500*time.Millisecond<<min(try, 20)), after)
		time.Sleep(after + mathrand.N(most-after+1))
	}
}

// once gives status 0 for a connection that failed.
func once(client *http.Client, url, token string, body []byte) (status int, after time.Duration, problem string) {
	request, err := http.NewRequest(http.MethodPost, url+"/v1/environment", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return 0, 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, 0, err.Error()
	}
	if response.StatusCode == http.StatusOK {
		return response.StatusCode, 0, ""
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return response.StatusCode, time.Duration(seconds) * time.Second, string(text)
}

func ms(duration time.Duration) float64 { return float64(duration.Microseconds()) / 1000 }
