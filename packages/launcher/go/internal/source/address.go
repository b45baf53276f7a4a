// Package source asks for an environment: sections 2, 3, 4 and 6 of the protocol, the launcher's part.
package source

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

const (
	maxAddress = 4096
	// maxSocketPath is what sockaddr_un holds, less its end mark.
	maxSocketPath = 107
)

// address is what SLUICE_SOURCE says.
type address struct {
	scheme string
	// hostPort is of https:, path of unix: and file:.
	hostPort, path string
}

func parseAddress(text string) (address, error) {
	if len(text) > maxAddress {
		return address{}, refuseAddress("it has %d bytes, more than %d", len(text), maxAddress)
	}
	switch scheme, rest, _ := strings.Cut(text, ":"); scheme {
	case "https":
		return parseHTTPS(text)
	case "unix", "file":
		path := rest
		if after, found := strings.CutPrefix(rest, "//"); found {
			path = after
		}
		if !strings.HasPrefix(path, "/") || strings.IndexByte(path, 0) >= 0 {
			return address{}, refuseAddress("%s: needs an absolute path", scheme)
		}
		if scheme == "unix" && len(path) > maxSocketPath {
			return address{}, refuseAddress("the path of a socket has at most %d bytes, this one %d", maxSocketPath, len(path))
		}
		return address{scheme: scheme, path: path}, nil
	}
	return address{}, refuseAddress("it begins with none of https:, unix: and file:")
}

func parseHTTPS(text string) (address, error) {
	parsed, err := url.Parse(text)
	if err != nil {
		// What the parser says quotes the text.
		return address{}, refuseAddress("it is not a URL")
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.Opaque != "" ||
		(parsed.Path != "" && parsed.Path != "/") {
		return address{}, refuseAddress("https: takes a host and a port, and nothing else")
	}
	host, port := parsed.Hostname(), parsed.Port()
	if port == "" {
		port = "443"
	}
	if number, err := strconv.Atoi(port); host == "" || err != nil || number < 1 || number > 65_535 {
		return address{}, refuseAddress("it has no host, or a port that is none")
	}
	return address{scheme: "https", hostPort: net.JoinHostPort(host, port)}, nil
}

func refuseAddress(format string, args ...any) error {
	return failure.New(failure.Configuration, "Delete the pod, so that the webhook writes it anew",
		"the address in SLUICE_SOURCE cannot be used: "+format, args...)
}
