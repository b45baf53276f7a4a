import type * as X509 from "@peculiar/x509";
import { randomBytes, type webcrypto } from "node:crypto";

/** A certificate and its key, PEM. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is made for. */
export interface LeafOptions {
  /** Names that it is valid for; the first is its common name. */
  readonly names: readonly string[];
  /** IP addresses that it is valid for. */
  readonly addresses?: readonly string[];
  readonly lifetimeMs: number;
  /** Now, in milliseconds since the epoch. */
  readonly now: number;
}

/** Clocks differ: a certificate holds from some minutes before it was made. */
export const BACKDATED_MS = 300_000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A root of our own, ECDSA on P-256. */
export async function issueRoot(name: string, lifetimeMs: number, now: number): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(now, lifetimeMs),
    name: [{ CN: [name] }],
    keys,
    extensions: [
      // How long the way to a leaf may be is not said: roots that come after this one are vouched for by it.
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await privatePem(keys.privateKey) };
}

/**
 * A certificate for a root's key by the root before it, as long as that one holds: who trusts only the one before
 * trusts what is under the new one too. PEM.
 */
export async function issueBridge(root: string, before: IssuedCertificate, now: number): Promise<string> {
  const x509 = await loadX509();
  const [subject, issuer] = [root, before.cert].map((text) => new x509.X509Certificate(text)) as [
    X509.X509Certificate,
    X509.X509Certificate,
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(now, issuer.notAfter.getTime() - now),
    subject: subject.subjectName.toJSON(),
    issuer: issuer.subjectName.toJSON(),
    publicKey: subject.publicKey,
    signingKey: await signingKey(before.key),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(subject.publicKey),
    ],
  });
  return pem(certificate);
}

/** A server's certificate under a root. */
export async function issueLeaf(
  root: IssuedCertificate,
  { names, addresses = [], lifetimeMs, now }: LeafOptions,
): Promise<IssuedCertificate> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(root.cert);
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(now, lifetimeMs),
    // A common name has 64 characters at most; what counts are the alternative names.
    subject: [{ CN: [(names[0] ?? addresses[0] ?? "sluice").slice(0, 64)] }],
    issuer: issuer.subjectName.toJSON(),
    publicKey: keys.publicKey,
    signingKey: await signingKey(root.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: "dns", value }) as const),
        ...addresses.map((value) => ({ type: "ip", value }) as const),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await privatePem(keys.privateKey) };
}

/** Loaded when a certificate is made, and only then; its own dependency asks for the other to be there first. */
async function loadX509(): Promise<typeof X509> {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

function validity(now: number, lifetimeMs: number) {
  return {
    // Positive, as RFC 5280 wants it.
    serialNumber: `4${randomBytes(15).toString("hex").slice(1)}`,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + lifetimeMs),
    signingAlgorithm: ALGORITHM,
  };
}

async function signingKey(key: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(key.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
  return crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}

function pem(certificate: { toString(format: "pem"): string }): string {
  return `${certificate.toString("pem").trimEnd()}\n`;
}
