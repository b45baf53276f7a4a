package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Object is an object's members in their order.
type Object []Member

// Get gives the member of exactly that name.
func (o Object) Get(name string) (Value, bool) {
	for _, member := range o {
		if member.Name == name {
			return member.Value, true
		}
	}
	return Value{}, false
}

// Object gives the members of an object, and refuses a name that stands in it twice.
func (v Value) Object() (Object, error) {
	if v.raw[0] != '{' {
		return nil, v.not("an object")
	}
	var object Object
	seen := map[string]struct{}{}
	err := v.each(func(item Value, rest []byte) ([]byte, error) {
		name, err := item.Text()
		if err != nil {
			return nil, err
		}
		if _, twice := seen[name]; twice {
			return nil, errors.New("a name stands twice in one object")
		}
		seen[name] = struct{}{}
		value, rest := next(rest)
		object = append(object, Member{name, value})
		return rest, nil
	})
	return object, err
}

// List gives the elements of a list.
func (v Value) List() ([]Value, error) {
	if v.raw[0] != '[' {
		return nil, v.not("a list")
	}
	var list []Value
	err := v.each(func(item Value, rest []byte) ([]byte, error) {
		list = append(list, item)
		return rest, nil
	})
	return list, err
}

// Text gives a text, with its escapes undone. It shares no memory with the document.
func (v Value) Text() (string, error) {
	if v.raw[0] != '"' {
		return "", v.not("a text")
	}
	inner := v.raw[1 : len(v.raw)-1]
	for _, char := range inner {
		if char == '\\' {
			var text string
			err := json.Unmarshal(v.raw, &text)
			return text, err
		}
	}
	return string(inner), nil
}

// Number gives a number.
func (v Value) Number() (float64, error) {
	if first := v.raw[0]; first != '-' && (first < '0' || first > '9') {
		return 0, v.not("a number")
	}
	var number float64
	if err := json.Unmarshal(v.raw, &number); err != nil {
		return 0, errors.New("a number is too large")
	}
	return number, nil
}

// IsText tells whether the value is a text.
func (v Value) IsText() bool { return v.raw[0] == '"' }

// IsObject tells whether the value is an object.
func (v Value) IsObject() bool { return v.raw[0] == '{' }

func (v Value) not(what string) error {
	is := "true or false"
	switch first := v.raw[0]; {
	case first == '{':
		is = "an object"
	case first == '[':
		is = "a list"
	case first == '"':
		is = "a text"
	case first == 'n':
		is = "null"
	case strings.IndexByte("-0123456789", first) >= 0:
		is = "a number"
	}
	return fmt.Errorf("it is %s, not %s", is, what)
}

// each walks a list, or an object's names; use takes what follows an item and gives what is left of it.
func (v Value) each(use func(item Value, rest []byte) ([]byte, error)) error {
	for rest := skip(v.raw[1:]); rest[0] != '}' && rest[0] != ']'; rest = skip(rest) {
		item, after := next(rest)
		var err error
		if rest, err = use(item, after); err != nil {
			return err
		}
	}
	return nil
}

// skip passes over what stands between values.
func skip(data []byte) []byte {
	for isSpace(data[0]) || data[0] == ',' || data[0] == ':' {
		data = data[1:]
	}
	return data
}

// next cuts the first value off data, which is valid JSON.
func next(data []byte) (Value, []byte) {
	data = skip(data)
	end, depth := 0, 0
	for ; ; end++ {
		switch char := data[end]; {
		case char == '"':
			for end++; data[end] != '"'; end++ {
				if data[end] == '\\' {
					end++
				}
			}
		case char == '{' || char == '[':
			depth++
			continue
		case char == '}' || char == ']':
			depth--
		case depth > 0 || !endsLiteral(data[end+1:]):
			continue
		}
		if depth == 0 {
			return Value{data[:end+1]}, data[end+1:]
		}
	}
}

// endsLiteral tells whether a number, true, false or null ends before rest.
func endsLiteral(rest []byte) bool {
	return len(rest) == 0 || isSpace(rest[0]) || strings.IndexByte(",:}]", rest[0]) >= 0
}
