import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createMessage, decrypt, decryptKey, encrypt, readKey, readMessage, readPrivateKey } from "openpgp";
import { describe, expect, it } from "vitest";
import { readKeesAnnotations } from "../index.js";
import { localLease, localValue } from "./index.js";
import { JavaRandom, javaHashCode } from "./java-random.js";

async function value(name: string, settings: string): Promise<Uint8Array> {
  const [secret] = readKeesAnnotations({ [`secret.bsycorp.com/${name}`]: settings }).parameters;
  if (secret?.is !== "secret") throw new Error("Not read");
  const found = await localValue(secret);
  if (!("bytes" in found)) throw new Error(found.problem);
  return found.bytes;
}

async function base64(name: string, settings: string): Promise<string> {
  return Buffer.from(await value(name, settings)).toString("base64");
}

describe("java.util.Random", () => {
  it("gives the numbers that are published for seed 42", () => {
    const view = Buffer.from(new JavaRandom(42).bytes(12));
    expect([0, 4, 8].map((at) => view.readInt32LE(at))).toEqual([
      -1_170_105_035, 234_785_527, -1_360_544_799,
    ]);
  });

  it("hashes as Java does", () => {
    expect(javaHashCode("")).toBe(0);
    expect(javaHashCode("hello")).toBe(99_162_322);
    expect(javaHashCode("polygenelubricants")).toBe(-2_147_483_648);
  });
});

describe("localValue", () => {
  // What kees' own tests expect of it.
  it.each([
    [
      "app.service.blah",
      "kind=DYNAMIC,type=RANDOM,size=288",
      "JuTNTwzlgOWVLXk6aG8LQiZ6JXuGlPpaXvEKJkk7jDjsrJpC",
    ],
    ["common.thing", "kind=DYNAMIC,type=RANDOM,size=288", "yE+yS8YCxsbERhg1N2Vq64qqHgmhh9M/TLlZtTK83uWtqSMY"],
    ["service-a.api-key", "kind=DYNAMIC,type=RANDOM,size=128", "93cySZKoHcS9d8HHb4IR/A=="],
    ["service-b.api-key", "kind=DYNAMIC,type=RANDOM,size=128", "sk5qlMR6Es7mPM3msyNx9Q=="],
    ["api-key.test.v1_consumer", "kind=DYNAMIC,type=RANDOM,size=128", "+ghlgXxIrJgCYVjkb6Co3w=="],
    ["api-key.test.v1_provider", "kind=DYNAMIC,type=RANDOM,size=128", "+ghlgXxIrJgCYVjkb6Co3w=="],
    ["common.gpg.v1_password", "kind=DYNAMIC,type=GPG,size=2048,userId=u<u@e.c>", "SmRGbU5tSUh0MjhZc3RXcQ=="],
  ])("gives %s what kees gives", async (name, settings, expected) => {
    expect(await base64(name, settings)).toBe(expected);
  });

  it("gives a password what kees gives", async () => {
    const password = await value("app.service.blah", "kind=DYNAMIC,type=PASSWORD,size=128");
    expect(Buffer.from(password).toString()).toBe("8ekD64eU9hDqA5kz");
  });

  it("gives nothing to what has no size, as kees does", async () => {
    expect(await value("db.password", "kind=REFERENCE,type=PASSWORD")).toHaveLength(0);
    expect(await value("db.random", "kind=REFERENCE,type=RANDOM")).toHaveLength(0);
  });

  it("gives both parts of one RSA key, the same every time", async () => {
    const settings = "kind=DYNAMIC,type=RSA,size=2048";
    const [spki, pkcs8, again, other] = await Promise.all([
      value("signingKey.v1_public", settings),
      value("signingKey.v1_private", settings),
      value("signingKey.v1_private", settings),
      value("signingKey.v2_private", settings),
    ]);
    expect(again).toEqual(pkcs8);
    expect(other).not.toEqual(pkcs8);
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
    const signature = sign("sha256", Buffer.from("text"), key);
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    expect(verify("sha256", Buffer.from("text"), publicKey, signature)).toBe(true);
  });

  it("says what a key without a part is missing", async () => {
    await expect(value("signingKey", "kind=DYNAMIC,type=RSA,size=2048")).rejects.toThrow(
      "which part of a key",
    );
  });
});

describe("localLease", () => {
  function lease(range: string) {
    const [parameter] = readKeesAnnotations({ "lease.bsycorp.com/flake": `kind=INDEX,${range}` }).parameters;
    if (parameter?.is !== "lease") throw new Error("Not read");
    return localLease("local", "test-pod-name", parameter);
  }

  it("gives the index that kees' own test expects of it", () => {
    expect(lease("rangeStart=0,rangeEnd=1000")).toBe(430);
  });

  it("stays in the range where kees leaves it", () => {
    expect(lease("rangeStart=10,rangeEnd=19")).toBe(10);
    expect(lease("rangeStart=5,rangeEnd=5")).toBe(5);
  });
});

describe("a GPG key of local mode", () => {
  const settings = "kind=DYNAMIC,type=GPG,size=4096,userId=user<user@example.com>";
  const part = async (name: string) => Buffer.from(await value(name, settings)).toString();

  it("is the same every time, and another under another name", async () => {
    const [first, again, other] = await Promise.all(["a_private", "a_private", "b_private"].map(part));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it("signs, certifies itself, encrypts and decrypts, behind its password", async () => {
    const [armoredPublic, armoredPrivate, passphrase] = await Promise.all(
      ["a_public", "a_private", "a_password"].map(part),
    );
    const publicKey = await readKey({ armoredKey: armoredPublic ?? "" });
    expect(publicKey.getUserIDs()).toEqual(["user<user@example.com>"]);
    await publicKey.verifyPrimaryKey();
    const locked = await readPrivateKey({ armoredKey: armoredPrivate ?? "" });
    await expect(decryptKey({ privateKey: locked, passphrase: "wrong" })).rejects.toThrow("passphrase");
    const privateKey = await decryptKey({ privateKey: locked, passphrase: passphrase ?? "" });
    const sealed = await encrypt({
      message: await createMessage({ text: "text" }),
      encryptionKeys: publicKey,
      signingKeys: privateKey,
    });
    const opened = await decrypt({
      message: await readMessage({ armoredMessage: sealed }),
      decryptionKeys: privateKey,
      verificationKeys: publicKey,
      expectSigned: true,
    });
    expect(opened.data).toBe("text");
  });
});
