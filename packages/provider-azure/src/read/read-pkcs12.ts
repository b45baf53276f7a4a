import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { asn1 } from "node-forge";
import { type CertificateBundle, bundleOf } from "./certificate-bundle.js";

/** How a file without a password is protected: by an empty one, or by none at all. */
const NO_PASSWORD = ["", undefined];

/**
 * Takes PKCS#12 apart, by default without a password, as Key Vault keeps it; `undefined` if it holds no certificate that makes
 * sense. Node.js itself uses such files, but does not give their keys out.
 */
export async function readPkcs12(
  bytes: Uint8Array,
  password?: string,
): Promise<CertificateBundle | undefined> {
  // Loaded here because few stores need it.
  const { default: forge } = await import("node-forge");
  for (const tried of password === undefined ? NO_PASSWORD : [password])
    try {
      const parsed = forge.asn1.fromDer(Buffer.from(bytes).toString("binary"));
      const bags = forge.pkcs12
        .pkcs12FromAsn1(parsed, tried as string)
        .safeContents.flatMap(({ safeBags }) => safeBags);
      const der = (content: asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(content).getBytes(), "binary");
      // What forge cannot parse further, such as elliptic curves, it gives as it is.
      const certificates = bags
        .filter(({ type }) => type === forge.pki.oids["certBag"])
        .map(
          ({ cert, asn1: raw }) => new X509Certificate(der(cert ? forge.pki.certificateToAsn1(cert) : raw)),
        );
      const keys = bags.flatMap(({ type, key, asn1: raw }): KeyObject[] => {
        if (type !== forge.pki.oids["keyBag"] && type !== forge.pki.oids["pkcs8ShroudedKeyBag"]) return [];
        const info = key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : raw;
        return [createPrivateKey({ key: der(info), format: "der", type: "pkcs8" })];
      });
      return bundleOf(certificates, keys[0]);
    } catch {
      // What the parser says may quote what it read; that it makes no sense is all there is to tell.
    }
  return undefined;
}
