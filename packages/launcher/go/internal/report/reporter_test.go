package report

import (
	"encoding/json"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

func lines(format string, tell func(Reporter)) []string {
	var written []string
	tell(NewWriter(format, func(line []byte) { written = append(written, string(line)) }))
	return written
}

func TestFailInText(t *testing.T) {
	failed := failure.New(failure.Denied, "Ask for it", "it was %s", "refused")
	failed.Details = []string{"A: why"}
	got := lines("text", func(r Reporter) { r.Fail(failed) })
	if len(got) != 2 || got[0] != "sluice-launch: it was refused → Ask for it\n" || got[1] != "sluice-launch: A: why\n" {
		t.Errorf("%q", got)
	}
}

func TestFailInJSON(t *testing.T) {
	got := lines("json", func(r Reporter) { r.Fail(failure.New(failure.Denied, "Ask", "a \"quoted\"\nline")) })
	var record map[string]any
	if err := json.Unmarshal([]byte(got[0]), &record); err != nil || len(got) != 1 {
		t.Fatalf("%q: %v", got, err)
	}
	for name, want := range map[string]any{
		"level": "error", "logger": "sluice-launch", "message": "a \"quoted\"\nline", "remedy": "Ask", "exitCode": 77.0,
	} {
		if record[name] != want {
			t.Errorf("%s is %v", name, record[name])
		}
	}
}

func TestInfoInJSONHasNoExitCode(t *testing.T) {
	got := lines("json", func(r Reporter) { r.Info("fine") })
	var record map[string]any
	if err := json.Unmarshal([]byte(got[0]), &record); err != nil {
		t.Fatal(err)
	}
	if _, has := record["exitCode"]; has || record["level"] != "info" {
		t.Errorf("%v", record)
	}
}
