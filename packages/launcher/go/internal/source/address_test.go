package source

import (
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

func TestAddress(t *testing.T) {
	for text, want := range map[string]address{
		"https://10.0.0.1:8443": {"https", "10.0.0.1:8443", ""},
		"https://b.svc/":        {"https", "b.svc:443", ""},
		"https://[::1]:1":       {"https", "[::1]:1", ""},
		"unix:/run/s.sock":      {"unix", "", "/run/s.sock"},
		"unix:///run/s.sock":    {"unix", "", "/run/s.sock"},
		"file:/a b%20":          {"file", "", "/a b%20"},
		"file:///a":             {"file", "", "/a"},
	} {
		if got, err := parseAddress(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "hunter2", "http://b.svc", "https:", "https://", "https:/b", "https:b", "https://:1", "https://b:0", "https://b:65536",
		"https://b:x", "https://u:hunter2@b", "https://b/path", "https://b?q", "https://b#f", "https://b\x00", "HTTPS://",
		"unix:", "unix:relative", "unix:@abstract", "unix://host/path", "unix:/x\x00", "file:", "file:relative", "file:\x00",
		"unix:/" + strings.Repeat("x", 107), "file:/" + strings.Repeat("x", 5000),
	} {
		_, err := parseAddress(text)
		if problem := isFailure(t, err, failure.Configuration, false).Problem; strings.Contains(problem, "hunter2") {
			t.Errorf("quotes: %q", problem)
		}
	}
}
