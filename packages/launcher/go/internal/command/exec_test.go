package command

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

// TestMain has the test program exec its arguments when it is told to.
func TestMain(m *testing.M) {
	if os.Getenv("EXEC") == "" {
		os.Exit(m.Run())
	}
	err := Exec(os.Args[1:], os.Environ(), func() {})
	failed, _ := errors.AsType[*failure.Failure](err)
	os.Stdout.WriteString(failed.Problem)
	os.Exit(failed.Code)
}

// run execs a command in a folder with a PATH; "-" for none.
func run(t *testing.T, folder, path string, args ...string) (code int, output string) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(own, args...)
	command.Dir = folder
	command.Env = []string{"EXEC=1"}
	if path != "-" {
		command.Env = append(command.Env, "PATH="+path)
	}
	got, err := command.Output()
	if _, ended := errors.AsType[*exec.ExitError](err); err != nil && !ended {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(got)
}

func TestExec(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	is := func(t *testing.T, path, want string, code int, args ...string) {
		t.Helper()
		if got, output := run(t, folder, path, args...); got != code || !strings.Contains(output, want) {
			t.Errorf("%q with %q: %d %q", args, path, got, output)
		}
	}
	const script = "#!/bin/sh\necho $0 \"$@\"\n"
	write("one/tool", "", 0o644)
	write("two/tool", script, 0o755)
	write("three/tool/x", "", 0o644)
	write("tool", script, 0o755)
	one, two, three := folder+"/one", folder+"/two", folder+"/three"

	t.Run("5.3 finds a command as execvp does, past folders and files without permission", func(t *testing.T) {
		is(t, "/nowhere:/dev/null:"+one+":"+three+":"+two, two+"/tool a b", 0, "tool", "a", "b")
		is(t, one+":", "tool\n", 0, "tool")
		is(t, ":"+two, "tool\n", 0, "tool")
		is(t, "", "tool\n", 0, "tool")
		is(t, "two", "two/tool\n", 0, "tool")
		is(t, "/nowhere", "./tool\n", 0, "./tool")
		is(t, "-", "hello", 0, "echo", "hello")
	})

	t.Run("5.3 ends with 127 when there is none", func(t *testing.T) {
		is(t, two, `"absent" was not found`, 127, "absent")
		is(t, two, "not found", 127, "./absent")
		is(t, two, "not found", 127, "two/tool/x")
		is(t, two, "not found", 127, "")
	})

	t.Run("5.3 ends with 126 when there is one that cannot be executed", func(t *testing.T) {
		is(t, one, one+"/tool", 126, "tool")
		is(t, three, "directory", 126, "tool")
		is(t, two, "directory", 126, folder)
		is(t, two, "permission", 126, one+"/tool")
		is(t, two, "interpreter", 126, write("python", "#!/nowhere/python\n", 0o755))
		is(t, two, "format", 126, write("text", "echo hello\n", 0o755))
		is(t, two, "format", 126, write("empty", "", 0o755))
		is(t, two, "format", 126, write("binary", "\x7fELF\x02\x01\x01", 0o755))
	})

	t.Run("5.5 refuses what is too much in all, and names the largest", func(t *testing.T) {
		env := []string{"EXEC=1"}
		for range 40 {
			env = append(env, "SMALL="+strings.Repeat("x", 100_000))
		}
		err := Exec([]string{"/bin/true"}, append(env, "LARGE="+strings.Repeat("hunter2", 15_000)), func() {})
		failed, ok := errors.AsType[*failure.Failure](err)
		if !ok || failed.Code != failure.Configuration || !strings.Contains(failed.Problem, `"LARGE"`) || strings.Contains(failed.Problem, "hunter2") {
			t.Errorf("%v", err)
		}
	})
}
