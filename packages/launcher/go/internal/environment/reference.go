package environment

import "strings"

const (
	scheme   = "secret://"
	embedded = "${secret://"
)

// HoldsReference tells whether a text holds a reference that nobody has resolved (5.1).
func HoldsReference(text string) bool {
	return strings.HasPrefix(text, scheme) || strings.Contains(text, embedded)
}
