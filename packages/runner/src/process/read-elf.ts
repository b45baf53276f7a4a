/** What an ELF header says of who can run the program. */
export interface Elf {
  /** `e_machine`; `undefined` when the file is big-endian, which is not read further. */
  readonly machine: number | undefined;
  /** The dynamic loader, from the PT_INTERP segment; `undefined` for a static program. */
  readonly loader: string | undefined;
}

/** `e_machine` of the little-endian processors Node runs on. Source: elf.h. */
export const ELF_MACHINES: Partial<Record<NodeJS.Architecture, number>> = {
  ia32: 3,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

/** ET_EXEC and ET_DYN; `e_type` of programs, position-independent or not. */
const PROGRAM_TYPES: ReadonlySet<number> = new Set([2, 3]);

const PT_INTERP = 3;

/**
 * Reads an ELF file through `read`, which gives up to `length` bytes at `position`. `undefined` when the
 * kernel would take it for none (ENOEXEC): another magic number, an object or core file, cut short.
 * Source of the rules: load_elf_binary() in Linux fs/binfmt_elf.c.
 */
export function readElf(read: (position: number, length: number) => Buffer): Elf | undefined {
  const header = read(0, 64);
  if (header.byteLength < 52 || header.toString("latin1", 0, 4) !== "\x7fELF") return undefined;
  if (header[5] !== 1) return { machine: undefined, loader: undefined };
  const wide = header[4] === 2;
  if (wide && header.byteLength < 64) return undefined;

  const word = (bytes: Buffer, narrowAt: number, wideAt: number): number =>
    wide ? Number(bytes.readBigUInt64LE(wideAt)) : bytes.readUInt32LE(narrowAt);
  const entrySize = wide ? 56 : 32;
  const count = header.readUInt16LE(wide ? 56 : 44);
  if (!PROGRAM_TYPES.has(header.readUInt16LE(16)) || count === 0) return undefined;
  const table = read(word(header, 28, 32), entrySize * count);
  if (table.byteLength < entrySize * count) return undefined;
  let loader: string | undefined;
  for (let at = 0; at + entrySize <= table.byteLength; at += entrySize) {
    const entry = table.subarray(at, at + entrySize);
    if (entry.readUInt32LE(0) !== PT_INTERP) continue;
    // The kernel refuses a loader name longer than PATH_MAX.
    const name = read(word(entry, 4, 8), Math.min(word(entry, 16, 32), 4096));
    loader = name.toString("utf8").replace(/\0.*$/s, "");
    break;
  }
  return { machine: header.readUInt16LE(18), loader };
}
