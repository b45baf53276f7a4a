import { closeSync, openSync, readSync } from "node:fs";
import { SluiceError } from "@sluice/core";
import { isExecutableFile } from "./is-executable-file.js";
import { ELF_MACHINES, readElf } from "./read-elf.js";
import { readShebang, SHEBANG_LENGTH } from "./read-shebang.js";

/** The kernel gives up (ELOOP) on scripts interpreted by scripts at this depth; Linux fs/exec.c. */
const MAX_INTERPRETERS = 5;

/** The first four bytes of what macOS starts: Mach-O of 32 and 64 bits, and fat files of both. */
const MACH_O = new Set(["cefaedfe", "cffaedfe", "cafebabe", "cafebabf"]);

/**
 * Throws `SLU4002` when execve(2) would refuse `file`, an executable regular file, for its content: no
 * known format, a script or program whose interpreter is missing, a program for another processor.
 * Known before, because Node 22 and 24 abort (exit 134, a core dump) when `process.execve` fails.
 *
 * Stricter than Linux in one place: formats and foreign processors that binfmt_misc or a 32-bit kernel
 * interface would run are refused with a remedy, since nobody but execve can tell whether they would.
 * Not seen: a file open for writing (ETXTBSY), the veto of a security module, a lack of memory.
 */
export function checkExecutable(file: string, platform: NodeJS.Platform = process.platform, depth = 0): void {
  if (depth > MAX_INTERPRETERS) {
    throw refusal(
      file,
      "is a script whose interpreter is a script, and so on",
      "End the chain of #! lines with a program",
    );
  }
  const descriptor = openForReading(file);
  if (descriptor === undefined) return;
  try {
    checkContent(file, (position, length) => readAt(descriptor, position, length), platform, depth);
  } finally {
    closeSync(descriptor);
  }
}

type Read = (position: number, length: number) => Buffer;

function checkContent(file: string, read: Read, platform: NodeJS.Platform, depth: number): void {
  const head = read(0, SHEBANG_LENGTH);
  if (head.toString("latin1", 0, 2) === "#!") {
    const interpreter = readShebang(head);
    if (interpreter === undefined)
      throw refusal(file, "has a #! line without an interpreter", "Correct the #! line");
    const remedy = interpreter.endsWith("\r")
      ? "Its lines end in CRLF; convert it: sed -i 's/\\r$//' FILE"
      : "Install the interpreter, or correct the #! line";
    requireInterpreter(file, "interpreter", interpreter, remedy);
    checkExecutable(interpreter, platform, depth + 1);
  } else if (platform === "darwin") {
    if (!MACH_O.has(head.toString("hex", 0, 4))) throw unknownFormat(file, head);
  } else {
    checkElf(file, head, read);
  }
}

function checkElf(file: string, head: Buffer, read: Read): void {
  const elf = readElf(read);
  if (elf === undefined) throw unknownFormat(file, head);
  const ours = ELF_MACHINES[process.arch];
  if (ours !== undefined && elf.machine !== undefined && elf.machine !== ours) {
    throw refusal(
      file,
      `is a program for another processor than this one (${process.arch})`,
      "Use a build for this one, or, if this system can run it, start it as: env FILE",
    );
  }
  if (elf.loader !== undefined) {
    const remedy = "Use a build for this system's C library (glibc or musl), or a static one";
    requireInterpreter(file, "loader", elf.loader, remedy);
  }
}

function requireInterpreter(file: string, what: string, interpreter: string, remedy: string): void {
  if (isExecutableFile(interpreter)) return;
  const name = JSON.stringify(interpreter);
  throw refusal(file, `needs the ${what} ${name}, which is not there or not executable`, remedy);
}

function unknownFormat(file: string, head: Buffer): SluiceError {
  return head.includes(0)
    ? refusal(file, "is in no format that can be started", "If this system can run it, start it as: env FILE")
    : refusal(
        file,
        "is a text file without a #! line",
        "Add a line such as #!/bin/sh, or start it as: sh FILE",
      );
}

function refusal(file: string, why: string, remedy: string, cause?: unknown): SluiceError {
  const problem = `${JSON.stringify(file)} ${why}`;
  return new SluiceError({ code: "SLU4002", kind: "not-executable", problem, remedy, cause });
}

/** `undefined` for a program that may be run but not read, such as one of mode 4711. */
function openForReading(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    throw refusal(file, "cannot be opened", "Check the file", error);
  }
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  if (!Number.isSafeInteger(position)) return Buffer.alloc(0); // of a broken file
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
}
