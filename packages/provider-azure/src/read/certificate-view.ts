import { X509Certificate } from "node:crypto";
import { type Failure, SecretValue } from "@sluice/core";
import { fieldMissing } from "../failure/failures.js";
import { lazily } from "../util/lazily.js";
import { type CertificateBundle, pemOf } from "./certificate-bundle.js";
import { type ObjectProperties, recordOf } from "./object-properties.js";
import { readPem } from "./read-pem.js";
import { readPkcs12 } from "./read-pkcs12.js";
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

/** A certificate with its key, as Key Vault keeps it in the secret of the same name: PEM, or PKCS#12 in Base64. */
export function storedCertificateView(text: string, properties: ObjectProperties): Stored {
  // A secret that a person wrote mostly has no content type, or any.
  const { contentType } = properties;
  const isText = contentType !== "application/x-pkcs12" && (text === "" || text.includes("-----BEGIN "));
  const pem = contentType === "application/x-pem-file" || isText;
  const bytes = (): Buffer => Buffer.from(text, "base64");
  // All fields of one read share the parsing.
  const bundle = lazily(async () => (pem ? readPem(text) : readPkcs12(bytes())));
  const half = async (name: keyof CertificateBundle): Promise<SecretValue | Failure> => {
    const parsed = await bundle();
    if (!parsed) return MALFORMED;
    const found = parsed[name];
    return found === undefined ? NO_KEY : SecretValue.fromText(found);
  };
  const fields: Readonly<Record<string, () => SecretValue | Failure | Promise<SecretValue | Failure>>> = {
    "tls.crt": async () => half("certificates"),
    "tls.key": async () => half("privateKey"),
    pfx: () => (pem ? fieldMissing("pfx", ["tls.crt", "tls.key", "raw"]) : SecretValue.fromBytes(bytes())),
    raw: () => (pem ? SecretValue.fromText(text) : SecretValue.fromBytes(bytes())),
  };
  return {
    record: recordOf(properties),
    whole: async () => half("certificates"),
    field: (name) =>
      Object.hasOwn(fields, name) ? (fields[name]?.() ?? MALFORMED) : fieldMissing(name, CERTIFICATE_FIELDS),
  };
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
