// Package answer reads what a source says: section 3 of the protocol.
package answer

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

// Protocol is the version of the protocol that this launcher speaks.
const Protocol = 1

// MaxBytes bounds an answer (3.1).
const MaxBytes = 2_097_152

// Answer is what the source wants the environment to be.
type Answer struct {
	// Set is in the source's order.
	Set   []Variable
	Unset []string
}

// Variable is a variable's name and the pieces of its text.
type Variable struct {
	Name  string
	Parts []plan.Part
}

// Parse reads a whole answer. Errors are *failure.Failure, but for strictjson.ErrIncomplete: what ends early is for the caller
// to judge, who knows whether it was cut off (3.3).
func Parse(body []byte) (*Answer, error) {
	value, err := strictjson.Parse(body)
	if errors.Is(err, strictjson.ErrIncomplete) {
		return nil, err
	}
	if err != nil {
		return nil, refuse("%v", err)
	}
	object, err := value.Object()
	if err != nil {
		return nil, refuse("%v", err)
	}
	if err := checkVersion(object); err != nil {
		return nil, err
	}
	answer := &Answer{}
	if err := answer.read(object); err != nil {
		return nil, refuse("%v", err)
	}
	return answer, nil
}

// TooLarge is the Failure for a body of more than MaxBytes.
func TooLarge() error { return refuse("it has more than %d bytes", MaxBytes) }

// Incomplete is the Failure for a body that was not cut off, and is no whole JSON all the same.
func Incomplete() error { return refuse("%v", strictjson.ErrIncomplete) }

func refuse(format string, args ...any) error {
	return failure.New(failure.Bug, "Report it to those who run the source, with this line",
		"the source's answer cannot be used: "+format, args...)
}

func checkVersion(object strictjson.Object) error {
	value, found := object.Get("protocol")
	if !found {
		return refuse(`it has no "protocol"`)
	}
	protocol, err := value.Number()
	if err != nil {
		return refuse(`"protocol": %v`, err)
	}
	features, err := plan.TextList(object, "critical")
	if err != nil {
		return refuse("%v", err)
	}
	if protocol == Protocol && len(features) == 0 {
		return nil
	}
	problem := fmt.Sprintf("the source answers in protocol %v", protocol)
	if len(features) > 0 {
		problem += " with the features " + failure.Printable(strings.Join(features, ", "))
	}
	return failure.New(failure.Configuration, "Upgrade the launcher",
		"%s; this launcher speaks protocol %d and knows no features", problem, Protocol)
}

func (a *Answer) read(object strictjson.Object) error {
	value, found := object.Get("env")
	if !found {
		return errors.New(`it has no "env"`)
	}
	variables, err := value.Object()
	if err != nil {
		return fmt.Errorf(`"env": %w`, err)
	}
	set := make(map[string]bool, len(variables))
	a.Set = make([]Variable, 0, len(variables))
	for _, variable := range variables {
		parts, err := parseValue(variable)
		if err != nil {
			return err
		}
		set[variable.Name] = true
		a.Set = append(a.Set, Variable{variable.Name, parts})
	}
	if a.Unset, err = plan.TextList(object, "unset"); err != nil {
		return err
	}
	for _, name := range a.Unset {
		if fault := plan.NameFault(name); fault != "" {
			return fmt.Errorf("the name of a variable %s", fault)
		}
		if set[name] {
			return fmt.Errorf("variable %q is both set and unset", failure.Printable(name))
		}
	}
	return nil
}

func parseValue(variable strictjson.Member) ([]plan.Part, error) {
	if fault := plan.NameFault(variable.Name); fault != "" {
		return nil, fmt.Errorf("the name of a variable %s", fault)
	}
	var parts []plan.Part
	var err error
	if variable.Value.IsObject() {
		parts, err = parseBytes(variable.Value)
	} else {
		parts, err = plan.ParseParts(variable.Value)
	}
	for _, part := range parts {
		if strings.IndexByte(part.Text, 0) >= 0 {
			err = errors.New("its value holds NUL, which no environment can hold")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("variable %q: %w", failure.Printable(variable.Name), err)
	}
	return parts, nil
}

// parseBytes reads a value that is not UTF-8 (3.2).
func parseBytes(value strictjson.Value) ([]plan.Part, error) {
	object, err := value.Object()
	if err != nil {
		return nil, err
	}
	encoded, found := object.Get("base64")
	if !found {
		return nil, errors.New(`it is an object without "base64"`)
	}
	text, err := encoded.Text()
	if err != nil {
		return nil, fmt.Errorf(`"base64": %w`, err)
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errors.New(`"base64" is not base64`)
	}
	return []plan.Part{{Text: string(decoded)}}, nil
}
