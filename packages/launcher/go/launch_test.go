package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/scripted"
)

// result is what a launcher left.
type result struct {
	code           int
	stdout, stderr string
}

func launcher(env []string, args ...string) *exec.Cmd {
	own, err := os.Executable()
	if err != nil {
		panic(err)
	}
	command := exec.Command(own, args...)
	command.Env = env
	return command
}

func launch(t *testing.T, env []string, args ...string) result {
	t.Helper()
	return finish(t, launcher(env, args...))
}

func finish(t *testing.T, command *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok && ended.ExitCode() < 0 {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return result{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func (r result) is(t *testing.T, code int, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("stderr has no %q", part)
		}
	}
	if r.code != code || t.Failed() {
		t.Fatalf("code %d, not %d\n%s%s", r.code, code, r.stdout, r.stderr)
	}
}

// planText is a plan for a server.
func planText(server *scripted.Server, seconds float64) string {
	source := map[string]any{"waitSeconds": seconds}
	if server != nil {
		source["serverName"], source["roots"] = scripted.Name, server.Roots
	}
	text, err := json.Marshal(map[string]any{
		"version": 1, "minReader": 1, "critical": []string{}, "container": "web", "env": map[string]any{}, "source": source,
	})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func envFor(server *scripted.Server, more ...string) []string {
	return append([]string{"PATH=/usr/bin:/bin", "SLUICE_PLAN=" + planText(server, 0), "SLUICE_SOURCE=" + server.Address}, more...)
}

// answerFile is a source with these members.
func answerFile(t *testing.T, members string) (address string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(path, []byte(`{"protocol":1,`+members+`}`), 0o400); err != nil {
		t.Fatal(err)
	}
	return "file:" + path
}

func withFile(t *testing.T, members string, more ...string) []string {
	t.Helper()
	return append([]string{"PATH=/usr/bin:/bin", "SLUICE_PLAN=" + planText(nil, 0), "SLUICE_SOURCE=" + answerFile(t, members)}, more...)
}

func TestLaunch(t *testing.T) {
	t.Run("2 asks over TLS and over a Unix socket, and becomes the command", func(t *testing.T) {
		body := `{"protocol":1,"env":{"PASSWORD":"from the source"}}`
		remote := scripted.NewTLS(t, scripted.Give(200, body))
		local := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Give(200, body))
		for _, server := range []*scripted.Server{remote, local} {
			got := launch(t, envFor(server), "exec", "--", "sh", "-c", `echo "$PASSWORD $0 $1"; exit 9`, "zero", "one")
			if got.is(t, 9); got.stdout != "from the source zero one\n" || got.stderr != "" {
				t.Errorf("%+v", got)
			}
		}
	})

	t.Run("5.1 does not even ask when an argument holds a reference", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, `{"protocol":1,"env":{}}`))
		launch(t, envFor(server), "exec", "--", "echo", "secret://a/b").is(t, 78, "argument")
		if len(server.Requests()) > 0 {
			t.Error("asked")
		}
		launch(t, envFor(server, "URL=x${secret://a/b}"), "exec", "--", "true").is(t, 78, `"URL"`)
	})

	t.Run("5.2 gives the rest of the environment on", func(t *testing.T) {
		env := withFile(t, `"env":{"B":"2"}`, "SLUICE_LOG_FORMAT=json", "A=1", "odd name=x", "B=1", "GODEBUG=gctrace=1")
		got := launch(t, env, "exec", "--", "env")
		if got.is(t, 0); got.stdout != "PATH=/usr/bin:/bin\nA=1\nodd name=x\nB=2\nGODEBUG=gctrace=1\n" {
			t.Errorf("%q", got.stdout)
		}
	})

	t.Run("5.4 keeps the process, its arguments and its working directory", func(t *testing.T) {
		command := launcher(withFile(t, `"env":{}`), "exec", "--", "sh", "-c", `echo $$ $0 "$@"; pwd -P`, "odd name", "", "*")
		command.Dir = t.TempDir()
		got := finish(t, command)
		if want := fmt.Sprintf("%d odd name  *\n%s\n", command.Process.Pid, command.Dir); got.code != 0 || got.stdout != want {
			t.Errorf("%+v", got)
		}
	})

	t.Run("5.6 needs nothing of the environment, /tmp or a home", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(200, `{"protocol":1,"env":{}}`))
		launch(t, envFor(server)[1:], "exec", "--", "/bin/true").is(t, 0)
		env := envFor(server, "HTTPS_PROXY=http://127.0.0.1:1", "SSL_CERT_FILE=/nowhere", "HOME=/nowhere", "TMPDIR=/nowhere",
			"RES_OPTIONS=attempts:99", "LOCALDOMAIN=x", "HOSTALIASES=/nowhere", "TZ=x", "LD_PRELOAD=")
		launch(t, env, "exec", "--", "true").is(t, 0)
	})

	t.Run("3.6 ends with the code of the refusal, and tells each failure on a line", func(t *testing.T) {
		server := scripted.NewTLS(t, scripted.Give(403, `{"protocol":1,"error":{"kind":"denied","reason":"r","message":"m",
			"remedy":"do","failures":[{"variable":"A","status":"denied"},{"variable":"B","status":"denied"}]}}`))
		got := launch(t, envFor(server), "exec", "--", "true")
		got.is(t, 77, "refused (denied, r): m → do\n", ": A: denied\n", ": B: denied\n")
		got = launch(t, envFor(server, "SLUICE_LOG_FORMAT=json"), "exec", "--", "true")
		for line := range strings.Lines(got.stderr) {
			var record struct{ ExitCode int }
			if err := json.Unmarshal([]byte(line), &record); err != nil || record.ExitCode != 77 {
				t.Errorf("%q: %v", line, err)
			}
		}
	})

	t.Run("1 ends with 78 without a plan or an address", func(t *testing.T) {
		env := withFile(t, `"env":{}`)
		launch(t, env[:2], "exec", "--", "true").is(t, 78, "SLUICE_SOURCE is not set")
		launch(t, []string{env[0], env[2]}, "exec", "--", "true").is(t, 78, "SLUICE_PLAN is not set")
		launch(t, append(env[:2:2], "SLUICE_SOURCE=http://x"), "exec", "--", "true").is(t, 78, "SLUICE_SOURCE cannot be used")
	})
}

func TestCommandLine(t *testing.T) {
	for _, args := range [][]string{
		{"x"}, {"exec"}, {"exec", "--"}, {"exec", "true"}, {"check", "x"}, {"install"}, {"install", "a", "b"}, {"version", "x"},
	} {
		launch(t, nil, args...).is(t, 64, "command line is wrong")
	}
	if got := launch(t, nil, "version"); got.code != 0 || !strings.HasPrefix(got.stdout, "sluice-launch "+version) {
		t.Errorf("%+v", got)
	}
	if got := launch(t, nil, "help"); got.code != 0 || !strings.Contains(got.stdout, "SLUICE_SOURCE") {
		t.Errorf("%+v", got)
	}
}

func TestSignals(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{
		syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGHUP: 129, syscall.SIGQUIT: 131,
	} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			hold := make(chan struct{})
			server := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Hold(hold))
			defer close(hold)
			env := []string{"SLUICE_PLAN=" + planText(nil, 300), "SLUICE_SOURCE=" + server.Address}
			command := launcher(env, "exec", "--", "true")
			var stderr bytes.Buffer
			command.Stderr = &stderr
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			for len(server.Requests()) == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			began := time.Now()
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait()
			if got := command.ProcessState.ExitCode(); got != code || time.Since(began) > 10*time.Second {
				t.Errorf("ended with %d after %v: %s", got, time.Since(began), stderr.String())
			}
		})
	}
}

func TestCheck(t *testing.T) {
	check := func(env []string, code int, parts ...string) {
		t.Helper()
		got := launch(t, env, "check")
		got.is(t, code, parts...)
		if want := min(code, 1); strings.Count(got.stderr, "\n") != want {
			t.Errorf("%q", got.stderr)
		}
	}
	ready := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Give(200, ""))
	check([]string{"SLUICE_SOURCE=" + ready.Address}, 0)
	if request := ready.Requests()[0]; request.Method != "GET" || request.Path != "/v1/ready" {
		t.Errorf("%+v", request)
	}
	busy := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Give(503, ""))
	check([]string{"SLUICE_SOURCE=" + busy.Address}, 69, "not ready: status 503")
	check([]string{"SLUICE_SOURCE=unix:/nowhere"}, 69, "no such file")

	check([]string{"SLUICE_SOURCE=" + answerFile(t, `"env":{}`)}, 0)
	check([]string{"SLUICE_SOURCE=" + answerFile(t, `"env":[]`)}, 69, "cannot be used")
	check([]string{"SLUICE_SOURCE=file:/nowhere"}, 69, "not there")

	server := scripted.NewTLS(t, scripted.Give(500, ""))
	check(envFor(server), 0)
	check([]string{"SLUICE_SOURCE=" + server.Address}, 78, "serverName")
	wrong := scripted.NewTLS(t, scripted.Give(500, ""))
	server.Address = wrong.Address
	check(envFor(server), 69, "not trusted")
	check(nil, 78, "SLUICE_SOURCE is not set")
}

func TestCheckIsBounded(t *testing.T) {
	hold := make(chan struct{})
	server := scripted.NewUnix(t, filepath.Join(t.TempDir(), "s"), scripted.Hold(hold))
	defer close(hold)
	began := time.Now()
	launch(t, []string{"SLUICE_SOURCE=" + server.Address}, "check").is(t, 69, "no answer in time")
	if took := time.Since(began); took < 4*time.Second || took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}
