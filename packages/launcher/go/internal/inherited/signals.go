package inherited

import (
	"syscall"
	"unsafe"
)

const (
	signalCount   = 64
	maskBytes     = signalCount / 8
	ignoreHandler = 1
	setMask       = 2
)

// sigaction is the kernel's struct sigaction, the same on amd64 and arm64.
type sigaction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

// keepIgnored ignores again what was ignored at the start: Go has put handlers there, which exec would make the default.
func (s State) keepIgnored() {
	for signal := syscall.Signal(1); signal <= signalCount; signal++ {
		if s.Ignores(signal) {
			action := sigaction{handler: ignoreHandler}
			// It cannot fail: what could be ignored once can be again.
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(signal), uintptr(unsafe.Pointer(&action)), 0, maskBytes, 0, 0)
		}
	}
}

// RestoreMask gives this thread the signal mask of the start. The thread must be locked, and exec from it: the mask of the
// thread that calls execve(2) is the one that the program gets. Go unblocks some signals in every thread.
func (s State) RestoreMask() {
	if s.known {
		blocked := s.blocked
		syscall.RawSyscall6(syscall.SYS_RT_SIGPROCMASK, setMask, uintptr(unsafe.Pointer(&blocked)), 0, maskBytes, 0, 0)
	}
}
