import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../shared/run-command.js";

/** A server's certificate under an authority, all as PEM. */
export interface MadeCertificates {
  readonly leaf: string;
  readonly key: string;
  readonly authority: string;
}

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes a certificate for 127.0.0.1, and the authority that signs it, with OpenSSL. */
export async function makeCertificates(): Promise<MadeCertificates> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-azure-"));
  const at = (name: string): string => join(folder, name);
  try {
    const authority = ["-keyout", at("ca.key"), "-out", at("ca.pem"), "-subj", "/CN=Stand-in authority"];
    await runCommand("openssl", ["req", "-x509", "-days", "2", ...EC, ...authority]);
    const request = ["-keyout", at("leaf.key"), "-out", at("leaf.csr"), "-subj", "/CN=127.0.0.1"];
    await runCommand("openssl", ["req", ...EC, ...request]);
    await writeFile(at("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    const signed = ["-in", at("leaf.csr"), "-out", at("leaf.pem"), "-extfile", at("names")];
    const signing = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"];
    await runCommand("openssl", ["x509", "-req", "-days", "2", ...signed, ...signing]);
    const [leaf, key, ca] = await Promise.all(
      ["leaf.pem", "leaf.key", "ca.pem"].map(async (name) => readFile(at(name), "utf8")),
    );
    return { leaf: leaf ?? "", key: key ?? "", authority: ca ?? "" };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
