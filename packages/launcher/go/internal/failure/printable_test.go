package failure

import (
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain, with ümlaut":      "plain, with ümlaut",
		"two\nlines\r\n":          "two lines",
		"\x1b[31mred\x1b[0m":      "[31mred [0m",
		"right-to-left \u202e":    "right-to-left",
		"broken \xff":             "broken",
		strings.Repeat("x", 2000): strings.Repeat("x", 1000) + " …",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
