import { createPrivateKey, createPublicKey, createSign, createVerify } from "node:crypto";
import { decryptKey, readKey, readPrivateKey } from "openpgp";
import { describe, expect, it } from "vitest";
import type { FamilySpec } from "./family-spec.js";
import { familySteps } from "./family-steps.js";
import { makeMember } from "./make-member.js";
import { DEFAULT_ALPHABET, makePassword, passwordFault } from "./make-password.js";

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** Every member, made in order, each from what its step names. */
async function makeFamily(spec: FamilySpec): Promise<Map<string, Uint8Array>> {
  const made = new Map<string, Uint8Array>();
  for (const { field, from } of familySteps(spec) ?? [{ field: "" }]) {
    const source = from === undefined ? undefined : made.get(from);
    made.set(field, await makeMember({ spec, field, ...(source && { source }) }));
  }
  return made;
}

describe("key pairs", () => {
  it.each<FamilySpec>([
    { type: "rsa", bits: 2048, form: "der" },
    { type: "rsa", bits: 2048, form: "pem" },
    { type: "ec", curve: "P-256", form: "der" },
    { type: "ec", curve: "P-384", form: "pem" },
    { type: "ec", curve: "P-521", form: "der" },
  ])("$type $curve $form: PKCS #8 and SPKI that belong together", async (spec) => {
    if (!("form" in spec)) throw new Error("It has no form");
    const family = await makeFamily(spec);
    const privateKey = createPrivateKey({
      key: Buffer.from(family.get("private") ?? []),
      format: spec.form,
      type: "pkcs8",
    });
    const publicKey = createPublicKey({
      key: Buffer.from(family.get("public") ?? []),
      format: spec.form,
      type: "spki",
    });
    const signature = createSign("sha256").update("said").sign(privateKey);
    expect(createVerify("sha256").update("said").verify(publicKey, signature)).toBe(true);
    const details = spec.type === "rsa" ? { modulusLength: spec.bits } : {};
    expect(privateKey.asymmetricKeyDetails).toMatchObject(details);
  });

  it("Ed25519 follows from its private key", async () => {
    const family = await makeFamily({ type: "ed25519", form: "pem" });
    expect(text(family.get("private"))).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    const derived = createPublicKey(text(family.get("private"))).export({ format: "pem", type: "spki" });
    expect(text(family.get("public"))).toBe(derived);
  });

  it("what is no private key has no public one", async () => {
    const source = new TextEncoder().encode("no key");
    for (const spec of [
      { type: "rsa", bits: 2048, form: "der" },
      { type: "ssh" },
      { type: "gpg", bits: 2048, userId: "a<a@b>" },
    ] as const)
      await expect(makeMember({ spec, field: "public", source })).rejects.toThrow(Error);
    await expect(makeMember({ spec: { type: "ed25519", form: "der" }, field: "public" })).rejects.toThrow(
      "which is missing",
    );
  });
});

describe("SSH keys", () => {
  it("are in OpenSSH's format, with their comment", async () => {
    const family = await makeFamily({ type: "ssh", comment: "deploy@shop" });
    expect(text(family.get("private"))).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    expect(text(family.get("public"))).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+ deploy@shop$/);
  });
});

describe("GPG keys", () => {
  it(
    "are locked with the password, and the public key is the private one's",
    { timeout: 60_000 },
    async () => {
      const family = await makeFamily({ type: "gpg", bits: 2048, userId: "Shop<shop@example.com>" });
      const passphrase = text(family.get("password"));
      expect(passphrase).toMatch(/^[0-9A-Za-z]{16}$/);
      const locked = await readPrivateKey({ armoredKey: text(family.get("private")) });
      await expect(decryptKey({ privateKey: locked, passphrase: "another" })).rejects.toThrow(Error);
      const privateKey = await decryptKey({ privateKey: locked, passphrase });
      const publicKey = await readKey({ armoredKey: text(family.get("public")) });
      expect(publicKey.isPrivate()).toBe(false);
      expect(publicKey.getFingerprint()).toBe(privateKey.getFingerprint());
      expect(publicKey.users[0]?.userID?.userID).toBe("Shop <shop@example.com>");
    },
  );
});

describe("single values", () => {
  it("random bytes, passwords and UUIDs are of their size, and new each time", async () => {
    expect(await makeMember({ spec: { type: "random", bytes: 32 }, field: "" })).toHaveLength(32);
    const uuid = async (): Promise<string> => text(await makeMember({ spec: { type: "uuid" }, field: "" }));
    expect(await uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const some = await Promise.all(Array.from({ length: 100 }, uuid));
    expect(new Set(some).size).toBe(100);
  });

  it("a password keeps its rules", () => {
    const require = ["0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "!?"];
    const alphabet = `${DEFAULT_ALPHABET}!?`;
    for (let round = 0; round < 500; round += 1) {
      const password = makePassword({ length: 3 + (round % 20), alphabet, require });
      expect(password).toHaveLength(3 + (round % 20));
      for (const set of require) expect(Array.from(password).some((each) => set.includes(each))).toBe(true);
      expect(Array.from(password).every((each) => alphabet.includes(each))).toBe(true);
    }
    const first = new Set(
      Array.from({ length: 500 }, () => makePassword({ length: 4, alphabet, require })[0]),
    );
    expect(first.size).toBeGreaterThan(20);
    expect(makePassword({ length: 8, alphabet: "äö" })).toMatch(/^[äö]{8}$/);
  });

  it.each([
    [{ length: 8, alphabet: "aab" }, "twice"],
    [{ length: 8, alphabet: "a" }, "fewer than two"],
    [{ length: 8, require: ["!"] }, "not in its alphabet"],
    [{ length: 8, require: [""] }, "empty"],
    [{ length: 1, require: ["a", "b"] }, "shorter"],
    [{ length: 2, require: ["a", "b"] }, "none"],
  ])("the fault of %j is %s", (rules, fault) => {
    const found = passwordFault(rules) ?? "none";
    expect(found).toContain(fault);
  });
});
