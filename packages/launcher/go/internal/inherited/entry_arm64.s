//go:build linux

#include "textflag.h"

// What entry_amd64.s does, and says why, for arm64.

#define SYS_fcntl 25
#define SYS_openat 56
#define SYS_rt_sigaction 134
#define SYS_rt_sigprocmask 135
#define F_GETFD 1
#define EBADF 9
#define AT_FDCWD -100
#define O_PATH_CLOEXEC 0x280000
#define SIG_IGN 1

DATA root<>+0(SB)/2, $"/\x00"
GLOBL root<>(SB), RODATA|NOPTR, $2
GLOBL action<>(SB), NOPTR, $32

TEXT _sluice_entry(SB), NOSPLIT|NOFRAME, $0
	MOVD RSP, R19
	MOVD R19, ·startStack(SB)

	// A descriptor of 0 to 2 that is closed.
	MOVD $0, R20
descriptor:
	MOVD R20, R0
	MOVD $F_GETFD, R1
	MOVD $SYS_fcntl, R8
	SVC
	CMN  $EBADF, R0
	BNE  nextDescriptor
	MOVD $AT_FDCWD, R0
	MOVD $root<>(SB), R1
	MOVD $O_PATH_CLOEXEC, R2
	MOVD $0, R3
	MOVD $SYS_openat, R8
	SVC
nextDescriptor:
	ADD  $1, R20
	CMP  $3, R20
	BNE  descriptor

	// Bit n-1 of startIgnored: signal n is ignored.
	MOVD $0, R20
	MOVD $0, R21
	MOVD $1, R22
signal:
	ADD  $1, R20, R0
	MOVD $0, R1
	MOVD $action<>(SB), R2
	MOVD $8, R3
	MOVD $SYS_rt_sigaction, R8
	SVC
	CBNZ R0, nextSignal
	MOVD action<>(SB), R4
	CMP  $SIG_IGN, R4
	BNE  nextSignal
	LSL  R20, R22, R4
	ORR  R4, R21
nextSignal:
	ADD  $1, R20
	CMP  $64, R20
	BNE  signal
	MOVD R21, ·startIgnored(SB)

	MOVD $0, R0
	MOVD $0, R1
	MOVD $·startBlocked(SB), R2
	MOVD $8, R3
	MOVD $SYS_rt_sigprocmask, R8
	SVC

	// Variables that begin with G.
	MOVD 0(R19), R4
	ADD  R4<<3, R19, R20
	ADD  $16, R20
	MOVD $'G', R21
variable:
	MOVD (R20), R4
	CBZ  R4, done
	MOVBU (R4), R5
	CMP  R21, R5
	BEQ  hide
	CMP  $1, R5
	BNE  nextVariable
	MOVB R21, (R4)
	B    nextVariable
hide:
	MOVB R22, (R4)
nextVariable:
	ADD  $8, R20
	B    variable

done:
	JMP _rt0_arm64_linux(SB)
