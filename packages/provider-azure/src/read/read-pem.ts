import { createPrivateKey, X509Certificate } from "node:crypto";
import { bundleOf, type CertificateBundle } from "./certificate-bundle.js";

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/** Takes a PEM text apart; `undefined` if it holds no certificate that makes sense. */
export function readPem(text: string): CertificateBundle | undefined {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label = ""]) => ({ block, label }));
  const privateKey = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"))?.block;
  try {
    const certificates = blocks
      .filter(({ label }) => label === "CERTIFICATE")
      .map(({ block }) => new X509Certificate(block));
    return bundleOf(certificates, privateKey === undefined ? undefined : createPrivateKey(privateKey));
  } catch {
    // The parser's error may quote what it read; that it makes no sense is all there is to tell.
    return undefined;
  }
}
