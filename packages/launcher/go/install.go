package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/inherited"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
)

const (
	programName = "sluice-launch"
	programMode = 0o555
)

// install copies this program into a folder that exists, whole or not at all.
func install(folder string, start inherited.State, log report.Reporter) error {
	own, err := openSelf(start)
	if err != nil {
		return failure.New(failure.Unavailable, "Start it by its full path", "the program cannot read itself: %v", cause(err))
	}
	defer own.Close()
	target := filepath.Join(folder, programName)
	size, err := copyWhole(own, folder, target)
	if err != nil {
		return failure.New(failure.Unavailable, installRemedy(err), "%s cannot be written: %v", failure.Printable(target), cause(err))
	}
	log.Info(fmt.Sprintf("installed %s (%s, %d bytes)", failure.Printable(target), version, size))
	return nil
}

// openSelf finds this program by /proc, else by what the kernel says it was started by, else by its first argument.
func openSelf(start inherited.State) (*os.File, error) {
	own, err := os.Open("/proc/self/exe")
	if err == nil {
		return own, nil
	}
	if start.File != "" {
		return os.Open(start.File)
	}
	path, err := exec.LookPath(os.Args[0])
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// copyWhole writes a file beside the target and renames it: whoever starts the target finds all of the old or of the new one.
func copyWhole(own io.Reader, folder, target string) (size int64, err error) {
	// Not os.CreateTemp: it gives a mode that the umask changes, and asks TMPDIR.
	half := filepath.Join(folder, "."+programName+"."+strings.ToLower(rand.Text()))
	written, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(half)
		}
	}()
	size, err = io.Copy(written, own)
	if err == nil {
		err = written.Chmod(programMode)
	}
	if err == nil {
		err = written.Sync()
	}
	// It must be closed before anybody starts it: the kernel refuses a program that is open for writing.
	if closed := written.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(half, target)
	}
	return size, err
}

func installRemedy(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "Give the volume at least 16Mi"
	case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		return "Mount a volume there; nothing but the file is created"
	}
	return "Mount a volume there that the container's user may write"
}

// cause is an error's own reason, without the path that the message has already.
func cause(err error) error {
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return number
	}
	return err
}
