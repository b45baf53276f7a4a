import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

const NEW_KEY = {
  rsa: ["-newkey", "rsa:2048", "-nodes"],
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
} as const;

/** Makes a certificate for 127.0.0.1, and the authority that signs it, with OpenSSL. */
export async function makeCertificates(kind: keyof typeof NEW_KEY): Promise<MadeCertificates> {
  return inFolder({}, async (at) => {
    const authority = ["-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=An authority"];
    await runCommand("openssl", ["req", "-x509", "-days", "2", ...NEW_KEY[kind], ...authority]);
    const request = ["-keyout", at("leaf.key"), "-out", at("leaf.csr"), "-subj", "/CN=127.0.0.1"];
    await runCommand("openssl", ["req", ...NEW_KEY[kind], ...request]);
    await writeFile(at("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    const signed = ["-in", at("leaf.csr"), "-out", at("leaf.pem"), "-extfile", at("names")];
    const signing = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"];
    await runCommand("openssl", ["x509", "-req", "-days", "2", ...signed, ...signing]);
    const [leaf = "", key = "", ca = ""] = await Promise.all(
      ["leaf.pem", "leaf.key", "ca.pem"].map(async (name) => readFile(at(name), "utf8")),
    );
    return {
      leaf,
      key,
      authority: ca,
      pkcs12: async (password, ...options) => exported({ leaf, key, authority: ca }, password, options),
    };
  });
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
