// Package inherited knows what this process was started with, before the Go runtime changed any of it, and puts it back.
package inherited

import (
	"os"
	"syscall"
	"unsafe"
)

// Written by _sluice_entry. Zero where the program has another entry, as in tests.
var (
	startStack   unsafe.Pointer
	startIgnored uint64
	startBlocked uint64
)

// State is what this process was started with.
type State struct {
	// Env is the environment exactly as received: in order, with duplicates and entries that have no "=".
	Env []string
	// File is the path that this program was started by, "" where the kernel does not tell.
	File string

	known   bool
	ignored uint64
	blocked uint64
}

// AtStart tells what this process was started with. It empties the environment that the standard library sees, so that no
// variable of the app's is obeyed: HTTPS_PROXY, SSL_CERT_FILE, RES_OPTIONS, GODEBUG. It must be called first, and once.
func AtStart() State {
	state := State{Env: os.Environ(), known: startStack != nil, ignored: startIgnored, blocked: startBlocked}
	if state.known {
		state.Env, state.File = readStack(startStack)
	}
	os.Clearenv()
	state.keepIgnored()
	return state
}

// Ignores tells whether signal was ignored at the start, as under nohup.
func (s State) Ignores(signal syscall.Signal) bool {
	return s.ignored&(1<<(signal-1)) != 0
}

// atExecFile is AT_EXECFN of the auxiliary vector: the path that execve(2) was given.
const atExecFile = 31

// readStack reads what the kernel put there: argc, argv, nil, envp, nil, pairs of the auxiliary vector. It undoes what
// _sluice_entry did to the variables. The texts are not copied: the kernel's memory stays as long as the process.
func readStack(stack unsafe.Pointer) (env []string, file string) {
	word := func(index int) unsafe.Pointer { return unsafe.Add(stack, index*int(unsafe.Sizeof(uintptr(0)))) }
	index := *(*int)(word(0)) + 2
	for ; *(*unsafe.Pointer)(word(index)) != nil; index++ {
		entry := *(**byte)(word(index))
		switch *entry {
		case 1:
			*entry = 'G'
		case 'G':
			*entry = 1
		}
		env = append(env, text(entry))
	}
	for index++; *(*uintptr)(word(index)) != 0; index += 2 {
		if *(*uintptr)(word(index)) == atExecFile {
			file = text(*(**byte)(word(index + 1)))
		}
	}
	return env, file
}

func text(start *byte) string {
	length := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(start), length)) != 0 {
		length++
	}
	return unsafe.String(start, length)
}
