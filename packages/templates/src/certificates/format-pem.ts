import { SecretValueError } from "@sluice/core";
import { readPemBundle } from "./pem-bundle.js";

/** What of certificates and their key is wanted; `bundle` is the key if there is one, and then the certificates. */
export type PemPart = "bundle" | "certificates" | "key";

/**
 * Certificates and a key in the order that servers want: the leaf first, each certificate followed by its issuer. The key is
 * PKCS#8.
 *
 * @param text Has them as PEM in any order.
 * @throws {SecretValueError} when a part cannot be read, or what is wanted is not there.
 */
export function formatPem(text: string, part: PemPart): string {
  const { certificates, key } = readPemBundle(text);
  if (part === "key" && key === undefined)
    throw new SecretValueError("There is no private key", "Name a secret that has one");
  if (part !== "key" && certificates.length === 0)
    throw new SecretValueError("There is no certificate", "Name a secret that has one, as PEM");
  const keyText = part === "certificates" ? undefined : key?.export({ type: "pkcs8", format: "pem" });
  const chain = part === "key" ? [] : certificates.map((each) => `${each.toString().trimEnd()}\n`);
  return `${keyText?.toString() ?? ""}${chain.join("")}`;
}
