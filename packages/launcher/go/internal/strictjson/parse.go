// Package strictjson reads JSON without the standard library's leniency: names match exactly, a name stands once in its
// object, text is valid Unicode, nesting is bounded. No error quotes what was read.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxDepth is how deep objects and lists may nest.
const MaxDepth = 32

// ErrIncomplete is given for text that would be JSON if it went on.
var ErrIncomplete = errors.New("it ends early")

// Value is a JSON value that is known to be valid. It shares the bytes that it was parsed from.
type Value struct{ raw []byte }

// Parse checks data as a whole, which must be exactly one JSON value.
func Parse(data []byte) (Value, error) {
	if !utf8.Valid(data) {
		return Value{}, errors.New("it is not UTF-8")
	}
	if err := checkNesting(data); err != nil {
		return Value{}, err
	}
	if !json.Valid(data) {
		return Value{}, explain(data)
	}
	start, end := 0, len(data)
	for isSpace(data[start]) {
		start++
	}
	for isSpace(data[end-1]) {
		end--
	}
	return Value{data[start:end]}, nil
}

func explain(data []byte) error {
	var ignored json.RawMessage
	switch err := json.NewDecoder(bytes.NewReader(data)).Decode(&ignored); {
	case err == nil:
		return errors.New("something follows its end")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrIncomplete
	default:
		return errors.New("it is not JSON")
	}
}

// checkNesting looks at brackets and escapes only; what else is wrong shows later.
func checkNesting(data []byte) error {
	depth := 0
	for at := 0; at < len(data); at++ {
		switch data[at] {
		case '{', '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("it nests deeper than %d", MaxDepth)
			}
		case '}', ']':
			depth--
		case '"':
			end, err := checkText(data, at)
			if err != nil {
				return err
			}
			at = end
		}
	}
	return nil
}

// checkText gives where the text that begins at start ends, and refuses halves of surrogate pairs: the standard library
// would put U+FFFD in their place and so change a value silently.
func checkText(data []byte, start int) (int, error) {
	at := start + 1
	for ; at < len(data) && data[at] != '"'; at++ {
		if data[at] != '\\' {
			continue
		}
		at++
		unit, ok := codeUnit(data, at)
		if !ok || unit < 0xD800 || unit > 0xDFFF {
			continue
		}
		low, ok := codeUnit(data, at+6)
		if unit > 0xDBFF || !ok || data[at+5] != '\\' || low < 0xDC00 || low > 0xDFFF {
			return 0, fmt.Errorf("it has half a surrogate pair at byte %d", at)
		}
		at += 6
	}
	return at, nil
}

// codeUnit reads uXXXX at a position.
func codeUnit(data []byte, at int) (unit int, ok bool) {
	if at+5 > len(data) || data[at] != 'u' {
		return 0, false
	}
	for _, digit := range data[at+1 : at+5] {
		switch {
		case digit >= '0' && digit <= '9':
			unit = unit<<4 | int(digit-'0')
		case digit|0x20 >= 'a' && digit|0x20 <= 'f':
			unit = unit<<4 | int(digit|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}

func isSpace(char byte) bool {
	return char == ' ' || char == '\t' || char == '\n' || char == '\r'
}
