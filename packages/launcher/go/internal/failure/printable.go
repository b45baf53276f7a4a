package failure

import (
	"strings"
	"unicode"
)

// maxText is the most of a foreign text that is shown, in bytes.
const maxText = 1000

// Printable makes a text from outside fit for one line of a log: no line breaks, no control or format characters (a terminal
// would obey them), bounded.
func Printable(text string) string {
	cut := len(text) > maxText
	if cut {
		text = text[:maxText]
	}
	text = strings.Map(func(char rune) rune {
		if !unicode.IsPrint(char) || char == unicode.ReplacementChar {
			return ' '
		}
		return char
	}, text)
	text = strings.TrimSpace(text)
	if cut {
		text += " …"
	}
	return text
}
