package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

// Parse reads a plan strictly, and gives a Failure with code 78 for one that it may not act on.
func Parse(text string) (Plan, error) {
	if len(text) > MaxBytes {
		return Plan{}, refuse("it has %d bytes, more than %d", len(text), MaxBytes)
	}
	value, err := strictjson.Parse([]byte(text))
	if err != nil {
		return Plan{}, refuse("%v", err)
	}
	object, err := value.Object()
	if err != nil {
		return Plan{}, refuse("%v", err)
	}
	// First of all: the rest of a later version may look different.
	if err := checkReader(object); err != nil {
		return Plan{}, err
	}
	plan := Plan{Digest: digest(text), Wait: defaultWait}
	if err := plan.read(object); err != nil {
		return Plan{}, refuse("%v", err)
	}
	return plan, nil
}

func refuse(format string, args ...any) error {
	return failure.New(failure.Configuration, "Delete the pod, so that the webhook writes the plan anew",
		"the plan in SLUICE_PLAN cannot be used: "+format, args...)
}

// checkReader is 1.1.
func checkReader(object strictjson.Object) error {
	minReader, err := whole(object, "minReader")
	if err != nil {
		return refuse("%v", err)
	}
	features, err := TextList(object, "critical")
	if err != nil {
		return refuse("%v", err)
	}
	var reasons []string
	if minReader > ReaderVersion {
		reasons = append(reasons, fmt.Sprintf("a reader of version %.0f", minReader))
	}
	unknown := slices.DeleteFunc(features, func(feature string) bool { return slices.Contains(knownFeatures, feature) })
	if len(unknown) > 0 {
		reasons = append(reasons, "the features "+failure.Printable(strings.Join(unknown, ", ")))
	}
	if len(reasons) == 0 {
		return nil
	}
	return failure.New(failure.Configuration, "Upgrade the launcher",
		"the plan in SLUICE_PLAN needs %s; this launcher is of version %d and knows %s",
		strings.Join(reasons, " and "), ReaderVersion, strings.Join(knownFeatures, ", "))
}

func (p *Plan) read(object strictjson.Object) error {
	if _, err := whole(object, "version"); err != nil {
		return err
	}
	var err error
	if p.Container, err = text(object, "container"); err != nil {
		return err
	}
	if p.Container == "" {
		return fmt.Errorf(`"container" is empty`)
	}
	if err := checkVariables(object); err != nil {
		return err
	}
	if _, err := TextList(object, "optional"); err != nil {
		return err
	}
	if source, found := object.Get("source"); found {
		members, err := source.Object()
		if err != nil {
			return fmt.Errorf(`"source": %w`, err)
		}
		return p.readSource(members)
	}
	return nil
}

func checkVariables(object strictjson.Object) error {
	value, found := object.Get("env")
	if !found {
		return fmt.Errorf(`it has no "env"`)
	}
	variables, err := value.Object()
	if err != nil {
		return fmt.Errorf(`"env": %w`, err)
	}
	if len(variables) > MaxVariables {
		return fmt.Errorf("it has %d variables, more than %d", len(variables), MaxVariables)
	}
	for _, variable := range variables {
		if fault := NameFault(variable.Name); fault != "" {
			return fmt.Errorf("the name of a variable %s", fault)
		}
		if _, err := ParseParts(variable.Value); err != nil {
			return fmt.Errorf("variable %q: %w", failure.Printable(variable.Name), err)
		}
	}
	return nil
}

func (p *Plan) readSource(source strictjson.Object) error {
	for name, target := range map[string]*string{
		"serverName": &p.ServerName, "roots": &p.Roots, "token": &p.TokenFile,
	} {
		if _, found := source.Get(name); !found {
			continue
		}
		var err error
		if *target, err = text(source, name); err != nil {
			return err
		}
	}
	if _, found := source.Get("waitSeconds"); found {
		seconds, err := number(source, "waitSeconds")
		if err != nil {
			return err
		}
		if seconds < 0 || seconds > maxWait.Seconds() {
			return fmt.Errorf(`"waitSeconds" is not between 0 and %.0f`, maxWait.Seconds())
		}
		p.Wait = time.Duration(seconds * float64(time.Second))
	}
	return p.readTokens(source)
}

func (p *Plan) readTokens(source strictjson.Object) error {
	value, found := source.Get("tokens")
	if !found {
		return nil
	}
	tokens, err := value.Object()
	if err != nil {
		return fmt.Errorf(`"tokens": %w`, err)
	}
	p.TokenFiles = make(map[string]string, len(tokens))
	for _, token := range tokens {
		if p.TokenFiles[token.Name], err = token.Value.Text(); err != nil {
			return fmt.Errorf(`"tokens": %w`, err)
		}
	}
	return nil
}
