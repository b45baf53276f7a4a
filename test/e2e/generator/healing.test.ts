import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";
import { GeneratorPlace } from "./generator-place.js";

const opened = await openAws(PARAMETER_STORE);
const reason = "reason" in opened ? opened.reason : undefined;
const subject = opened as CliSubject;

describe.skipIf(reason !== undefined)("families of kees that are not whole", { timeout: 120_000 }, () => {
  let place: GeneratorPlace;
  const prefix = reason === undefined ? `/${subject.path("kees")}` : "";
  const at = (name: string): string => `${prefix}/${name}`;
  const pod = (annotations: Readonly<Record<string, string>>) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "web",
      namespace: "shop",
      annotations: { "init.bsycorp.com/storage-prefix": prefix, ...annotations },
    },
    spec: { containers: [{ name: "app", image: "app" }] },
  });

  beforeAll(async () => {
    // A GPG key with a subkey is more than the tier Standard holds.
    const { options, env } = subject.store;
    const store = { options: { ...options, write: { tier: "Advanced" } }, env };
    place = await GeneratorPlace.open({ ...subject, store });
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await subject[Symbol.asyncDispose]();
  });

  it("a public key is made again from its private key, which stays", async () => {
    await place.write(
      "pod.yaml",
      pod({ "secret.bsycorp.com/sign_public": "kind=DYNAMIC,type=RSA,size=2048" }),
    );
    expect(await place.rows("-f", "pod.yaml")).toMatchObject([
      { status: "created", place: `${at("sign_private")} ${at("sign_public")}` },
    ]);
    const before = await read("sign_private", "sign_public");
    await place.remove(at("sign_public"));
    expect(await place.rows("-f", "pod.yaml")).toMatchObject([
      { status: "created", place: at("sign_public") },
    ]);
    expect(await read("sign_private", "sign_public")).toEqual(before);
  });

  it("a private key that is gone is not replaced, for what stands would not belong to another", async () => {
    const [, before] = await read("sign_private", "sign_public");
    await place.remove(at("sign_private"));
    const { code, stderr } = await place.generate("-f", "pod.yaml");
    expect(code).toBe(78);
    expect(stderr).toContain(
      `${at("sign_private")} is gone, and what was made from it stands at ${at("sign_public")}`,
    );
    expect(await read("sign_private", "sign_public")).toEqual([undefined, before]);
  });

  it("both sides of an API key are given the value of the one that stands", async () => {
    await place.write(
      "api.yaml",
      pod({ "secret.bsycorp.com/api-key.shop": "kind=DYNAMIC,type=RANDOM,size=256" }),
    );
    await place.rows("-f", "api.yaml");
    const [consumer, provider, whole] = await read(...API);
    expect(Buffer.from(consumer ?? "", "base64")).toHaveLength(32);
    expect([provider, whole]).toEqual([consumer, consumer]);
    await place.remove(at("api-key.shop_consumer"));
    await place.rows("-f", "api.yaml");
    expect(await read(...API)).toEqual([consumer, consumer, consumer]);
  });

  it("a GPG key is locked with the password that stands", async () => {
    // What a generator leaves that dies after its first write.
    const password = Buffer.from("correct horse battery").toString("base64");
    await subject.write(at("mail_password"), password);
    const settings = "kind=DYNAMIC,type=GPG,size=2048,userId=Shop<shop@example.com>";
    await place.write("gpg.yaml", pod({ "secret.bsycorp.com/mail_public": settings }));
    expect(await place.rows("-f", "gpg.yaml")).toMatchObject([{ status: "created" }]);
    const [kept, locked, open] = await read("mail_password", "mail_private", "mail_public");
    expect(kept).toBe(password);
    const { decryptKey, readKey, readPrivateKey } = await import("openpgp");
    const privateKey = await decryptKey({
      privateKey: await readPrivateKey({ armoredKey: decoded(locked) }),
      passphrase: "correct horse battery",
    });
    const publicKey = await readKey({ armoredKey: decoded(open) });
    expect(publicKey.getFingerprint()).toBe(privateKey.getFingerprint());
  });

  it("what is not of kees is not taken for a key", async () => {
    await subject.write(at("odd_private"), "no Base64 at all!");
    await place.write(
      "odd.yaml",
      pod({ "secret.bsycorp.com/odd_public": "kind=DYNAMIC,type=RSA,size=2048" }),
    );
    const { code, stderr } = await place.generate("-f", "odd.yaml");
    expect(code).toBe(78);
    expect(stderr).toContain(`${at("odd_private")} is not base64`);
    expect(stderr).not.toContain("no Base64 at all!");
    await subject.write(at("fake_private"), Buffer.from("no key").toString("base64"));
    await place.write(
      "fake.yaml",
      pod({ "secret.bsycorp.com/fake_public": "kind=DYNAMIC,type=RSA,size=2048" }),
    );
    const fake = await place.generate("-f", "fake.yaml");
    expect([fake.code, fake.stderr]).toEqual([
      78,
      expect.stringContaining("cannot be made from the private that stands"),
    ]);
  });

  it("nothing is created of a REFERENCE, a resource, or for a pod in a local mode", async () => {
    const annotations = { "secret.bsycorp.com/other": "kind=DYNAMIC,type=PASSWORD,size=128" };
    await place.write(
      "none.yaml",
      pod({
        "secret.bsycorp.com/db.password": "kind=REFERENCE,type=PASSWORD",
        "resource.bsycorp.com/url": "storageKey=url",
      }),
      pod({ ...annotations, "init.bsycorp.com/local-mode": "true" }),
      pod({ ...annotations, "init.bsycorp.com/local-mode": "remote-then-local" }),
    );
    expect(await place.rows("-f", "none.yaml")).toEqual([]);
    expect(await read("db.password", "url", "other")).toEqual([undefined, undefined, undefined]);
  });

  it("nothing is created where no rule permits it", async () => {
    await using strict = await GeneratorPlace.open(subject, {
      access: [{ namespaces: ["shop"], paths: ["elsewhere/**"] }],
    });
    await strict.write(
      "pod.yaml",
      pod({ "secret.bsycorp.com/barred": "kind=DYNAMIC,type=PASSWORD,size=128" }),
    );
    const { code, stderr } = await strict.generate("-f", "pod.yaml");
    expect(code).toBe(78);
    expect(stderr).toContain(`namespace shop may have nothing created at ${at("barred")}`);
    expect(await read("barred")).toEqual([undefined]);
  });

  const API = ["api-key.shop_consumer", "api-key.shop_provider", "api-key.shop"] as const;

  async function read(...names: readonly string[]): Promise<(string | undefined)[]> {
    return Promise.all(names.map(async (name) => subject.read(at(name))));
  }

  function decoded(text: string | undefined): string {
    return Buffer.from(text ?? "", "base64").toString();
  }
});
