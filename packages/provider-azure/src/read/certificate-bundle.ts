import type { KeyObject, X509Certificate } from "node:crypto";

/** A certificate with what comes with it. */
export interface CertificateBundle {
  /** Public certificates as PEM, the leaf first, each followed by its issuer. */
  readonly certificates: string;
  /** The private key as PEM (PKCS#8); absent from a certificate whose key may not leave the vault. */
  readonly privateKey?: string;
}

/** Puts a bundle together; `undefined` if there is no certificate. */
export function bundleOf(
  certificates: readonly X509Certificate[],
  key: KeyObject | undefined,
): CertificateBundle | undefined {
  const chain = leafFirst(certificates, key).map(pemOf).join("");
  if (chain === "") return undefined;
  const privateKey = key?.export({ type: "pkcs8", format: "pem" }).toString();
  return { certificates: chain, ...(privateKey !== undefined && { privateKey }) };
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
