// Package report tells people and log collectors what happens, on standard error.
package report

import (
	"encoding/json"
	"syscall"
	"time"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
)

// Reporter writes one line a message.
type Reporter struct {
	json  bool
	write func(line []byte)
}

// New makes a Reporter for standard error. The format is "json" for one object a line; anything else is text.
func New(format string) Reporter {
	return Reporter{format == "json", toStandardError}
}

// NewWriter makes a Reporter that gives its lines to write.
func NewWriter(format string, write func(line []byte)) Reporter {
	return Reporter{format == "json", write}
}

// Info tells that something went well.
func (r Reporter) Info(message string) { r.line("info", message, "", 0) }

// Warn tells that something went wrong that may pass.
func (r Reporter) Warn(message string) { r.line("warn", message, "", 0) }

// Fail tells why the launcher ends.
func (r Reporter) Fail(failed *failure.Failure) {
	r.line("error", failed.Problem, failed.Remedy, failed.Code)
	for _, detail := range failed.Details {
		r.line("error", detail, "", failed.Code)
	}
}

type record struct {
	Time     string `json:"time"`
	Level    string `json:"level"`
	Logger   string `json:"logger"`
	Message  string `json:"message"`
	Remedy   string `json:"remedy,omitempty"`
	ExitCode int    `json:"exitCode,omitempty"`
}

func (r Reporter) line(level, message, remedy string, code int) {
	if !r.json {
		if remedy != "" {
			message += " → " + remedy
		}
		r.write([]byte("sluice-launch: " + message + "\n"))
		return
	}
	now := time.Now().UTC().Format(time.RFC3339Nano)
	// A record of texts and numbers can always be encoded.
	encoded, _ := json.Marshal(record{now, level, "sluice-launch", message, remedy, code})
	r.write(append(encoded, '\n'))
}

// toStandardError writes with the bare system call: os.Stderr would end the process by SIGPIPE when nobody reads it any more,
// and the command's start must not depend on who reads messages.
func toStandardError(line []byte) {
	for len(line) > 0 {
		count, err := syscall.Write(2, line)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return
		}
		line = line[count:]
	}
}
