import { describe, expect, it } from "vitest";
import { readElf } from "./read-elf.js";

/** An ELF file of one PT_LOAD and, if there is a loader, one PT_INTERP segment. */
function elf(wide: boolean, machine: number, loader?: string): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("\x7fELF", "latin1");
  bytes.set([wide ? 2 : 1, 1, 1], 4);
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(machine, 18);
  const [tableAt, countAt, entrySize] = wide ? [32, 56, 56] : [28, 44, 32];
  bytes.writeUInt32LE(64, tableAt);
  bytes.writeUInt16LE(loader === undefined ? 1 : 2, countAt);
  bytes.writeUInt32LE(1, 64);
  if (loader !== undefined) {
    const entry = bytes.subarray(64 + entrySize);
    entry.writeUInt32LE(3, 0);
    entry.writeUInt32LE(300, wide ? 8 : 4);
    entry.writeUInt32LE(loader.length + 1, wide ? 32 : 16);
    bytes.write(loader, 300, "latin1");
  }
  return bytes;
}

function read(bytes: Buffer): ReturnType<typeof readElf> {
  return readElf((position, length) => bytes.subarray(position, position + length));
}

describe("readElf", () => {
  it.each([true, false])("reads processor and loader (64 bits: %s)", (wide) => {
    expect(read(elf(wide, 62, "/lib/ld.so"))).toStrictEqual({ machine: 62, loader: "/lib/ld.so" });
    expect(read(elf(wide, 183))).toStrictEqual({ machine: 183, loader: undefined });
  });

  it("does not read big-endian files further", () => {
    const bytes = elf(true, 22);
    bytes[5] = 2;
    expect(read(bytes)).toStrictEqual({ machine: undefined, loader: undefined });
  });

  it("knows what is not an ELF file", () => {
    expect(read(Buffer.from("#!/bin/sh\n".repeat(20)))).toBeUndefined();
    expect(read(elf(true, 62).subarray(0, 60))).toBeUndefined();
    expect(read(Buffer.alloc(0))).toBeUndefined();
    expect(read(elf(true, 62, "/lib/ld.so").subarray(0, 150))).toBeUndefined();
    const object = elf(true, 62);
    object.writeUInt16LE(1, 16);
    expect(read(object)).toBeUndefined();
  });
});
