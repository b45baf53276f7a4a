// Package command becomes the app's command: sections 5.3 and 5.4 of the protocol.
package command

import (
	"errors"
	"os"
	"strings"
	"syscall"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/environment"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

// defaultPath is where musl's execvp(3) looks when there is no PATH; glibc looks in the last two.
const defaultPath = "/usr/local/bin:/bin:/usr/bin"

// Exec replaces this process by the command, found as execvp(3) does; it returns only when that fails. What before does comes
// right before the system call. A file without a #! line is not given to a shell, as some libraries' execvp does: no container
// runtime does that either.
func Exec(command, env []string, before func()) error {
	var denied, broken string
	for _, file := range candidates(command[0], env) {
		info, err := os.Stat(file)
		if err == nil && info.IsDir() {
			err = syscall.EACCES
		}
		if err == nil {
			before()
			err = syscall.Exec(file, command, env)
		}
		switch {
		case errors.Is(err, syscall.EACCES):
			// execvp goes on looking.
			denied = file
		case info == nil:
		case errors.Is(err, syscall.ENOENT):
			broken = file
		default:
			return refuse(file, command, env, err)
		}
	}
	return notStarted(command[0], denied, broken)
}

func candidates(name string, env []string) []string {
	if name == "" {
		return nil
	}
	if strings.Contains(name, "/") {
		return []string{name}
	}
	path, found := environment.Lookup(env, "PATH")
	if !found {
		path = defaultPath
	}
	var files []string
	for folder := range strings.SplitSeq(path, ":") {
		if folder != "" {
			folder += "/"
		}
		files = append(files, folder+name)
	}
	return files
}

func notStarted(name, denied, broken string) error {
	if denied != "" {
		return failure.New(failure.NotExecutable, "Name the program itself, and make it executable for the container's user",
			"%s may not be executed: it is a directory, permission is missing, or its volume is noexec", quote(denied))
	}
	if broken != "" {
		return failure.New(failure.NotExecutable, "Install what it needs in the image, or take a build for this image's C library",
			"%s cannot be executed: the interpreter of its #! line or its loader is not in this image", quote(broken))
	}
	return failure.New(failure.NoSuchCommand, "Check its spelling and PATH, or give its full path",
		"the command %s was not found", quote(name))
}

func refuse(file string, command, env []string, err error) error {
	switch {
	case errors.Is(err, syscall.E2BIG):
		return failure.New(failure.Configuration, "Deliver large values as files, or fewer of them",
			"the kernel refuses so large an environment: arguments and variables have %d bytes; the largest variable is %s",
			size(command)+size(env), quote(largest(env)))
	case errors.Is(err, syscall.ENOEXEC):
		return failure.New(failure.NotExecutable, "Give a script a #! line, or take a build for this processor",
			"%s cannot be executed: the kernel does not know its format", quote(file))
	}
	return failure.New(failure.NotExecutable, "Check the file in the image", "%s cannot be executed: %v", quote(file), err)
}

func size(texts []string) (sum int) {
	for _, text := range texts {
		sum += len(text) + 1
	}
	return sum
}

func largest(env []string) (name string) {
	most := 0
	for _, entry := range env {
		if len(entry) > most {
			most = len(entry)
			name, _, _ = strings.Cut(entry, "=")
		}
	}
	return name
}

func quote(text string) string { return `"` + failure.Printable(text) + `"` }
