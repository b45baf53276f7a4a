package inherited

import (
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// stackOf lays out what the kernel puts on a program's stack.
func stackOf(t *testing.T, args, env []string) unsafe.Pointer {
	var pinner runtime.Pinner
	t.Cleanup(pinner.Unpin)
	pin := func(text string) uintptr {
		bytes := append([]byte(text), 0)
		pinner.Pin(&bytes[0])
		return uintptr(unsafe.Pointer(&bytes[0]))
	}
	words := []uintptr{uintptr(len(args))}
	for _, text := range args {
		words = append(words, pin(text))
	}
	words = append(words, 0)
	for _, text := range env {
		words = append(words, pin(text))
	}
	words = append(words, 0)
	file := pin("/the/program")
	words = append(words, 3, 0x1000, atExecFile, file, 0, 0)
	pinner.Pin(&words[0])
	return unsafe.Pointer(&words[0])
}

func TestReadStackUndoesWhatTheEntryHides(t *testing.T) {
	env, file := readStack(stackOf(t, []string{"a", "b"}, []string{"\x01ODEBUG=1", "A=b", "", "GOOD=really a 1", "odd", "A=c", "\x01"}))
	want := []string{"GODEBUG=1", "A=b", "", "\x01OOD=really a 1", "odd", "A=c", "G"}
	if !slices.Equal(env, want) || file != "/the/program" {
		t.Errorf("%q, %q", env, file)
	}
}

func TestReadStackOfNothing(t *testing.T) {
	if env, file := readStack(stackOf(t, nil, nil)); len(env) != 0 || file != "/the/program" {
		t.Errorf("%q, %q", env, file)
	}
}

func TestKeepIgnoredIgnoresAgain(t *testing.T) {
	handler := func(number syscall.Signal) uintptr {
		var action sigaction
		syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(number), 0, uintptr(unsafe.Pointer(&action)), maskBytes, 0, 0)
		return action.handler
	}
	if handler(syscall.SIGUSR2) == ignoreHandler {
		t.Fatal("ignored before")
	}
	state := State{known: true, ignored: 1 << (syscall.SIGUSR2 - 1)}
	if !state.Ignores(syscall.SIGUSR2) || state.Ignores(syscall.SIGUSR1) {
		t.Error("takes one signal for another")
	}
	state.keepIgnored()
	if handler(syscall.SIGUSR2) != ignoreHandler || handler(syscall.SIGUSR1) == ignoreHandler {
		t.Error("is not ignored")
	}
	signal.Reset(syscall.SIGUSR2)
}

func TestAtStartEmptiesTheEnvironmentForTheStandardLibrary(t *testing.T) {
	t.Setenv("GODEBUG", "http2debug=1")
	if state := AtStart(); !slices.Contains(state.Env, "GODEBUG=http2debug=1") || len(os.Environ()) != 0 {
		t.Errorf("%q, %q", state.Env, os.Environ())
	}
}
