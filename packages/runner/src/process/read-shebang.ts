/** How much of a script the kernel reads for its `#!` line, in bytes; Linux BINPRM_BUF_SIZE. */
export const SHEBANG_LENGTH = 256;

/**
 * The interpreter in `head`, the first {@link SHEBANG_LENGTH} bytes of a script, or `undefined` when the
 * kernel would find none (ENOEXEC). A carriage return belongs to the name, as it does for the kernel.
 * Source of the rule: load_script() in Linux fs/binfmt_script.c.
 */
export function readShebang(head: Buffer): string | undefined {
  const text = head.toString("latin1");
  const end = text.indexOf("\n");
  const match = /^#![ \t]*([^ \t\0]+)([ \t\0]?)/.exec(end < 0 ? text : text.slice(0, end));
  const truncated = end < 0 && head.byteLength >= SHEBANG_LENGTH && match?.[2] === "";
  const name = match?.[1];
  return truncated || name === undefined ? undefined : Buffer.from(name, "latin1").toString("utf8");
}
