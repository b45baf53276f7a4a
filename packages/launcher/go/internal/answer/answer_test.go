package answer

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

func refused(t *testing.T, text string, code int) *failure.Failure {
	t.Helper()
	_, err := Parse([]byte(text))
	failed, ok := errors.AsType[*failure.Failure](err)
	if !ok || failed.Code != code || failed.Retry || failed.Remedy == "" {
		t.Fatalf("%.200q: %v %+v", text, err, failed)
	}
	if strings.Contains(failed.Problem, "hunter2") {
		t.Errorf("quotes a value: %q", failed.Problem)
	}
	return failed
}

func TestAnswer(t *testing.T) {
	t.Run("3 reads texts, lists and bytes in their order", func(t *testing.T) {
		got, err := Parse([]byte(`{"protocol":1,"critical":[],"new":0,"env":{
			"Z":"\u0024{x}","BINARY":{"base64":"/wA8"},"B64":{"base64":"/w==","new":1},
			"A":["p",{"var":"H","new":1},""],"EMPTY":"","NONE":[]},"unset":["OLD"]}`))
		if err == nil {
			t.Fatal("took NUL")
		}
		got, err = Parse([]byte(`{"protocol":1,"critical":[],"new":0,"env":{
			"Z":"\u0024{x}","B64":{"base64":"/w==","new":1},"A":["p",{"var":"H","new":1},""],"EMPTY":"","NONE":[]},"unset":["OLD"]}`))
		want := &Answer{
			Set: []Variable{
				{"Z", []plan.Part{{Text: "${x}"}}},
				{"B64", []plan.Part{{Text: "\xff"}}},
				{"A", []plan.Part{{Text: "p"}, {Var: "H", IsVar: true}, {}}},
				{"EMPTY", []plan.Part{{}}},
				{"NONE", []plan.Part{}},
			},
			Unset: []string{"OLD"},
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
	})

	t.Run("3.1 refuses a feature that it does not know, and names it", func(t *testing.T) {
		failed := refused(t, `{"protocol":1,"critical":["files"],"env":{"A":"hunter2"}}`, failure.Configuration)
		if !strings.Contains(failed.Problem, "files") {
			t.Errorf("%q", failed.Problem)
		}
	})

	t.Run("3.1 refuses another protocol, and names it", func(t *testing.T) {
		failed := refused(t, `{"protocol":2,"env":{"A":"hunter2"}}`, failure.Configuration)
		if !strings.Contains(failed.Problem, "protocol 2") {
			t.Errorf("%q", failed.Problem)
		}
	})

	t.Run("3.1 refuses what is not of this shape", func(t *testing.T) {
		for _, text := range []string{
			`null`, `[]`, `"hunter2"`, `{}`, `{"protocol":1}`, `{"env":{}}`, `{"protocol":"1","env":{}}`,
			`{"protocol":1,"env":[]}`, `{"protocol":1,"env":{"A":1}}`, `{"protocol":1,"env":{"A":null}}`,
			`{"protocol":1,"env":{"A":{"value":"hunter2"}}}`, `{"protocol":1,"env":{"A":{"base64":"hunter2"}}}`,
			`{"protocol":1,"env":{"A":{"base64":"aHVudGVyMg"}}}`, `{"protocol":1,"env":{"A":{"base64":"/x=="}}}`,
			`{"protocol":1,"env":{"A":{"base64":1}}}`, `{"protocol":1,"env":{"A":["hunter2",1]}}`,
			`{"protocol":1,"env":{"A":[{"base64":""}]}}`, `{"protocol":1,"env":{"A":[{"var":["hunter2"]}]}}`,
			`{"protocol":1,"env":{"A":"hunter2","A":"hunter2"}}`, `{"protocol":1,"env":{},"unset":"A"}`,
			`{"protocol":1,"env":{},"unset":[1]}`, `{"protocol":1,"env":{},"critical":1}`,
			`{"protocol":1,"env":{"A":"hunter2"},"unset":["A"]}`, `{"protocol":1,"env":{"A":"hunter2"}} x`,
			"{\"protocol\":1,\"env\":{\"A\":\"\xffhunter2\"}}", `{"protocol":1,"env":{"A":"hunter2\ud800"}}`,
		} {
			refused(t, text, failure.Bug)
		}
	})

	t.Run("3.1 refuses a name that 1.5 forbids", func(t *testing.T) {
		for _, name := range []string{"", "SLUICE_PLAN", "A=B", `A\u0000`} {
			refused(t, `{"protocol":1,"env":{"`+name+`":"hunter2"}}`, failure.Bug)
			refused(t, `{"protocol":1,"env":{},"unset":["`+name+`"]}`, failure.Bug)
		}
	})

	t.Run("3.2 refuses a value with NUL", func(t *testing.T) {
		for _, value := range []string{`"hunter2\u0000"`, `{"base64":"aHVudGVyMgA="}`, `["hunter2\u0000"]`} {
			failed := refused(t, `{"protocol":1,"env":{"PASSWORD":`+value+`}}`, failure.Bug)
			if !strings.Contains(failed.Problem, "PASSWORD") {
				t.Errorf("%q", failed.Problem)
			}
		}
	})

	t.Run("3.3 tells what ends early from what is wrong", func(t *testing.T) {
		if _, err := Parse([]byte(`{"protocol":1,"env":{"A":"hunt`)); !errors.Is(err, strictjson.ErrIncomplete) {
			t.Error(err)
		}
	})
}

const refusal = `{"protocol":1,"error":{"kind":"KIND","reason":"not-authorized","message":"service account shop/web may not",
	"remedy":"Let the list\nname it","failures":[{"variable":"DATABASE_URL","reference":"secret://prod/db#password",
	"status":"denied","reason":"not-authorized","message":"no\u001b[31m"}, 1, {}]}}`

func TestRefusal(t *testing.T) {
	codes := map[int]int{
		400: 64, 405: 64, 411: 64, 413: 64, 415: 64, 401: 77, 403: 77, 409: 77, 404: 66, 422: 78, 429: 75, 500: 70,
		502: 69, 503: 69, 504: 69,
		// Not listed.
		100: 69, 204: 69, 301: 69, 402: 69, 418: 69, 501: 69, 505: 69, 599: 69,
	}

	t.Run("3.6 ends with the code of the status where there is no such body", func(t *testing.T) {
		for status, code := range codes {
			for _, body := range []string{"", "<html>hunter2</html>", "{}", `{"protocol":2,"error":{"kind":"usage"}}`, `{"protocol":1,"error":1}`} {
				failed := ParseRefusal("https://b", status, []byte(body))
				if failed.Code != code || failed.Remedy == "" || strings.Contains(failed.Problem+failed.Remedy, "hunter2") {
					t.Errorf("%d %q: %+v", status, body, failed)
				}
			}
		}
	})

	t.Run("3.6 ends with the code of the kind", func(t *testing.T) {
		for kind, code := range codeOf {
			if failed := ParseRefusal("https://b", 418, []byte(strings.Replace(refusal, "KIND", kind, 1))); failed.Code != code {
				t.Errorf("%s: %+v", kind, failed)
			}
		}
		if failed := ParseRefusal("https://b", 403, []byte(strings.Replace(refusal, "KIND", "new", 1))); failed.Code != 77 {
			t.Errorf("an unknown kind: %+v", failed)
		}
	})

	t.Run("3.6 waits on the statuses that say so, and on no other", func(t *testing.T) {
		waits := map[int]bool{429: true, 502: true, 503: true, 504: true}
		for status := range codes {
			if failed := ParseRefusal("https://b", status, []byte(refusal)); failed.Retry != waits[status] {
				t.Errorf("%d: %+v", status, failed)
			}
		}
	})

	t.Run("3.5 shows message, remedy and failures, each on one line", func(t *testing.T) {
		failed := ParseRefusal("https://b", 403, []byte(strings.Replace(refusal, "KIND", "denied", 1)))
		if failed.Problem != "https://b refused (denied, not-authorized): service account shop/web may not" ||
			failed.Remedy != "Let the list name it" ||
			failed.Details[0] != "DATABASE_URL: secret://prod/db#password: denied, not-authorized: no [31m" {
			t.Errorf("%+v", failed)
		}
	})

	t.Run("3.5 shows a bounded number of failures", func(t *testing.T) {
		many := strings.Repeat(`{"variable":"A"},`, 99) + `{"variable":"A"}`
		failed := ParseRefusal("https://b", 403, []byte(`{"protocol":1,"error":{"failures":[`+many+`]}}`))
		if len(failed.Details) != maxDetails+1 || failed.Details[maxDetails] != "and 80 more" {
			t.Errorf("%v", failed.Details)
		}
	})
}
