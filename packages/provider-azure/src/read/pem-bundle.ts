import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** What a PEM text of Key Vault holds. */
export interface PemBundle {
  /** Public certificates as PEM, the leaf first, each followed by its issuer. */
  readonly certificates: string;
  /** The private key as PEM, as it is stored; absent from a certificate whose key may not leave the vault. */
  readonly privateKey?: string;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/** Takes a PEM text apart; `undefined` if it holds no certificate that makes sense. */
export function parsePemBundle(text: string): PemBundle | undefined {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label = ""]) => ({ block, label }));
  const privateKey = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"))?.block;
  try {
    const certificates = blocks
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ block }) => new X509Certificate(block));
    const key = privateKey === undefined ? undefined : createPrivateKey(privateKey);
    const chain = leafFirst(certificates, key).map(pemOf).join("");
    if (chain === "") return undefined;
    return { certificates: chain, ...(privateKey !== undefined && { privateKey: `${privateKey}\n` }) };
  } catch {
    // The parser's error may quote what it read; that it makes no sense is all there is to tell.
    return undefined;
  }
}

/** A certificate as PEM. */
export function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString().trimEnd()}\n`;
}

/** Servers and Kubernetes want the leaf first; Key Vault keeps the order in which a chain was imported. */
function leafFirst(certificates: readonly X509Certificate[], key: KeyObject | undefined): X509Certificate[] {
  const rest = new Set(certificates);
  const ordered: X509Certificate[] = [];
  let next =
    certificates.find((each) => key !== undefined && each.checkPrivateKey(key)) ??
    certificates.find((each) => !certificates.some((other) => other !== each && other.checkIssued(each))) ??
    certificates[0];
  while (next) {
    ordered.push(next);
    rest.delete(next);
    const last = next;
    next = Array.from(rest).find((each) => last.checkIssued(each));
  }
  return [...ordered, ...rest];
}
