package strictjson

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                      "",
		"white space":                  " \n",
		"text after the value":         "{} x",
		"a second value":               "{}{}",
		"a comment":                    "{} // why",
		"a trailing comma":             `{"a":1,}`,
		"single quotes":                "{'a':1}",
		"bytes that are not UTF-8":     "{\"a\":\"\xff\"}",
		"a high surrogate alone":       `{"a":"\ud800"}`,
		"a low surrogate alone":        `{"a":"\udc00"}`,
		"two high surrogates":          `{"a":"\ud800\ud800"}`,
		"a surrogate and another char": `{"a":"\ud800xxxxxxx"}`,
		"a surrogate at the very end":  `"\ud800`,
		"an escape at the very end":    `"\`,
		"too deep nesting":             strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
		"a million open brackets":      strings.Repeat("[", 1<<20),
		"closing brackets":             "]]",
		"a control character":          "\"\x01\"",
		"NaN":                          "NaN",
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("took %s", name)
		}
	}
}

func TestParseTellsWhatEndsEarly(t *testing.T) {
	whole := `{"env":{"A":"x\u0041"},"list":[1,true]}`
	for length := range len(whole) {
		if _, err := Parse([]byte(whole[:length])); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%q: %v", whole[:length], err)
		}
	}
	if _, err := Parse([]byte(whole + "x")); err == nil || errors.Is(err, ErrIncomplete) {
		t.Errorf("a wrong end: %v", err)
	}
}

func TestParseQuotesNothing(t *testing.T) {
	for _, text := range []string{`{"hunter2":hunter2}`, "\"hunter2\xff\"", `{"hunter2":1,"hunter2":2}`} {
		value, err := Parse([]byte(text))
		if err == nil {
			_, err = value.Object()
		}
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}

func TestNamesMatchExactlyAndOnce(t *testing.T) {
	value, err := Parse([]byte(`{"ENV":1,"env ":2}`))
	if err != nil {
		t.Fatal(err)
	}
	object, err := value.Object()
	if _, found := object.Get("env"); found || err != nil {
		t.Errorf("found env: %v", err)
	}
	for _, text := range []string{`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`} {
		value, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := value.Object(); err == nil {
			t.Errorf("took %s", text)
		}
	}
}

func TestKindsAreKept(t *testing.T) {
	for _, text := range []string{`null`, `true`, `1`, `"1"`, `[]`, `{}`} {
		value, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		_, isNumber := value.Number()
		_, isText := value.Text()
		_, isList := value.List()
		_, isObject := value.Object()
		taken := 0
		for _, err := range []error{isNumber, isText, isList, isObject} {
			if err == nil {
				taken++
			}
		}
		if want := strings.Count(`1"1"[]{}`, text); taken != min(want, 1) {
			t.Errorf("%s was taken for %d kinds", text, taken)
		}
	}
	if value, err := Parse([]byte("1e999")); err != nil {
		t.Fatal(err)
	} else if _, err := value.Number(); err == nil {
		t.Error("took 1e999")
	}
}

// FuzzParse holds the splitting against encoding/json.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":"x\\\"}","b":[1,-2.5e3,{"c":null}],"d":{"e":[]},"f":true}`,
		` [ "a" , [ ] , { } , 1 ] `, `"\ud83d\ude00"`, `{"":{"":""}}`, `0`, `[[],[[]]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		value, err := Parse(data)
		if err != nil {
			return
		}
		var want any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Skip() // a number that no float64 holds
		}
		if got, ok := rebuild(value); ok && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, not %v", data, got, want)
		}
	})
}

// rebuild makes of a value what encoding/json would; false where a name stands twice.
func rebuild(value Value) (any, bool) {
	switch {
	case value.IsText():
		text, err := value.Text()
		return text, err == nil
	case value.IsObject():
		object, err := value.Object()
		made := map[string]any{}
		for _, member := range object {
			inner, ok := rebuild(member.Value)
			if !ok {
				return nil, false
			}
			made[member.Name] = inner
		}
		return made, err == nil
	case value.raw[0] == '[':
		list, err := value.List()
		made := []any{}
		for _, element := range list {
			inner, ok := rebuild(element)
			if !ok {
				return nil, false
			}
			made = append(made, inner)
		}
		return made, err == nil
	case value.raw[0] == 'n':
		return nil, true
	case value.raw[0] == 't' || value.raw[0] == 'f':
		return value.raw[0] == 't', true
	}
	number, err := value.Number()
	return number, err == nil
}
