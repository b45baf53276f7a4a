import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";
import { runCommand } from "../../../test/servers/shared/run-command.js";

/** A server's certificate under an authority, all as PEM. */
export interface MadeCertificates {
  readonly leaf: string;
  /** PKCS#8. */
  readonly key: string;
  readonly authority: string;
  /** All of it as PKCS#12 with this password; `options` are those of `openssl pkcs12 -export`. */
  readonly pkcs12: (password: string, ...options: readonly string[]) => Promise<Buffer>;
}

/** Makes a certificate for 127.0.0.1, and the authority that signs it. */
export async function makeCertificates(kind: "rsa" | "ec"): Promise<MadeCertificates> {
  const authority = await createAuthority("An authority", kind);
  const { cert, key } = await authority.issue({ names: ["localhost"] });
  // They are written one after another.
  const made = { leaf: lines(cert), key: lines(key), authority: lines(authority.ca) };
  return { ...made, pkcs12: async (password, ...options) => exported(made, password, options) };
}

function lines(pem: string): string {
  return `${pem.trim().replaceAll("\r\n", "\n")}\n`;
}

async function exported(
  { leaf, key, authority }: Omit<MadeCertificates, "pkcs12">,
  password: string,
  options: readonly string[],
): Promise<Buffer> {
  return inFolder({ leaf, key, authority }, async (at) => {
    const input = ["-in", at("leaf"), "-inkey", at("key"), "-certfile", at("authority")];
    const output = ["-out", at("p12"), "-passout", `pass:${password}`];
    await runCommand("openssl", ["pkcs12", "-export", ...input, ...output, ...options]);
    return readFile(at("p12"));
  });
}

async function inFolder<Result>(
  files: Readonly<Record<string, string>>,
  work: (at: (name: string) => string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
  try {
    const at = (name: string): string => join(folder, name);
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
    return await work(at);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
