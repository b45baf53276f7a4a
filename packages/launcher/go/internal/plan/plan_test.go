package plan

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

const complete = `{
  "version": 1, "minReader": 1, "critical": [], "container": "web",
  "env": { "API_KEY": "secret://prod/api#key",
           "DATABASE_URL": ["postgres://app:\u0024{secret://prod/db#password}@", { "var": "DB_HOST" }, "/app"] },
  "optional": ["API_KEY"],
  "source": { "serverName": "broker.svc", "roots": "PEM", "token": "/t", "tokens": { "vault": "/v" }, "waitSeconds": 2.5 }
}`

const smallest = `{"version":1,"minReader":1,"container":"web","env":{}}`

func refused(t *testing.T, text string) *failure.Failure {
	t.Helper()
	_, err := Parse(text)
	failed, ok := errors.AsType[*failure.Failure](err)
	if !ok {
		t.Fatalf("took %.200q", text)
	}
	if failed.Code != failure.Configuration || failed.Retry || failed.Remedy == "" {
		t.Errorf("%+v", failed)
	}
	return failed
}

func with(text, old, new string) string {
	if !strings.Contains(text, old) {
		panic("the text has no " + old)
	}
	return strings.Replace(text, old, new, 1)
}

func TestPlan(t *testing.T) {
	t.Run("1 reads every field", func(t *testing.T) {
		plan, err := Parse(complete)
		if err != nil {
			t.Fatal(err)
		}
		if plan.Container != "web" || plan.ServerName != "broker.svc" || plan.Roots != "PEM" || plan.TokenFile != "/t" ||
			plan.TokenFiles["vault"] != "/v" || plan.Wait != 2500*time.Millisecond {
			t.Errorf("%+v", plan)
		}
	})

	t.Run("1 waits 300 seconds by default and 3600 at most", func(t *testing.T) {
		if plan, err := Parse(smallest); err != nil || plan.Wait != 300*time.Second {
			t.Errorf("%+v, %v", plan, err)
		}
		if plan, err := Parse(with(complete, "2.5", "3600")); err != nil || plan.Wait != time.Hour {
			t.Errorf("%+v, %v", plan, err)
		}
		refused(t, with(complete, "2.5", "3601"))
		refused(t, with(complete, "2.5", "-1"))
	})

	t.Run("1.1 refuses a plan for a later reader, and names its version", func(t *testing.T) {
		// Even when the rest does not look like a plan of version 1.
		failed := refused(t, `{"version":7,"minReader":7,"critical":["templates","files"],"env":"elsewhere"}`)
		for _, name := range []string{"version 7", "templates", "files"} {
			if !strings.Contains(failed.Problem, name) {
				t.Errorf("%q does not name %s", failed.Problem, name)
			}
		}
	})

	t.Run("1.1 takes a plan of a later version that this reader may act on", func(t *testing.T) {
		if _, err := Parse(with(smallest, `"version":1`, `"version":9`)); err != nil {
			t.Error(err)
		}
	})

	t.Run("1.1 refuses a feature that it does not know, and names it", func(t *testing.T) {
		failed := refused(t, with(complete, `"critical": []`, `"critical": ["shiny\u001b"]`))
		if !strings.Contains(failed.Problem, "shiny") || strings.Contains(failed.Problem, "\x1b") {
			t.Errorf("%q", failed.Problem)
		}
	})

	t.Run("1.7 takes a plan whose secrets are spread by the source", func(t *testing.T) {
		text := with(complete, `"critical": []`, `"critical": ["spread"], "spread": [{"from": "secret://prod/all"}]`)
		if _, err := Parse(text); err != nil {
			t.Error(err)
		}
	})

	t.Run("1.2 ignores members that it does not know", func(t *testing.T) {
		text := with(complete, `"version": 1,`, `"version": 1, "Container": 1, "ENV": 0, "new": {"a":[{}]},`)
		text = with(text, `"serverName"`, `"new": null, "serverName"`)
		if plan, err := Parse(text); err != nil || plan.Container != "web" {
			t.Errorf("%+v, %v", plan, err)
		}
	})

	t.Run("1.3 refuses a plan of more than 65,536 bytes", func(t *testing.T) {
		fill := strings.Repeat(" ", MaxBytes-len(smallest))
		if _, err := Parse(smallest + fill); err != nil {
			t.Error(err)
		}
		refused(t, smallest+fill+" ")
	})

	t.Run("1.3 refuses a plan of more than 1,000 variables", func(t *testing.T) {
		variables := func(count int) string {
			list := make([]string, count)
			for index := range list {
				list[index] = fmt.Sprintf(`"V%d":""`, index)
			}
			return with(smallest, `"env":{}`, `"env":{`+strings.Join(list, ",")+`}`)
		}
		if _, err := Parse(variables(1000)); err != nil {
			t.Error(err)
		}
		refused(t, variables(1001))
	})

	t.Run("1.3 refuses what is not one object of these types", func(t *testing.T) {
		for _, text := range []string{
			"", "null", "[]", `"{}"`, "{}", complete + "{}", complete[:len(complete)-1],
			with(smallest, `"version":1,`, ""), with(smallest, `"minReader":1,`, ""),
			with(smallest, `"container":"web",`, ""), with(smallest, `,"env":{}`, ""),
			with(smallest, `"version":1`, `"version":"1"`), with(smallest, `"minReader":1`, `"minReader":0`),
			with(smallest, `"minReader":1`, `"minReader":0.5`), with(smallest, `"web"`, `""`), with(smallest, `"web"`, `null`),
			with(smallest, `"env":{}`, `"env":[]`), with(smallest, `"env":{}`, `"env":{"A":1}`),
			with(smallest, `"env":{}`, `"env":{"A":{}}`), with(smallest, `"env":{}`, `"env":{"A":[[]]}`),
			with(smallest, `"env":{}`, `"env":{"A":[{"var":1}]}`), with(smallest, `"env":{}`, `"env":{"A":[{}]}`),
			with(smallest, `"env":{}`, `"env":{"A":"","A":""}`), with(smallest, `"version":1`, `"version":1,"version":1`),
			with(complete, `"critical": []`, `"critical": {}`), with(complete, `["API_KEY"]`, `[1]`),
			with(complete, `"broker.svc"`, `[]`), with(complete, `"/t"`, `1`), with(complete, `"PEM"`, `["PEM"]`),
			with(complete, `{ "vault": "/v" }`, `[]`), with(complete, `"/v"`, `null`), with(complete, `2.5`, `"2"`),
			`{"version":1,"minReader":1,"container":"web","env":{},"source":[]}`,
		} {
			refused(t, text)
		}
	})

	t.Run("1.4 reads what is written for a dollar", func(t *testing.T) {
		if strings.Contains(complete, "$") {
			t.Fatal("the text has a dollar")
		}
		if _, err := Parse(complete); err != nil {
			t.Error(err)
		}
	})

	t.Run("1.5 refuses names that no variable may have", func(t *testing.T) {
		for _, name := range []string{"", "SLUICE_", "SLUICE_PLAN", "A=B", `A\u0000`} {
			refused(t, with(smallest, `"env":{}`, `"env":{"`+name+`":""}`))
		}
		if _, err := Parse(with(smallest, `"env":{}`, `"env":{"my.var":"","x-y":"","sluice_":"","SLUICE":""}`)); err != nil {
			t.Error(err)
		}
	})

	t.Run("1.6 makes the digest of the text as it stands", func(t *testing.T) {
		text := smallest + "\n"
		plan, err := Parse(text)
		if want := fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))); err != nil || plan.Digest != want {
			t.Errorf("%s, not %s: %v", plan.Digest, want, err)
		}
	})
}

func TestNoMessageQuotesThePlan(t *testing.T) {
	for _, text := range []string{`{"hunter2":`, "hunter2", with(smallest, `"env":{}`, `"env":{"A":[{"x":"hunter2"}]}`)} {
		if failed := refused(t, text); strings.Contains(failed.Problem, "hunter2") {
			t.Errorf("%q", failed.Problem)
		}
	}
}
