package answer

import (
	"fmt"
	"strings"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

// maxDetails bounds how many failures of single references are shown.
const maxDetails = 20

// kindOf and codeOf are the table of section 3.
var kindOf = map[int]string{
	400: "usage", 405: "usage", 411: "usage", 413: "usage", 415: "usage",
	401: "denied", 403: "denied", 409: "denied",
	404: "not-found",
	422: "configuration",
	429: "deadline",
	500: "bug",
	502: "unavailable", 503: "unavailable", 504: "unavailable",
}

var codeOf = map[string]int{
	"usage":         failure.Usage,
	"denied":        failure.Denied,
	"not-found":     failure.NotFound,
	"configuration": failure.Configuration,
	"deadline":      failure.Deadline,
	"bug":           failure.Bug,
	"unavailable":   failure.Unavailable,
}

// ParseRefusal makes a Failure of an answer that is not 200 (3.6). Of the body only what section 3 defines is shown.
func ParseRefusal(source string, status int, body []byte) *failure.Failure {
	kind, listed := kindOf[status]
	if !listed {
		kind = "unavailable"
	}
	failed := &failure.Failure{Code: codeOf[kind], Retry: status == 429 || status >= 502 && status <= 504}
	failed.Problem = fmt.Sprintf("%s answered with status %d", source, status)
	told, ok := parseError(body)
	if !ok {
		failed.Remedy = remedyOf(kind)
		return failed
	}
	if code, known := codeOf[told.text("kind")]; known {
		kind, failed.Code = told.text("kind"), code
	}
	failed.Problem = fmt.Sprintf("%s refused (%s): %s", source, join(", ", kind, told.text("reason")), told.text("message"))
	failed.Remedy = told.text("remedy")
	failed.Details = told.details()
	return failed
}

func remedyOf(kind string) string {
	switch kind {
	case "denied":
		return "Check that the pod's service account may read what its plan refers to"
	case "unavailable":
		return "Check that SLUICE_SOURCE is the source's address, and look at the source's log"
	}
	return "Look at the source's log"
}

type members strictjson.Object

// parseError finds the error in a body of section 3; false for any other body.
func parseError(body []byte) (members, bool) {
	value, err := strictjson.Parse(body)
	if err != nil {
		return nil, false
	}
	object, err := value.Object()
	if err != nil {
		return nil, false
	}
	protocol, found := object.Get("protocol")
	if !found {
		return nil, false
	}
	if version, err := protocol.Number(); err != nil || version != Protocol {
		return nil, false
	}
	told, found := object.Get("error")
	if !found {
		return nil, false
	}
	inner, err := told.Object()
	return members(inner), err == nil
}

// text gives a member fit to be shown, "" where it is none.
func (m members) text(name string) string {
	value, found := strictjson.Object(m).Get(name)
	if !found {
		return ""
	}
	text, err := value.Text()
	if err != nil {
		return ""
	}
	return failure.Printable(text)
}

func (m members) details() []string {
	value, found := strictjson.Object(m).Get("failures")
	if !found {
		return nil
	}
	list, err := value.List()
	if err != nil {
		return nil
	}
	var details []string
	for index, element := range list {
		if index == maxDetails {
			return append(details, fmt.Sprintf("and %d more", len(list)-maxDetails))
		}
		if object, err := element.Object(); err == nil {
			one := members(object)
			why := join(", ", one.text("status"), one.text("reason"))
			details = append(details, join(": ", one.text("variable"), one.text("reference"), why, one.text("message")))
		}
	}
	return details
}

func join(separator string, texts ...string) string {
	kept := texts[:0:0]
	for _, text := range texts {
		if text != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, separator)
}
