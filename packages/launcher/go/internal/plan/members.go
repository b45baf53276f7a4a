package plan

import (
	"fmt"
	"math"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

func text(object strictjson.Object, name string) (string, error) {
	value, found := object.Get(name)
	if !found {
		return "", fmt.Errorf("it has no %q", name)
	}
	text, err := value.Text()
	if err != nil {
		return "", fmt.Errorf("%q: %w", name, err)
	}
	return text, nil
}

func number(object strictjson.Object, name string) (float64, error) {
	value, found := object.Get(name)
	if !found {
		return 0, fmt.Errorf("it has no %q", name)
	}
	number, err := value.Number()
	if err != nil {
		return 0, fmt.Errorf("%q: %w", name, err)
	}
	return number, nil
}

// whole reads a version: a whole number from 1 on.
func whole(object strictjson.Object, name string) (float64, error) {
	number, err := number(object, name)
	if err == nil && (number < 1 || number != math.Trunc(number)) {
		err = fmt.Errorf("%q is not a whole number from 1 on", name)
	}
	return number, err
}

// TextList reads a list of texts; one that is not there is empty.
func TextList(object strictjson.Object, name string) ([]string, error) {
	value, found := object.Get(name)
	if !found {
		return nil, nil
	}
	list, err := value.List()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	texts := make([]string, 0, len(list))
	for _, element := range list {
		text, err := element.Text()
		if err != nil {
			return nil, fmt.Errorf("%q: %w", name, err)
		}
		texts = append(texts, text)
	}
	return texts, nil
}
