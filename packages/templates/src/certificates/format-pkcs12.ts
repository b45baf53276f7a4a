import { createHash, createHmac, randomBytes } from "node:crypto";
import { SecretValueError } from "@sluice/core";
import type * as forge from "node-forge";
import type { asn1, Bytes, md, util } from "node-forge";
import { readPemBundle } from "./pem-bundle.js";

/** What a PKCS#12 file is made of. */
export interface Pkcs12Options {
  /** Certificates and their key as PEM, in any order. */
  readonly text: string;
  readonly password: string;
  /** Name of the entry, which Java calls its alias; none by default. */
  readonly alias?: string;
}

type Forge = typeof forge;

// As `openssl pkcs12` and Java's keytool do by default today.
const MAC_ITERATIONS = 10_000;

/**
 * A key and its certificates as PKCS#12 (RFC 7292), for OpenSSL 3, Java and .NET: the key, of any kind, under PBES2 with
 * AES-256, the whole under an HMAC of SHA-256. Certificates are not encrypted. Two calls never give the same bytes.
 *
 * @throws {SecretValueError} when a part cannot be read, or there is no key or no certificate.
 */
export async function formatPkcs12({ text, password, alias }: Pkcs12Options): Promise<Uint8Array> {
  const { certificates, key } = readPemBundle(text);
  const [leaf] = certificates;
  if (leaf === undefined || key === undefined)
    throw new SecretValueError(
      `There is no ${leaf === undefined ? "certificate" : "private key"} for the PKCS#12 file`,
      "Name secrets that have both, as PEM",
    );
  // Loaded here because few files need it.
  const { default: forge } = await import("node-forge");
  const write = new Asn1Writer(forge);
  // What ties the key to its certificate.
  const attributes = write.attributes(createHash("sha1").update(leaf.raw).digest("binary"), alias);
  const shrouded = key.export({ type: "pkcs8", format: "der", cipher: "aes-256-cbc", passphrase: password });
  const bags = [
    write.bag("pkcs8ShroudedKeyBag", forge.asn1.fromDer(shrouded.toString("binary")), attributes),
    ...certificates.map((each) =>
      write.bag(
        "certBag",
        write.sequence(write.oid("x509Certificate"), write.tagged(write.octets(each.raw.toString("binary")))),
        each === leaf ? attributes : undefined,
      ),
    ),
  ];
  const safe = write.der(write.sequence(write.data(write.der(write.sequence(...bags)))));
  const file = write.sequence(write.integer(3), write.data(safe), macOf(forge, write, safe, password));
  return Buffer.from(write.der(file), "binary");
}

/** What proves that the file was not changed: RFC 7292, 4 and appendix B. */
function macOf(forge: Forge, write: Asn1Writer, safe: Bytes, password: string): asn1.Asn1 {
  const salt = randomBytes(16).toString("binary");
  const { generateKey } = forge.pkcs12 as unknown as { readonly generateKey: GenerateKey };
  const purpose = 3;
  const saltBuffer = forge.util.createBuffer(salt);
  const mac = generateKey(password, saltBuffer, purpose, MAC_ITERATIONS, 32, forge.md.sha256.create());
  const digest = createHmac("sha256", Buffer.from(mac.getBytes(), "binary"))
    .update(Buffer.from(safe, "binary"))
    .digest("binary");
  const algorithm = write.sequence(write.oid("sha256"), write.nothing());
  return write.sequence(
    write.sequence(algorithm, write.octets(digest)),
    write.octets(salt),
    write.integer(MAC_ITERATIONS),
  );
}

/** Its types leave it out. */
type GenerateKey = (
  password: string,
  salt: util.ByteStringBuffer,
  purpose: number,
  iterations: number,
  size: number,
  digest: md.MessageDigest,
) => util.ByteStringBuffer;

/** The few shapes of ASN.1 that PKCS#12 is made of. */
class Asn1Writer {
  constructor(private readonly forge: Forge) {}

  sequence(...items: readonly asn1.Asn1[]): asn1.Asn1 {
    return this.#constructed(this.forge.asn1.Type.SEQUENCE, items);
  }

  octets(bytes: Bytes): asn1.Asn1 {
    return this.#plain(this.forge.asn1.Type.OCTETSTRING, bytes);
  }

  integer(value: number): asn1.Asn1 {
    return this.#plain(this.forge.asn1.Type.INTEGER, this.forge.asn1.integerToDer(value).getBytes());
  }

  nothing(): asn1.Asn1 {
    return this.#plain(this.forge.asn1.Type.NULL, "");
  }

  oid(name: string): asn1.Asn1 {
    const { asn1: syntax, pki } = this.forge;
    return this.#plain(syntax.Type.OID, syntax.oidToDer(pki.oids[name] ?? "").getBytes());
  }

  /** `[0]`, around one item. */
  tagged(item: asn1.Asn1): asn1.Asn1 {
    const { create, Class, Type } = this.forge.asn1;
    return create(Class.CONTEXT_SPECIFIC, Type.NONE, true, [item]);
  }

  /** A ContentInfo of plain data. */
  data(bytes: Bytes): asn1.Asn1 {
    return this.sequence(this.oid("data"), this.tagged(this.octets(bytes)));
  }

  bag(type: "certBag" | "pkcs8ShroudedKeyBag", value: asn1.Asn1, attributes?: asn1.Asn1): asn1.Asn1 {
    return this.sequence(
      this.oid(type),
      this.tagged(value),
      ...(attributes === undefined ? [] : [attributes]),
    );
  }

  attributes(localKeyId: Bytes, friendlyName: string | undefined): asn1.Asn1 {
    const { Type } = this.forge.asn1;
    const attribute = (name: string, value: asn1.Asn1): asn1.Asn1 =>
      this.sequence(this.oid(name), this.#constructed(Type.SET, [value]));
    return this.#constructed(Type.SET, [
      attribute("localKeyId", this.octets(localKeyId)),
      ...(friendlyName === undefined
        ? []
        : [attribute("friendlyName", this.#plain(Type.BMPSTRING, friendlyName))]),
    ]);
  }

  der(item: asn1.Asn1): Bytes {
    return this.forge.asn1.toDer(item).getBytes();
  }

  #plain(type: asn1.Type, bytes: Bytes): asn1.Asn1 {
    return this.forge.asn1.create(this.forge.asn1.Class.UNIVERSAL, type, false, bytes);
  }

  #constructed(type: asn1.Type, items: readonly asn1.Asn1[]): asn1.Asn1 {
    return this.forge.asn1.create(this.forge.asn1.Class.UNIVERSAL, type, true, [...items]);
  }
}
