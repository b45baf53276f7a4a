import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { formatPem, formatPkcs12 } from "@sluice/templates";
import { describe, expect, it } from "vitest";
import { createWorkspace } from "../support/workspace.js";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA = ["-newkey", "rsa:2048"];

/** Makes a certificate under another, or under itself: PEM, the key as PKCS#8. */
function issue(folder: string, name: string, algorithm: readonly string[], issuer?: string) {
  const at = (file: string): string => join(folder, file);
  const signing = issuer === undefined ? [] : ["-CA", at(`${issuer}.pem`), "-CAkey", at(`${issuer}.key`)];
  const subject = ["-subj", `/CN=${name}`, "-addext", `basicConstraints=CA:${name !== "leaf"}`];
  const output = ["-nodes", "-days", "1", "-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)];
  execFileSync("openssl", ["req", "-x509", ...algorithm, ...subject, ...signing, ...output], {
    stdio: "pipe",
  });
  const key = createPrivateKey(readFileSync(at(`${name}.key`)));
  return {
    certificate: readFileSync(at(`${name}.pem`), "utf8"),
    key: key.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

const subjects = (pem: string): string[] =>
  Array.from(pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g), ([block]) =>
    new X509Certificate(block).subject.replace("CN=", ""),
  );

describe.each([
  ["EC", EC],
  ["RSA", RSA],
])("certificates with a key of %s", (_, algorithm) => {
  using space = createWorkspace();
  const root = issue(space.path, "root", algorithm);
  const middle = issue(space.path, "middle", algorithm, "root");
  const leaf = issue(space.path, "leaf", algorithm, "middle");
  const text = `${root.certificate}\nsome text\n${leaf.key}${leaf.certificate}\r\n${middle.certificate}`;

  it("are written leaf first, each followed by its issuer, after the key", () => {
    const bundle = formatPem(text, "bundle");
    expect(bundle.startsWith("-----BEGIN PRIVATE KEY-----\n")).toBe(true);
    expect(subjects(bundle)).toEqual(["leaf", "middle", "root"]);
    expect(formatPem(text, "certificates")).toBe(bundle.replace(leaf.key, ""));
    expect(formatPem(text, "key")).toBe(leaf.key);
    expect(bundle).not.toMatch(/\n\n|\r/);
  });

  it("are in order without the key too", () => {
    const without = `${middle.certificate}\n${root.certificate}\n${leaf.certificate}`;
    expect(subjects(formatPem(without, "bundle"))).toEqual(["leaf", "middle", "root"]);
  });

  it("are PKCS#12 that TLS takes with its password only", async () => {
    const pfx = Buffer.from(await formatPkcs12({ text, password: "pässword", alias: "app" }));
    expect(() => createSecureContext({ pfx, passphrase: "pässword" })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: "password" })).toThrow("mac verify failure");
  });

  it("are PKCS#12 that OpenSSL reads back", async () => {
    const pfx = await formatPkcs12({ text, password: "pw", alias: "app" });
    const read = execFileSync("openssl", ["pkcs12", "-nodes", "-passin", "pass:pw"], {
      input: pfx,
      stdio: "pipe",
    });
    expect(subjects(read.toString())).toEqual(["leaf", "middle", "root"]);
    expect(/friendlyName: .*/.exec(read.toString())?.[0]).toBe("friendlyName: app");
    expect(formatPem(read.toString(), "key")).toBe(leaf.key);
  });
});

describe("what is no certificate or key", () => {
  const broken = "-----BEGIN PRIVATE KEY-----\nVEhFU0VDUkVU\n-----END PRIVATE KEY-----\n";

  it.each([
    ["nothing", "", "certificates", "There is no certificate"],
    ["nothing for a key", "", "key", "There is no private key"],
    ["a key that is none", broken, "key", "cannot be read"],
    [
      "a certificate that is none",
      broken.replaceAll("PRIVATE KEY", "CERTIFICATE"),
      "bundle",
      "cannot be read",
    ],
  ] as const)("is refused, and not quoted: %s", (_, text, part, why) => {
    expect(() => formatPem(text, part)).toThrow(why);
    expect(() => formatPem(text, part)).not.toThrow("VEhFU0VDUkVU");
  });

  it("is refused as PKCS#12 too", async () => {
    await expect(formatPkcs12({ text: "", password: "x" })).rejects.toThrow("There is no certificate");
  });

  it("is refused with two keys", () => {
    using space = createWorkspace();
    const { key } = issue(space.path, "a", EC);
    expect(() => formatPem(key + key, "key")).toThrow("more than one private key");
  });
});
