import { SSM } from "@aws-sdk/client-ssm";
import { createSecretResolver, SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { ssm } from "../src/index.js";
import { ask, contextOf, readOne, textOf } from "./ask.js";
import { ENVIRONMENT } from "./environment.js";
import { NO_MOTO, openMoto } from "./open-moto.js";
import { CREDENTIALS, ssmStore } from "./ssm-store.js";

const moto = await openMoto();

describe.skipIf(!moto)("reading parameters of moto", () => {
  const { proxy, direct } = moto ?? NO_MOTO;
  const store = ssmStore(moto ?? NO_MOTO);
  const { aws, write } = store;

  it.each([
    ["text beyond ASCII", "Grüße, 世界 🔑"],
    ["several lines and white space around", "  -----BEGIN-----\r\nabc\n\n-----END-----\n\t"],
    ["4 KiB", "x".repeat(4096)],
    ["JSON", '{"a": "b"}'],
  ])("passes %s through", async (_, value) => {
    await write(`${store.at}/value`, value);
    expect(textOf(await readOne(store.provider, `${store.at}/value`))).toBe(value);
  });

  it("reads 8 KiB of the advanced tier, plain text and lists", async () => {
    await write(`${store.at}/large`, "y".repeat(8192), { Tier: "Advanced" });
    await write(`${store.at}/plain`, "plain", { Type: "String" });
    await write(`${store.at}/list`, "a,b", { Type: "StringList" });
    const outcomes = await store.provider.resolve(
      ["large", "plain", "list"].map((name) => ask(`${store.at}/${name}`)),
      contextOf(),
    );
    expect(outcomes.map(textOf)).toEqual(["y".repeat(8192), "plain", "a,b"]);
  });

  it("answers for what is missing beside what is there", async () => {
    await write(`${store.at}/a`, "A");
    const outcomes = await store.provider.resolve(
      [ask(`${store.at}/a`), ask(`${store.at}/gone`), ask("not a name"), ask(`${store.at}/a:1`)],
      contextOf(),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["found", "not-found", "invalid", "invalid"]);
    expect(proxy.count("GetParameters")).toBe(1);
  });

  it("reads 100 parameters in 10 calls, through the resolver", async () => {
    const paths = Array.from({ length: 100 }, (_, n) => `${store.at}/p${n}`);
    await Promise.all(paths.map(async (path, n) => write(path, `value ${n}`)));
    const stores = { aws: ssm({ endpoint: proxy.address }) };
    await using secrets = createSecretResolver({ stores, environment: ENVIRONMENT });
    const values = await secrets.getAll(
      Object.fromEntries(paths.map((path, n) => [`value ${n}`, `secret://aws/${path}`] as const)),
    );
    for (const [text, value] of Object.entries(values)) expect(value.text()).toBe(text);
    expect(Object.keys(values)).toHaveLength(100);
    expect(proxy.count("GetParameters")).toBe(10);
    expect(proxy.calls).toHaveLength(10);
  });

  it("takes the slash in front of a hierarchy as read, and a name without any as it is", async () => {
    await write(`${store.at}/a`, "in the hierarchy");
    await write(store.at.slice(1), "without");
    const outcomes = await store.provider.resolve(
      [ask(`${store.at.slice(1)}/a`), ask(store.at.slice(1))],
      contextOf(),
    );
    expect(outcomes.map(textOf)).toEqual(["in the hierarchy", "without"]);
  });

  it("reads versions and labels of one parameter, together", async () => {
    await write(`${store.at}/v`, "one");
    await write(`${store.at}/v`, "two");
    await aws.labelParameterVersion({ Name: `${store.at}/v`, ParameterVersion: 1, Labels: ["first"] });
    const path = `${store.at}/v`;
    const outcomes = await store.provider.resolve(
      [
        ask(path),
        ask(path, { kind: "exact", version: "1" }),
        ask(path, { kind: "exact", version: "2" }),
        ask(path, { kind: "label", label: "first" }),
        ask(path, { kind: "exact", version: "3" }),
        ask(path, { kind: "label", label: "unknown" }),
        ask(path, { kind: "label", label: "1" }),
        ask(path, { kind: "exact", version: "first" }),
      ],
      contextOf(),
    );
    expect(
      outcomes.map((outcome) => (outcome.status === "found" ? textOf(outcome) : outcome.status)),
    ).toEqual(["two", "one", "two", "one", ...Array.from({ length: 4 }, () => "not-found")]);
    expect(outcomes[0]).toMatchObject({ version: "2", updatedAt: expect.any(Number) as number });
  });

  it("reads an ARN in its own region", async () => {
    const there = new SSM({ endpoint: direct, region: "us-west-2", credentials: CREDENTIALS });
    await there.putParameter({ Name: `${store.at}/far`, Value: "far away", Type: "String" });
    const { Parameter } = await there.getParameter({ Name: `${store.at}/far` });
    there.destroy();
    const arn = Parameter?.ARN ?? "";
    expect(arn).toContain(":us-west-2:");
    expect(textOf(await readOne(store.provider, arn))).toBe("far away");
    expect(textOf(await readOne(store.provider, `${store.at}/far`))).toMatch(/^not-found/);
    expect(proxy.calls.map(({ region }) => region)).toEqual(["us-west-2", "eu-central-1"]);
  });

  it("sees a change at once, under another version", async () => {
    await write(`${store.at}/c`, "old");
    const first = await readOne(store.provider, `${store.at}/c`);
    await write(`${store.at}/c`, "new");
    const second = await readOne(store.provider, `${store.at}/c`);
    expect([textOf(first), textOf(second)]).toEqual(["old", "new"]);
    expect(first).toMatchObject({ version: "1" });
    expect(second).toMatchObject({ version: "2" });
  });

  describe("by path", () => {
    const below = (path: string, key?: string) =>
      `secret://aws/${path}/${key === undefined ? "" : `#${key}`}` as const;

    it("reads all below it, decrypted, with one read for every field", async () => {
      const names = Array.from({ length: 23 }, (_, n) => `n${String(n).padStart(2, "0")}`);
      for (const name of names) await write(`${store.at}/all/${name}`, `value of ${name}`);
      await write(`${store.at}/all/deep/inside`, "a,b", { Type: "StringList" });
      await write(`${store.at}/allies`, "not below");
      const stores = { aws: ssm({ endpoint: proxy.address }) };
      await using secrets = createSecretResolver({ stores, environment: ENVIRONMENT });
      const root = `${store.at.slice(1)}/all`;
      const { whole, one, deep } = await secrets.getAll({
        whole: below(root),
        one: below(root, "n07"),
        deep: below(root, "deep/inside"),
      });
      expect(whole.json()).toEqual({
        "deep/inside": "a,b",
        ...Object.fromEntries(names.map((name) => [name, `value of ${name}`])),
      });
      expect([one.text(), deep.text()]).toEqual(["value of n07", "a,b"]);
      // AWS gives ten a page.
      expect(proxy.calls.map(({ operation }) => operation)).toEqual(
        Array.from({ length: 3 }, () => "GetParametersByPath"),
      );
      const [missing] = await secrets.settle([below(root, "n99")]);
      expect(missing).toMatchObject({ status: "not-found", reason: "field-missing" });
    });

    it("is not found where nothing is below, and stands beside single parameters of a batch", async () => {
      await write(`${store.at}/one/a`, "A");
      const outcomes = await store.provider.resolve(
        [ask(`${store.at}/one/`), ask(`${store.at}/none/`), ask(`${store.at}/one/a`), ask(`${store.at}/one`)],
        contextOf(),
      );
      expect(outcomes.map(({ status }) => status)).toEqual(["found", "not-found", "found", "not-found"]);
      const [all] = outcomes;
      const fields =
        all?.status === "found" && all.value instanceof Map ? all.value : new Map<string, never>();
      expect(Array.from(fields.keys())).toEqual(["a"]);
      expect(proxy.count("GetParameters")).toBe(1);
    });

    it("has no version, is none of another region, and is not written to", async () => {
      const versions = [
        { kind: "exact", version: "1" },
        { kind: "label", label: "prod" },
      ] as const;
      for (const version of versions)
        expect(await readOne(store.provider, `${store.at}/`, version)).toMatchObject({
          status: "unsupported",
          reason: "version-of-path",
        });
      for (const path of ["arn:aws:ssm:us-west-2:123456789012:parameter/app/", "/", "//", "a//"])
        expect(await readOne(store.provider, path)).toMatchObject({ status: "invalid" });
      const value = SecretValue.fromText("x");
      expect(await store.provider.put?.({ path: `${store.at}/`, value }, contextOf())).toMatchObject({
        status: "invalid",
        reason: "parameter-name",
      });
      expect(await store.provider.delete?.({ path: `${store.at}/` }, contextOf())).toMatchObject({
        status: "invalid",
      });
      expect(proxy.calls).toEqual([]);
    });

    it("is whole or a failure: a page that cannot be read takes the others with it", async () => {
      for (let n = 0; n < 12; n++) await write(`${store.at}/broken/${n}`, "x");
      proxy.intercept(({ body }) =>
        body.includes("NextToken")
          ? { status: 400, body: '{"__type":"AccessDeniedException","message":"canary"}' }
          : undefined,
      );
      const outcome = await readOne(store.provider, `${store.at}/broken/`);
      expect(outcome).toMatchObject({ status: "denied", reason: "AccessDeniedException" });
      expect(JSON.stringify(outcome)).not.toContain("canary");
    });
  });
});
