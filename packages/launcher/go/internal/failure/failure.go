// Package failure is what can go wrong, with the exit code for it and what to do.
package failure

import (
	"fmt"
	"time"
)

// Exit codes, after sysexits.h and the shell.
const (
	Usage         = 64
	NotFound      = 66
	Unavailable   = 69
	Bug           = 70
	Deadline      = 75
	Denied        = 77
	Configuration = 78
	NotExecutable = 126
	NoSuchCommand = 127
	SignalBase    = 128
)

// Failure ends the launcher, or has it wait and try again. No text of it holds a value or a token.
type Failure struct {
	// Code is the exit code.
	Code int
	// Problem says what, where and why; Remedy what to do, "" where there is nothing to say.
	Problem, Remedy string
	// Details are further lines.
	Details []string
	// Retry tells that it may pass; After is how long to wait at least.
	Retry bool
	After time.Duration
}

// New makes a Failure that ends the launcher.
func New(code int, remedy, format string, args ...any) *Failure {
	return &Failure{Code: code, Remedy: remedy, Problem: fmt.Sprintf(format, args...)}
}

// Passing makes a Failure that may pass; if it does not, the launcher ends with Unavailable.
func Passing(remedy, format string, args ...any) *Failure {
	failed := New(Unavailable, remedy, format, args...)
	failed.Retry = true
	return failed
}

func (f *Failure) Error() string { return f.Problem }
