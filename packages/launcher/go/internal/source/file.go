package source

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/answer"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/strictjson"
)

// file is an answer that an init container left: section 6.
type file struct{ path string }

func (f file) String() string { return "file:" + f.path }

// Ask reads the file. One that is not there may come.
func (f file) Ask(context.Context) (*answer.Answer, error) {
	// It must not block on a FIFO, which is refused below.
	opened, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.Passing("Look at the log of the init container that writes it", "%s is not there", f)
	}
	if err != nil {
		return nil, f.refuse(reason(err))
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return nil, f.refuse(reason(err))
	}
	if fault := ownershipFault(info, os.Geteuid()); fault != "" {
		return nil, f.refuse(fault)
	}
	if info.Size() > answer.MaxBytes {
		return nil, answer.TooLarge()
	}
	body := make([]byte, info.Size())
	if _, err := io.ReadFull(opened, body); err != nil {
		return nil, f.refuse(reason(err))
	}
	given, err := answer.Parse(body)
	if errors.Is(err, strictjson.ErrIncomplete) {
		return nil, answer.Incomplete()
	}
	return given, err
}

// Check tells whether the file is there and valid.
func (f file) Check(ctx context.Context) error {
	_, err := f.Ask(ctx)
	return err
}

func (f file) refuse(why string) error {
	return failure.New(failure.Denied, "Let the init container write it as a file of the container's user that only its owner may write",
		"%s cannot be used: %s", f, why)
}

// ownershipFault is 6.2: what keeps a file from being trusted, "" where nothing.
func ownershipFault(info fs.FileInfo, user int) string {
	if !info.Mode().IsRegular() {
		return "it is not a regular file"
	}
	if info.Mode().Perm()&0o022 != 0 {
		return "others than its owner may write it"
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if !ok || (status.Uid != 0 && int(status.Uid) != user) {
		return "its owner is neither this user nor root"
	}
	return ""
}
