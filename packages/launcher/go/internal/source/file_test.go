package source

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/plan"
)

func at(t *testing.T, path string) Source {
	t.Helper()
	return open(t, "file:"+path, plan.Plan{})
}

func TestFile(t *testing.T) {
	t.Run("6.1 takes the answer in a file, and keeps the file", func(t *testing.T) {
		path := write(t, "answer", fine, 0o400)
		source := at(t, path)
		accepted(t, source)
		if err := source.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != fine {
			t.Errorf("%q, %v", content, err)
		}
	})

	t.Run("6.1 waits for a file that is not there, and then ends with 69", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "answer")
		failed(t, at(t, path), failure.Unavailable, true)
		failed(t, at(t, filepath.Join(path, "deeper")), failure.Unavailable, true)
		time.AfterFunc(100*time.Millisecond, func() {
			half := path + ".half"
			if err := os.WriteFile(half, []byte(fine), 0o400); err != nil {
				t.Error(err)
			}
			if err := os.Rename(half, path); err != nil {
				t.Error(err)
			}
		})
		if lines, err := await(t.Context(), at(t, path), time.Minute); err != nil {
			t.Errorf("%v, %q", err, lines)
		}
	})

	t.Run("6.1 refuses what 3.1 refuses", func(t *testing.T) {
		for _, content := range []string{"", "{", `{"protocol":1}`, padded(answer.MaxBytes + 1)} {
			failed(t, at(t, write(t, "answer", content, 0o400)), failure.Bug, false)
		}
		accepted(t, at(t, write(t, "answer", padded(answer.MaxBytes), 0o400)))
	})

	t.Run("6.2 refuses a file that others than its owner may write", func(t *testing.T) {
		for _, mode := range []os.FileMode{0o620, 0o602, 0o666} {
			path := write(t, "answer", fine, mode)
			if problem := failed(t, at(t, path), failure.Denied, false).Problem; !strings.Contains(problem, path) {
				t.Errorf("%q", problem)
			}
		}
		for _, mode := range []os.FileMode{0o400, 0o440, 0o444, 0o644} {
			accepted(t, at(t, write(t, "answer", fine, mode)))
		}
	})

	t.Run("6.2 refuses what is not a regular file, and does not hang on it", func(t *testing.T) {
		folder := t.TempDir()
		fifo, socket := filepath.Join(folder, "fifo"), filepath.Join(folder, "socket")
		if err := syscall.Mkfifo(fifo, 0o600); err != nil {
			t.Fatal(err)
		}
		descriptor, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Close(descriptor)
		if err := syscall.Bind(descriptor, &syscall.SockaddrUnix{Name: socket}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{folder, fifo, socket, "/dev/null"} {
			failed(t, at(t, path), failure.Denied, false)
		}
	})

	t.Run("6.2 refuses a file of another user", func(t *testing.T) {
		info, err := os.Stat(write(t, "answer", fine, 0o400))
		if err != nil {
			t.Fatal(err)
		}
		owner := info.Sys().(*syscall.Stat_t)
		for _, each := range []struct {
			owner uint32
			user  int
			fits  bool
		}{{1000, 1000, true}, {0, 1000, true}, {0, 0, true}, {1000, 0, false}, {1000, 1001, false}} {
			owner.Uid = each.owner
			if fault := ownershipFault(info, each.user); (fault == "") != each.fits {
				t.Errorf("%+v: %q", each, fault)
			}
		}
	})
}
