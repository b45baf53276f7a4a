import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { SecretValueError } from "@sluice/core";

/** Certificates with the key that comes with them. */
export interface PemBundle {
  /** The leaf first, each followed by its issuer; what does not belong to the leaf comes last, in its order. */
  readonly certificates: readonly X509Certificate[];
  readonly key?: KeyObject;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * Takes a text apart that has certificates and at most one private key as PEM, in any order, with anything between them.
 *
 * @throws {SecretValueError} when a part makes no sense, is encrypted, or there are two keys. It quotes nothing.
 */
export function readPemBundle(text: string): PemBundle {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label = ""]) => ({ block, label }));
  const [key, ...more] = blocks.filter(({ label }) => label.endsWith("PRIVATE KEY")).map(readKey);
  if (more.length > 0)
    throw new SecretValueError("There is more than one private key", "Leave all but one out");
  const certificates = blocks.filter(({ label }) => label.endsWith("CERTIFICATE")).map(readCertificate);
  return { certificates: leafFirst(certificates, key), ...(key !== undefined && { key }) };
}

function readKey({ block }: { readonly block: string }): KeyObject {
  try {
    return createPrivateKey(block);
  } catch {
    // The parser's message may quote what it read.
    throw new SecretValueError(
      "A private key cannot be read",
      "Store it as PEM without a passphrase (PKCS#8, PKCS#1 or SEC 1)",
    );
  }
}

function readCertificate({ block }: { readonly block: string }): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch {
    throw new SecretValueError("A certificate cannot be read", "Store it as PEM");
  }
}

/** Servers want the leaf first; it is the certificate of the key, or else the one that has issued no other. */
function leafFirst(certificates: readonly X509Certificate[], key: KeyObject | undefined): X509Certificate[] {
  const rest = new Set(certificates);
  const ordered: X509Certificate[] = [];
  let next =
    (key && certificates.find((each) => each.checkPrivateKey(key))) ??
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
