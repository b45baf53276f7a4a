package environment

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

func given(t *testing.T, members string) *answer.Answer {
	t.Helper()
	parsed, err := answer.Parse([]byte(`{"protocol":1,` + members + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func refused(t *testing.T, start []string, members, name string) {
	t.Helper()
	_, err := Fill(start, given(t, members))
	failed, ok := errors.AsType[*failure.Failure](err)
	if !ok || failed.Code != failure.Configuration || !strings.Contains(failed.Problem, name) ||
		strings.Contains(failed.Problem, "hunter2") {
		t.Errorf("%v", err)
	}
}

func TestFill(t *testing.T) {
	check := func(t *testing.T, start []string, members string, want ...string) {
		t.Helper()
		if got, err := Fill(start, given(t, members)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, %v", got, err)
		}
	}

	t.Run("5.2 leaves every other variable as it is, in its order", func(t *testing.T) {
		start := []string{"Z=1", "", "odd", "A=a=b", "=x", "Z=2", "my.var=", "M=one\ntwo\xff", "Z=1", "SLUICE_OTHER=kept"}
		check(t, start, `"env":{}`, start...)
	})

	t.Run("5.2 removes its own variables, every one of them", func(t *testing.T) {
		start := []string{"SLUICE_PLAN=secret://x", "A=1", "SLUICE_SOURCE=s", "SLUICE_LOG_FORMAT=json", "SLUICE_PLAN=", "SLUICE_PLANS=2"}
		check(t, start, `"env":{}`, "A=1", "SLUICE_PLANS=2")
	})

	t.Run("5.2 sets in place, appends what is new in the answer's order, and removes", func(t *testing.T) {
		start := []string{"A=old", "B=b", "OLD=1", "A=older", "OLD=2"}
		check(t, start, `"env":{"Z":"z","A":"new","C":""},"unset":["OLD","NEVER"]`, "A=new", "B=b", "Z=z", "C=")
	})

	t.Run("3.2 gives bytes as they are", func(t *testing.T) {
		check(t, nil, `"env":{"B":{"base64":"/+8="},"E":"\u0024(HOME) \ud83d\ude00"}`, "B=\xff\xef", "E=$(HOME) 😀")
	})

	t.Run("3.4 fills in from the environment of the start", func(t *testing.T) {
		start := []string{"HOST=first", "HOST=second", "A=old", "BYTES=\xff", "SLUICE_SOURCE=s"}
		check(t, start, `"env":{"A":"new","URL":["p://",{"var":"HOST"},":",{"var":"A"},{"var":"BYTES"}]},"unset":["HOST"]`,
			"A=new", "BYTES=\xff", "URL=p://first:old\xff")
	})

	t.Run("3.4 refuses a name that is not there", func(t *testing.T) {
		refused(t, []string{"HOSTS=x", "HOST"}, `"env":{"URL":["hunter2",{"var":"HOST"}]}`, `"HOST"`)
	})

	t.Run("5.1 refuses a variable that no answer has set and that holds a reference", func(t *testing.T) {
		for _, value := range []string{"secret://", "secret://prod/db", "x${secret://prod/db}", "$${secret://prod/db}", "${secret://"} {
			refused(t, []string{"URL=" + value}, `"env":{"A":"hunter2"}`, `"URL"`)
			// Nor may one come in by another name.
			refused(t, []string{"URL=" + value}, `"env":{"URL":"x","A":["hunter2",{"var":"URL"}]}`, `"URL"`)
			check(t, []string{"URL=" + value}, `"env":{"URL":"x"}`, "URL=x")
			check(t, []string{"URL=" + value}, `"env":{},"unset":["URL"]`)
		}
	})

	t.Run("5.1 takes what only looks like one, and whatever an answer sets", func(t *testing.T) {
		start := []string{"A=my secret://x", "B=$secret://x", "C=Secret://x", "secret://x=1"}
		check(t, start, `"env":{"D":"secret://x"}`, append(start, "D=secret://x")...)
	})

	t.Run("5.1 refuses an argument that holds a reference", func(t *testing.T) {
		for _, argument := range []string{"secret://a/b", "--url=${secret://a/b}"} {
			if err := CheckArguments([]string{"app", argument}); err == nil || strings.Contains(err.Error(), argument) {
				t.Errorf("%v", err)
			}
		}
		if err := CheckArguments([]string{"app", "--url=secret://a", "$secret://"}); err != nil {
			t.Error(err)
		}
	})

	t.Run("5.5 refuses a variable of more than 131,071 bytes, by name", func(t *testing.T) {
		fits := strings.Repeat("x", 131_071-len("BIG="))
		check(t, nil, `"env":{"BIG":"`+fits+`"}`, "BIG="+fits)
		refused(t, nil, `"env":{"BIG":"hunter2`+fits[6:]+`"}`, `"BIG"`)
		refused(t, []string{"BIG=hunter2" + fits[6:]}, `"env":{}`, `"BIG"`)
	})
}
