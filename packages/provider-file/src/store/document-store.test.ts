import { chmod, rename, rm, utimes, writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { join } from "node:path";
import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { contextOf, failure, openFile, read, reveal, tempFolder } from "../../test/support.js";
import type { FileOptions } from "../file-options.js";

async function storeOf(name: string, content: string | Uint8Array, options: Partial<FileOptions> = {}) {
  const path = join(await tempFolder(), name);
  await writeFile(path, content);
  return { path, provider: openFile({ path, ...options }) };
}

describe("a dotenv file", () => {
  it("gives variables by name, whose slashes mean nothing", async () => {
    const { provider, path } = await storeOf(".env", "\uFEFFA=1\nexport B='x y' # c\nA.B=${A}\n");
    expect(await reveal(provider, "A")).toBe("1");
    expect(await reveal(provider, "B")).toBe("x y");
    expect(await reveal(provider, "A.B")).toBe("${A}");
    expect(await failure(provider, "A/B")).toMatchObject({
      status: "not-found",
      message: `is not in ${path}`,
    });
  });
});

const JSON_TEXT = `{
  "text": "\\u00e9\\n", "empty": "", "int": 123456789012345678901234567890, "float": 1.10, "flag": true,
  "none": null, "list": [1, {"a": 1.0}],
  "db": {"user": "u", "port": 5432, "tags": ["a"], "none": null, "deep": {"x": 1e2}},
  "a/b": "exact", "a": {"b": "nested", "c": "nested"}
}`;

const YAML_TEXT = `
text: "\\xe9\\n"
empty: ''
int: 123456789012345678901234567890
float: 1.10
flag: true
none: ~
list: [1, {a: 1.0}]
db:
  user: u
  port: 5432
  tags: [a]
  none:
  deep: {x: 1e2}
a/b: exact
a: {b: nested, c: nested}
`;

describe.each([
  ["JSON", "x.json", JSON_TEXT],
  ["YAML", "x.yaml", YAML_TEXT],
])("a %s file", (_, name, text) => {
  it.each([
    ["text", "é\n"],
    ["empty", ""],
    ["int", "123456789012345678901234567890"],
    ["float", "1.10"],
    ["flag", "true"],
    ["list", '[1,{"a":1.0}]'],
    ["db/user", "u"],
    ["db/deep/x", "1e2"],
    ["a/b", "exact"],
    ["a/c", "nested"],
    ["db", { user: "u", port: "5432", tags: '["a"]', deep: '{"x":1e2}' }],
  ])("gives %s", async (path, expected) => {
    const { provider } = await storeOf(name, text);
    expect(await reveal(provider, path)).toEqual(expected);
  });

  it("says of null that it is", async () => {
    const { provider, path } = await storeOf(name, text);
    const expected = { status: "invalid", reason: "null", message: `is null in ${path}` };
    expect(await failure(provider, "none")).toMatchObject(expected);
    expect(await failure(provider, "db/none")).toMatchObject(expected);
  });

  it("says that items of an array have no path", async () => {
    const { provider } = await storeOf(name, text);
    expect(await failure(provider, "list/0")).toMatchObject({
      status: "invalid",
      reason: "inside-array",
      remedy: 'Ask for "list", which gives the array as JSON',
    });
  });

  it("suggests what may have been meant", async () => {
    const { provider } = await storeOf(name, text);
    expect(await failure(provider, "db/usr")).toMatchObject({
      status: "not-found",
      remedy: 'Did you mean "db/user"?',
    });
    expect((await failure(provider, "quite different")).remedy).toBe("Add it there, or correct the name");
  });
});

describe("a YAML file", () => {
  it.each([
    ["0x1F", "0x1F"],
    ["0o17", "0o17"],
    ["1_000", "1_000"],
    ["+.5", "+.5"],
    ["yes", "yes"],
    ["True", "True"],
    ["2001-01-01", "2001-01-01"],
  ])("leaves %s as it is written", async (source, expected) => {
    const { provider } = await storeOf("x.yaml", `k: ${source}\n`);
    expect(await reveal(provider, "k")).toBe(expected);
  });

  it("gives the bytes of !!binary", async () => {
    const { provider } = await storeOf("x.yaml", "k: !!binary |\n  AP8A\n  /w==\n");
    const outcome = await read(provider, "k");
    expect(
      outcome.status === "found" && SecretValue.isInstance(outcome.value) && outcome.value.bytes(),
    ).toEqual(Uint8Array.of(0, 255, 0, 255));
  });
});

describe("a file with many secrets", () => {
  it.each([
    ["x.json", '{"a": "CANARY", "b": CANARY}', "1:22", "invalid symbol"],
    ["x.json", '{"a": "CANARY\n"}', "1:7", "unexpected end of string"],
    ["x.json", '{"a": "CANARY", "a": "CANARY"}', "1:17", "duplicate key"],
    ["x.yaml", "a: CANARY\nb: [CANARY\n", "3:1", "bad indent"],
    ["x.yaml", "a: CANARY\na: CANARY\n", "2:1", "duplicate key"],
    ["x.yaml", "a: !CANARY CANARY\n", "1:12", "the tag is not one of YAML's core schema"],
    ["x.yaml", "a: *CANARY\n", "1:4", "the alias has no anchor before it"],
    ["x.yaml", 'a: "\\CANARY"\n', "1:5", "bad dq escape"],
    [".env", "A=CANARY\nCANARY\n", "2:1", "the line has no ="],
    [".env", "A=CANARY\nB='CANARY\n", "2:3", "the quote opened here is never closed"],
  ])("says where %s is malformed, for every request, and quotes nothing", async (name, text, at, reason) => {
    const { provider, path } = await storeOf(name, text);
    const requests = ["a", "z"].map((wanted) => ({
      id: wanted,
      path: wanted,
      selector: { kind: "whole" as const },
      version: { kind: "latest" as const },
      volatile: false,
    }));
    const outcomes = await provider.resolve(requests, contextOf());
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({
        status: "invalid",
        reason: "syntax",
        message: expect.stringContaining(`${path}:${at}: ${reason}`) as string,
      });
    const value = SecretValue.fromText("x");
    const told = [
      outcomes,
      provider,
      await provider.put({ path: "A", value }, contextOf()),
      await provider.delete({ path: "A" }, contextOf()),
      await provider.check(contextOf()),
      await Array.fromAsync(provider.list({}, contextOf())).catch((error: unknown) => error),
    ];
    expect(inspect(told, { depth: Infinity, showHidden: true })).not.toContain("CANARY");
    expect(JSON.stringify(told)).not.toContain("CANARY");
  });

  it.each([
    ["x.json", "[".repeat(200_000)],
    ["x.yaml", "[".repeat(20_000)],
    ["y.json", `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`],
  ])("survives a bottomless %s", async (name, text) => {
    const { provider } = await storeOf(name, text);
    expect(await failure(provider, "a")).toMatchObject({ status: "invalid", reason: "syntax" });
  });

  it("gives no more of what it found than a redaction", async () => {
    const { provider } = await storeOf("x.json", '{"a": {"b": "CANARY"}}');
    const told = [await read(provider, "a"), await read(provider, "a/b"), provider];
    expect(inspect(told, { depth: Infinity, showHidden: true })).not.toContain("CANARY");
  });

  it("refuses what is not UTF-8", async () => {
    const { provider, path } = await storeOf(".env", Uint8Array.of(65, 61, 0xff, 10));
    expect(await failure(provider, "A")).toMatchObject({
      status: "invalid",
      reason: "encoding",
      message: `cannot be read: ${path} is not UTF-8 text`,
    });
  });

  it("refuses more than maxBytes", async () => {
    const { provider, path } = await storeOf(".env", "A=12345678", { maxBytes: 10 });
    expect(await reveal(provider, "A")).toBe("12345678");
    await writeFile(path, "A=123456789");
    expect(await failure(provider, "A")).toMatchObject({ status: "invalid", reason: "too-large" });
  });

  it("says of a directory that it is no file", async () => {
    const provider = openFile({ path: await tempFolder(), format: "json" });
    expect(await failure(provider, "A")).toMatchObject({ status: "invalid", reason: "not-a-file" });
  });

  it("has one version, which changes with every change and with nothing else", async () => {
    const { provider, path } = await storeOf(".env", "A=1\nB=2\n");
    const first = await read(provider, "A");
    expect(first).toMatchObject({ status: "found", version: expect.stringMatching(/^[\w-]{22}$/) as string });
    expect(await read(provider, "B")).toMatchObject({ version: Reflect.get(first, "version") as string });
    await chmod(path, 0o600);
    expect(await read(openFile({ path }), "A")).toEqual(first);

    const versions = new Set([Reflect.get(first, "version") as string]);
    await utimes(path, 1, 1_700_000_000);
    const touched = await read(provider, "A");
    expect(touched).toMatchObject({ updatedAt: 1_700_000_000_000 });
    versions.add(Reflect.get(touched, "version") as string);
    await writeFile(`${path}.new`, "A=2\nB=2\n");
    await utimes(`${path}.new`, 1, 1_700_000_000);
    await rename(`${path}.new`, path);
    const replaced = await read(provider, "A");
    versions.add(Reflect.get(replaced, "version") as string);
    expect(versions.size).toBe(3);
    expect(await reveal(provider, "A")).toBe("2");
  });

  it("is not there, and is there again", async () => {
    const { provider, path } = await storeOf(".env", "A=1\n");
    expect(await reveal(provider, "A")).toBe("1");
    await rm(path);
    expect(await failure(provider, "A")).toMatchObject({
      status: "invalid",
      reason: "store-missing",
      message: `cannot be reached: ${path} does not exist`,
      remedy: expect.stringContaining("Create it") as string,
    });
    await writeFile(path, "A=2\n");
    expect(await reveal(provider, "A")).toBe("2");
  });
});
