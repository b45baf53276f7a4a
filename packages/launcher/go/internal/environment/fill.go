// Package environment makes the environment that the command gets: sections 3.4, 5.1, 5.2 and 5.5 of the protocol.
package environment

import (
	"strings"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

// The launcher's own variables; no command sees them.
const (
	Plan      = "SLUICE_PLAN"
	Source    = "SLUICE_SOURCE"
	LogFormat = "SLUICE_LOG_FORMAT"
)

// maxEntry is the most bytes of NAME=VALUE: MAX_ARG_STRLEN of the kernel less the end mark (5.5).
const maxEntry = 131_071

// Fill puts an answer into the environment of the start: entries stay in their order, a variable that is set takes the place of
// its first entry, new ones come last, in the answer's order. What has no "=" is no variable and stays.
func Fill(start []string, given *answer.Answer) ([]string, error) {
	set, order, err := assemble(start, given)
	if err != nil {
		return nil, err
	}
	drop := map[string]bool{Plan: true, Source: true, LogFormat: true}
	for _, name := range given.Unset {
		drop[name] = true
	}
	filled := make([]string, 0, len(start)+len(order))
	for _, entry := range start {
		name, value, isVariable := strings.Cut(entry, "=")
		switch made, replaced := set[name]; {
		case !isVariable:
			filled = append(filled, entry)
		case drop[name]:
		case replaced:
			filled = append(filled, made)
			// Whatever entry of that name a program looks at, it must not find an old one.
			drop[name] = true
		case HoldsReference(value):
			return nil, unresolved("variable " + quote(name))
		default:
			filled = append(filled, entry)
		}
	}
	for _, name := range order {
		if !drop[name] {
			filled = append(filled, set[name])
		}
	}
	return filled, checkSizes(filled)
}

// assemble makes NAME=VALUE of every variable that the answer sets.
func assemble(start []string, given *answer.Answer) (set map[string]string, order []string, err error) {
	set = make(map[string]string, len(given.Set))
	order = make([]string, 0, len(given.Set))
	for _, variable := range given.Set {
		var text strings.Builder
		text.WriteString(variable.Name + "=")
		for _, part := range variable.Parts {
			if err := write(&text, variable.Name, part, start); err != nil {
				return nil, nil, err
			}
		}
		set[variable.Name] = text.String()
		order = append(order, variable.Name)
	}
	return set, order, nil
}

func write(text *strings.Builder, name string, part plan.Part, start []string) error {
	if !part.IsVar {
		text.WriteString(part.Text)
		return nil
	}
	value, found := Lookup(start, part.Var)
	if !found {
		return failure.New(failure.Configuration, "Set it in the container's env, or take it out of the plan's text",
			"variable %s is built from %s, which the container does not have", quote(name), quote(part.Var))
	}
	if HoldsReference(value) {
		return unresolved("variable " + quote(part.Var) + ", which " + quote(name) + " is built from,")
	}
	text.WriteString(value)
	return nil
}

// Lookup finds the first entry of a name, as getenv(3) does.
func Lookup(entries []string, name string) (string, bool) {
	for _, entry := range entries {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value, true
		}
	}
	return "", false
}

// CheckArguments is 5.1 for arguments.
func CheckArguments(command []string) error {
	for _, argument := range command {
		if HoldsReference(argument) {
			return failure.New(failure.Configuration, "Put the reference into a variable, and let the command read that",
				"an argument of the command holds a reference, and arguments are never filled: everybody on the machine can read them")
		}
	}
	return nil
}

func checkSizes(entries []string) error {
	for _, entry := range entries {
		if len(entry) > maxEntry {
			name, _, _ := strings.Cut(entry, "=")
			return failure.New(failure.Configuration, "Deliver it as a file",
				"variable %s has %d bytes with its name; the kernel allows %d", quote(name), len(entry), maxEntry)
		}
	}
	return nil
}

func unresolved(where string) error {
	return failure.New(failure.Configuration, "Delete the pod, so that the webhook writes the plan anew, or correct the reference",
		"%s still holds a reference that nothing has resolved", where)
}

func quote(name string) string { return `"` + failure.Printable(name) + `"` }
