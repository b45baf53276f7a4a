import { X509Certificate } from "node:crypto";
import { type Failure, SecretValue } from "@sluice/core";
import { fieldMissing } from "../failure/failures.js";
import { type ObjectProperties, recordOf } from "./object-properties.js";
import { parsePemBundle, pemOf } from "./pem-bundle.js";
import type { Stored } from "./stored.js";

/** Fields of a certificate. */
const CERTIFICATE_FIELDS: readonly string[] = ["tls.crt", "tls.key", "pfx", "raw"];

/** A certificate read without its key: as a whole it is its public half, the leaf as PEM. */
export function publicCertificateView(der: Uint8Array, properties: ObjectProperties): Stored {
  return {
    record: recordOf(properties),
    whole: () => {
      try {
        return SecretValue.fromText(pemOf(new X509Certificate(der)));
      } catch {
        // The parser's words add nothing: what the vault holds is no certificate.
        return MALFORMED;
      }
    },
    field: (name) => fieldMissing(name, CERTIFICATE_FIELDS),
  };
}

/**
 * A certificate with its key, as Key Vault keeps it in the secret of the same name: PEM, or PKCS#12 in Base64.
 * `tls.crt` and `tls.key` can be taken out of PEM only. To open PKCS#12 needs a library this package does not
 * have (`pkijs`, or `node-forge` for RSA): Node.js uses such files but does not give their keys out.
 */
export function storedCertificateView(text: string, properties: ObjectProperties): Stored {
  const pem = properties.contentType !== "application/x-pkcs12";
  const fields: Readonly<Record<string, () => SecretValue | Failure>> = {
    "tls.crt": () => (pem ? half(text, "certificates") : PKCS12),
    "tls.key": () => (pem ? half(text, "privateKey") : PKCS12),
    pfx: () => (pem ? fieldMissing("pfx", ["tls.crt", "tls.key", "raw"]) : decoded(text)),
    raw: () => (pem ? SecretValue.fromText(text) : decoded(text)),
  };
  return {
    record: recordOf(properties),
    whole: () => half(text, "certificates"),
    field: (name) =>
      Object.hasOwn(fields, name) ? (fields[name]?.() ?? MALFORMED) : fieldMissing(name, CERTIFICATE_FIELDS),
  };
}

function half(text: string, name: "certificates" | "privateKey"): SecretValue | Failure {
  const bundle = parsePemBundle(text);
  if (!bundle) return MALFORMED;
  const found = bundle[name];
  return found === undefined ? NO_KEY : SecretValue.fromText(found);
}

function decoded(base64: string): SecretValue {
  return SecretValue.fromBytes(Buffer.from(base64, "base64"));
}

const MALFORMED: Failure = {
  status: "invalid",
  reason: "certificate-malformed",
  message: "holds no certificate that makes sense",
  remedy: "Import or issue it anew",
};

const NO_KEY: Failure = {
  status: "not-found",
  reason: "key-not-exportable",
  message: "has no private key to give",
  remedy: "Issue the certificate with an exportable key",
};

const PKCS12: Failure = {
  status: "unsupported",
  reason: "pkcs12",
  message: "is kept as PKCS#12, which cannot be taken apart here",
  remedy: "Read #pfx, or issue the certificate with content type application/x-pem-file",
};
