package plan

import (
	"errors"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

// Part is a piece of a variable's text: text, or what the container's own environment has under a name.
type Part struct {
	Text  string
	Var   string
	IsVar bool
}

// ParseParts reads a text, or a list of texts and of {"var": NAME}.
func ParseParts(value strictjson.Value) ([]Part, error) {
	if value.IsText() {
		text, err := value.Text()
		return []Part{{Text: text}}, err
	}
	list, err := value.List()
	if err != nil {
		return nil, errors.New("it is neither a text nor a list")
	}
	parts := make([]Part, 0, len(list))
	for _, element := range list {
		part, err := parsePart(element)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

func parsePart(element strictjson.Value) (Part, error) {
	if element.IsText() {
		text, err := element.Text()
		return Part{Text: text}, err
	}
	object, err := element.Object()
	if err != nil {
		return Part{}, errors.New(`an element of its list is neither a text nor {"var": NAME}`)
	}
	value, found := object.Get("var")
	if !found {
		return Part{}, errors.New(`an element of its list has no "var"`)
	}
	name, err := value.Text()
	return Part{Var: name, IsVar: true}, err
}
