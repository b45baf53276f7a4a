// Sluice-launch runs in a container that it knows nothing about: it asks a source for the environment of the container's
// command and becomes that command. It holds no policy and talks to no secret store. The protocol is docs/spec/protocol-v1.md.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/environment"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/failure"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/inherited"
	"github.com/sluice-secrets/sluice/packages/launcher/go/internal/report"
)

// softMemory has the collector work harder from there on; it is no limit. A launcher shares the container's.
const softMemory = 8 << 20

func init() {
	// exec must come from the process's first thread: some attributes are a thread's own, such as its parent-death signal.
	runtime.LockOSThread()
}

func main() {
	start := inherited.AtStart()
	// There is little to do at once, and the runtime need not follow the container's CPU limit any more.
	runtime.GOMAXPROCS(1)
	debug.SetMemoryLimit(softMemory)
	format, _ := environment.Lookup(start.Env, environment.LogFormat)
	log := report.New(format)
	os.Exit(end(log, run(os.Args, start, log)))
}

// run is the command line.
func run(args []string, start inherited.State, log report.Reporter) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = failure.New(failure.Bug, "Report it, with this line", "a fault of the launcher: %s", where(fault))
		}
	}()
	if len(args) < 2 {
		return misuse("it needs a command")
	}
	name, rest := args[1], args[2:]
	switch {
	case name == "exec":
		return execute(rest, start, log)
	case name == "check" && len(rest) == 0:
		return check(start)
	case name == "install" && len(rest) == 1:
		return install(rest[0], start, log)
	case (name == "version" || name == "--version") && len(rest) == 0:
		fmt.Println(versionText())
		return nil
	case name == "help" || name == "--help" || name == "-h":
		fmt.Print(helpText)
		return nil
	case name == "check" || name == "install" || name == "version":
		return misuse("%s is not used so", name)
	}
	return misuse("there is no command %q", failure.Printable(name))
}

func misuse(format string, args ...any) error {
	return failure.New(failure.Usage, "See: sluice-launch help", "the command line is wrong: "+format, args...)
}

// end tells why and gives the exit code.
func end(log report.Reporter, err error) int {
	if err == nil {
		return 0
	}
	failed, ok := errors.AsType[*failure.Failure](err)
	if !ok {
		// Not one of ours, so its text may quote anything.
		failed = failure.New(failure.Bug, "Report it, with this line", "a fault of the launcher: %T", err)
	}
	log.Fail(failed)
	return failed.Code
}

// where names the place of a panic. What it says may quote anything, and is told of the runtime's own only.
func where(fault any) string {
	text := fmt.Sprintf("%T", fault)
	if known, ok := fault.(runtime.Error); ok {
		text = known.Error()
	}
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		text += fmt.Sprintf(" < %s:%d", frame.Function, frame.Line)
		if !more {
			return failure.Printable(text)
		}
	}
}
