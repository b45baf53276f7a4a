package source

import (
	"io"
	"os"
	"strings"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

// Bounds of 2.5.
const (
	maxToken        = 16_384
	tokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~+/=-"
)

// readToken reads a token's file. It fails for good: the kubelet has put the file there before the container starts.
func readToken(path string) (string, error) {
	refuse := func(why string) error {
		return failure.New(failure.Configuration, "Check that the token's volume is mounted, and readable by the container's user",
			"the token in %s cannot be used: %s", failure.Printable(path), why)
	}
	opened, err := os.Open(path)
	if err != nil {
		return "", refuse(reason(err))
	}
	defer opened.Close()
	content, err := io.ReadAll(io.LimitReader(opened, maxToken+1))
	if err != nil {
		return "", refuse(reason(err))
	}
	token := strings.TrimSpace(string(content))
	switch {
	case len(content) > maxToken:
		return "", refuse("the file is too large for a token")
	case token == "":
		return "", refuse("the file is empty")
	case strings.ContainsFunc(token, func(char rune) bool { return !strings.ContainsRune(tokenCharacters, char) }):
		return "", refuse("it holds characters that no token has")
	}
	return token, nil
}
