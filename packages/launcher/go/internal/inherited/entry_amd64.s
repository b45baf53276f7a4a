//go:build linux

#include "textflag.h"

// The program's entry (the linker's -E), before the Go runtime has done anything: Go installs handlers even for ignored
// signals, unblocks signals, opens /dev/null for closed descriptors 0 to 2, and takes orders from GODEBUG, GOGC and the
// like. So what must be handed on is noted here, and what must not be obeyed is hidden. Only system calls, no stack.

#define SYS_rt_sigaction 13
#define SYS_rt_sigprocmask 14
#define SYS_fcntl 72
#define SYS_openat 257
#define F_GETFD 1
#define EBADF 9
#define AT_FDCWD -100
#define O_PATH_CLOEXEC 0x280000
#define SIG_IGN 1

DATA root<>+0(SB)/2, $"/\x00"
GLOBL root<>(SB), RODATA|NOPTR, $2
GLOBL action<>(SB), NOPTR, $32

TEXT _sluice_entry(SB), NOSPLIT|NOFRAME, $0
	MOVQ SP, ·startStack(SB)

	// A descriptor of 0 to 2 that is closed: fill it with one that nobody can use and that exec closes again.
	XORL R12, R12
descriptor:
	MOVL $SYS_fcntl, AX
	MOVQ R12, DI
	MOVL $F_GETFD, SI
	SYSCALL
	CMPQ AX, $-EBADF
	JNE  nextDescriptor
	MOVL $SYS_openat, AX
	MOVQ $AT_FDCWD, DI
	LEAQ root<>(SB), SI
	MOVL $O_PATH_CLOEXEC, DX
	XORL R10, R10
	SYSCALL
nextDescriptor:
	INCQ R12
	CMPQ R12, $3
	JNE  descriptor

	// Bit n-1 of startIgnored: signal n is ignored.
	XORL R12, R12
signal:
	MOVL $SYS_rt_sigaction, AX
	LEAQ 1(R12), DI
	XORL SI, SI
	LEAQ action<>(SB), DX
	MOVL $8, R10
	SYSCALL
	TESTQ AX, AX
	JNE  nextSignal
	CMPQ action<>(SB), $SIG_IGN
	JNE  nextSignal
	BTSQ R12, ·startIgnored(SB)
nextSignal:
	INCQ R12
	CMPQ R12, $64
	JNE  signal

	MOVL $SYS_rt_sigprocmask, AX
	XORL DI, DI
	XORL SI, SI
	LEAQ ·startBlocked(SB), DX
	MOVL $8, R10
	SYSCALL

	// Every variable that the Go runtime reads begins with G: hide those, by swapping a leading G with the byte 1.
	MOVQ 0(SP), AX
	LEAQ 16(SP)(AX*8), BX
variable:
	MOVQ (BX), SI
	TESTQ SI, SI
	JZ   done
	MOVBLZX (SI), AX
	CMPL AX, $'G'
	JEQ  hide
	CMPL AX, $1
	JNE  nextVariable
	MOVB $'G', (SI)
	JMP  nextVariable
hide:
	MOVB $1, (SI)
nextVariable:
	ADDQ $8, BX
	JMP  variable

done:
	JMP _rt0_amd64_linux(SB)
