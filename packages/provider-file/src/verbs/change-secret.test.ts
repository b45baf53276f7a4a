import { chmod, chown, mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type PutOutcome, SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import {
  contextOf,
  failure,
  inProcess,
  openFile,
  put,
  read,
  reveal,
  tempFolder,
} from "../../test/support.js";

const FORMATS = [
  ["dotenv", ".env"],
  ["json", "x.json"],
  ["yaml", "x.yaml"],
  ["directory", "store"],
] as const;

async function versionOf(provider: ReturnType<typeof openFile>, path: string): Promise<string> {
  const outcome = await read(provider, path);
  if (outcome.status !== "found" || outcome.version === undefined) throw new Error(outcome.status);
  return outcome.version;
}

describe.each(FORMATS)("writing to %s", (format, name) => {
  it("creates, updates and deletes, and tells the version read then", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: name, format }, folder);
    const created = await put(provider, "A", "one");
    expect(created).toEqual({ status: "created", version: await versionOf(provider, "A") });
    expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
    const updated = await put(provider, "A", " line\nquote ' \" $ \\ é\t");
    expect(updated).toEqual({ status: "updated", version: await versionOf(provider, "A") });
    expect(updated).not.toEqual({ ...created, status: "updated" });
    expect(await reveal(provider, "A")).toBe(" line\nquote ' \" $ \\ é\t");
    await put(provider, "B", "");
    expect(await provider.delete({ path: "A" }, contextOf())).toEqual({ status: "deleted" });
    expect(await failure(provider, "A")).toMatchObject({ status: "not-found" });
    expect(await provider.delete({ path: "A" }, contextOf())).toMatchObject({ status: "not-found" });
    expect(await reveal(provider, "B")).toBe("");
    const left = [
      ...(await readdir(folder)),
      ...(format === "directory" ? await readdir(join(folder, name)) : []),
    ];
    expect(left.toSorted()).toEqual([name, ...(format === "directory" ? ["B"] : [])].toSorted());
  });

  it("writes only if absent", async () => {
    const provider = openFile({ path: name, format }, await tempFolder());
    const condition = { ifAbsent: true } as const;
    expect(await put(provider, "A", "1", { condition })).toMatchObject({ status: "created" });
    expect(await put(provider, "A", "2", { condition })).toEqual({
      status: "exists",
      version: await versionOf(provider, "A"),
    });
    expect(await reveal(provider, "A")).toBe("1");
  });

  it("writes and deletes only at a version", async () => {
    const provider = openFile({ path: name, format }, await tempFolder());
    const first = await put(provider, "A", "1");
    const ifVersion = "version" in first ? (first.version ?? "") : "";
    expect(await put(provider, "A", "2", { condition: { ifVersion } })).toMatchObject({ status: "updated" });
    const conflict = { status: "conflict", reason: "version-changed" };
    expect(await put(provider, "A", "3", { condition: { ifVersion } })).toMatchObject(conflict);
    expect(await put(provider, "Z", "3", { condition: { ifVersion } })).toMatchObject(conflict);
    expect(await provider.delete({ path: "A", ifVersion }, contextOf())).toMatchObject(conflict);
    expect(await reveal(provider, "A")).toBe("2");
    const latest = await versionOf(provider, "A");
    expect(await provider.delete({ path: "A", ifVersion: latest }, contextOf())).toEqual({
      status: "deleted",
    });
    expect(await provider.delete({ path: "A", ifVersion: latest }, contextOf())).toMatchObject({
      status: "not-found",
    });
  });

  it("creates once when 20 try at the same time", async () => {
    const provider = openFile({ path: name, format }, await tempFolder());
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, n) =>
        put(provider, "A", `${n}`, { condition: { ifAbsent: true } }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "created")).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === "exists")).toHaveLength(19);
    expect(await reveal(provider, "A")).toBe(`${outcomes.findIndex(({ status }) => status === "created")}`);
  });

  it("gives every one of many quick writes its own version", async () => {
    const provider = openFile({ path: name, format }, await tempFolder());
    const versions = new Set<unknown>();
    for (let n = 0; n < 20; n++) versions.add(Reflect.get(await put(provider, "A", "x"), "version"));
    expect(versions.size).toBe(20);
  });

  it("answers a repetition as it did the first time", async () => {
    const provider = openFile({ path: name, format }, await tempFolder());
    const request = { condition: { ifAbsent: true }, idempotencyKey: "k" } as const;
    const [first, second] = await Promise.all([
      put(provider, "A", "1", request),
      put(provider, "A", "1", request),
    ]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ status: "created" });
    await put(provider, "A", "2");
    expect(await put(provider, "A", "1", request)).toEqual(first);
    expect(await reveal(provider, "A")).toBe("2");
    expect(await put(provider, "A", "1", { ...request, idempotencyKey: "other" })).toMatchObject({
      status: "exists",
    });
  });

  it("keeps the mode and the owner of what it replaces", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: name, format }, folder);
    await put(provider, "A", "1");
    const path = format === "directory" ? join(folder, name, "A") : join(folder, name);
    await chmod(path, 0o640);
    const root = process.getuid?.() === 0;
    if (root) await chown(path, 1234, 4321);
    await put(provider, "A", "2");
    const { mode, uid, gid } = await stat(path);
    expect(mode & 0o7777).toBe(0o640);
    expect([uid, gid]).toEqual(root ? [1234, 4321] : [process.getuid?.(), process.getgid?.()]);
  });

  it("does nothing when the signal has aborted, or aborts while it waits", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: name, format }, folder);
    await put(provider, "A", "1");
    const reason = new Error("enough");
    const value = SecretValue.fromText("2");
    const before = contextOf({ signal: AbortSignal.abort(reason) });
    await expect(provider.put({ path: "A", value }, before)).rejects.toBe(reason);
    const lock = format === "directory" ? join(folder, name, "..sluice.lock") : join(folder, `.${name}.lock`);
    await writeFile(lock, "");
    const controller = new AbortController();
    const during = provider.put({ path: "A", value }, contextOf({ signal: controller.signal }));
    setTimeout(() => controller.abort(reason), 50);
    await expect(during).rejects.toBe(reason);
    expect(await provider.put({ path: "A", value }, contextOf({ deadline: Date.now() + 50 }))).toMatchObject({
      status: "throttled",
      reason: "locked",
      message: expect.stringContaining(lock) as string,
    });
    expect(await reveal(provider, "A")).toBe("1");
  });

  it("refuses more than it would read", async () => {
    const provider = openFile({ path: name, format, maxBytes: 100 }, await tempFolder());
    expect(await put(provider, "A", "x".repeat(200))).toMatchObject({
      status: "invalid",
      reason: "too-large",
    });
    expect(await put(provider, "A", "x".repeat(50))).toMatchObject({ status: "created" });
  });

  it("does not create the folder a store is to be in", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: `missing/${name}`, format }, folder);
    expect(await put(provider, "A", "1")).toMatchObject({ status: "invalid", reason: "store-missing" });
    expect(await provider.delete({ path: "A" }, contextOf())).toMatchObject({ reason: "store-missing" });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("writing to a file of many secrets", () => {
  it.each([
    [".env", "# head\nexport A='old' # why\n\nB=2\n", "A", "# head\nexport A=new # why\n\nB=2\n"],
    [
      "x.json",
      '\uFEFF{\n\t"a": {"b": 1.10},\n\t"c": 1\n}\n',
      "c",
      '\uFEFF{\n\t"a": {"b": 1.10},\n\t"c": "new"\n}\n',
    ],
    [
      "x.json",
      '{\n    "a": {\n        "b": 1e2\n    }\n}',
      "a/c",
      '{\n    "a": {\n        "b": 1e2,\n        "c": "new"\n    }\n}',
    ],
    [
      "x.yaml",
      "# head\n\na: 0x1F # why\nbig: 123456789012345678901\n",
      "a",
      '# head\n\na: "new" # why\nbig: 123456789012345678901\n',
    ],
    ["x.yaml", "a:\n    b: 1.10\n", "c/d", 'a:\n    b: 1.10\nc:\n    d: "new"\n'],
  ])("keeps the rest of %s", async (name, before, path, after) => {
    const folder = await tempFolder();
    await writeFile(join(folder, name), before);
    expect(await put(openFile({ path: name }, folder), path, "new")).toMatchObject({
      version: expect.any(String) as string,
    });
    expect(await readFile(join(folder, name), "utf8")).toBe(after);
  });

  it.each([
    ["x.json", '{"a": {"b": 1}, "s": "t", "l": [1]}'],
    ["x.yaml", "a: {b: 1}\ns: t\nl: [1]\n"],
  ])("replaces neither objects nor arrays of %s, nor digs into single values", async (name, text) => {
    const folder = await tempFolder();
    await writeFile(join(folder, name), text);
    const provider = openFile({ path: name }, folder);
    for (const path of ["a", "l", "s/x", "l/0"])
      expect(await put(provider, path, "CANARY")).toMatchObject({ status: "invalid", reason: "not-a-value" });
    expect(await readFile(join(folder, name), "utf8")).toBe(text);
  });

  it("refuses an edit that would change another value", async () => {
    const folder = await tempFolder();
    const text = "a: &x {k: CANARY}\nb: *x\n";
    await writeFile(join(folder, "x.yaml"), text);
    const provider = openFile({ path: "x.yaml" }, folder);
    for (const path of ["a/k", "b/k"])
      expect(await put(provider, path, "new")).toMatchObject({ status: "invalid", reason: "cannot-edit" });
    expect(await provider.delete({ path: "a" }, contextOf())).toMatchObject({ reason: "cannot-edit" });
    expect(await readFile(join(folder, "x.yaml"), "utf8")).toBe(text);
  });

  it.each(["x.json", "x.yaml"])("refuses a key that %s could not give back", async (path) => {
    const folder = await tempFolder();
    expect(await put(openFile({ path }, folder), "\ud800", "x")).toMatchObject({ reason: "cannot-edit" });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([".env", "x.json", "x.yaml"])("holds only text: %s", async (name) => {
    const provider = openFile({ path: name }, await tempFolder());
    const value = SecretValue.fromBytes(Uint8Array.of(0xff));
    expect(await provider.put({ path: "A", value }, contextOf())).toMatchObject({
      status: "invalid",
      reason: "binary",
      remedy: expect.stringContaining("base64") as string,
    });
  });

  it("holds a NUL where its notation can, and says where it cannot", async () => {
    const folder = await tempFolder();
    for (const path of ["x.json", "x.yaml"]) {
      await put(openFile({ path }, folder), "A", "x\0y");
      expect(await reveal(openFile({ path }, folder), "A")).toBe("x\0y");
    }
    const refused = await put(openFile({ path: ".env" }, folder), "A", "CANARY\0");
    expect(refused).toMatchObject({
      status: "invalid",
      reason: "value",
      remedy: expect.any(String) as string,
    });
    expect(JSON.stringify(refused)).not.toContain("CANARY");
  });

  it("refuses a name that a dotenv file cannot have", async () => {
    const provider = openFile({ path: ".env" }, await tempFolder());
    expect(await put(provider, "a/b", "x")).toMatchObject({
      status: "invalid",
      message: 'cannot be written: The name "a/b" cannot be written to a dotenv file',
    });
  });

  it("does not touch a file that is malformed", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "x.json"), '{"a": 1,}');
    expect(await put(openFile({ path: "x.json" }, folder), "b", "x")).toMatchObject({ reason: "syntax" });
    expect(await readdir(folder)).toEqual(["x.json"]);
  });

  it("writes through a link to the file itself", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "real"));
    await writeFile(join(folder, "real", "x.env"), "A=1\n");
    await symlink("real/x.env", join(folder, "x.env"));
    expect(await put(openFile({ path: "x.env" }, folder), "B", "2")).toMatchObject({ status: "created" });
    expect(await readFile(join(folder, "real", "x.env"), "utf8")).toBe("A=1\nB=2\n");
    expect(await realpath(join(folder, "x.env"))).toBe(await realpath(join(folder, "real", "x.env")));
  });

  it("loses nothing when two processes write at the same time", async () => {
    const folder = await tempFolder();
    await chmod(folder, 0o777);
    const write = `
      const [path, prefix] = args;
      const provider = open({ path });
      const outcomes = [];
      for (let n = 0; n < 50; n++) outcomes.push(await provider.put(
        { path: prefix + n, value: SecretValue.fromText(prefix + n), condition: { ifAbsent: true } }, context));
      console.log(JSON.stringify(outcomes.map(({ status }) => status)));
    `;
    const path = join(folder, ".env");
    const results = await Promise.all([inProcess(write, path, "A"), inProcess(write, path, "B")]);
    expect(results.flat()).toEqual(Array.from({ length: 100 }, () => "created"));
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    const expected = ["A", "B"].flatMap((prefix) =>
      Array.from({ length: 50 }, (_, n) => `${prefix}${n}=${prefix}${n}`),
    );
    expect(lines.toSorted()).toEqual(expected.toSorted());
  });
});

describe("writing to a directory", () => {
  it("makes folders that only the owner may enter", async () => {
    const folder = await tempFolder();
    const provider = openFile({ path: "store/" }, folder);
    const value = SecretValue.fromBytes(Uint8Array.of(0, 255));
    expect(await provider.put({ path: "a/b/c", value }, contextOf())).toMatchObject({ status: "created" });
    for (const path of ["store", "store/a", "store/a/b"])
      expect((await stat(join(folder, path))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, "store/a/b/c"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, "store/a/b/c"))).toEqual(Buffer.of(0, 255));
  });

  it("writes through links inside, and never outside", async () => {
    const folder = await tempFolder();
    const root = join(folder, "store");
    await mkdir(root);
    await writeFile(join(root, "real"), "1");
    await symlink("real", join(root, "link"));
    await symlink("..", join(root, "up"));
    await symlink("../new", join(root, "dangling"));
    const provider = openFile({ path: root });
    expect(await put(provider, "link", "2")).toMatchObject({ status: "updated" });
    expect(await readFile(join(root, "real"), "utf8")).toBe("2");
    expect(await put(provider, "up/x", "2")).toMatchObject({ status: "denied", reason: "outside-store" });
    expect(await put(provider, "dangling", "2")).toMatchObject({ status: "created" });
    expect(await provider.delete({ path: "link" }, contextOf())).toEqual({ status: "deleted" });
    expect(await reveal(provider, "real")).toBe("2");
    expect((await readdir(folder)).toSorted()).toEqual(["store"]);
  });

  it.each(["..x", "../x", "a/..b"])("writes nothing to %s", async (path) => {
    const folder = await tempFolder();
    const outcome: PutOutcome = await put(openFile({ path: folder }), path, "x");
    expect(outcome).toMatchObject({ status: "invalid", reason: "bad-path" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("does not replace a folder, nor go below a file", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "sub"));
    await writeFile(join(folder, "file"), "x");
    const provider = openFile({ path: folder });
    expect(await put(provider, "sub", "x")).toMatchObject({ status: "invalid", reason: "not-a-file" });
    expect(await put(provider, "file/x", "x")).toMatchObject({ status: "invalid" });
    expect(await provider.delete({ path: "sub" }, contextOf())).toMatchObject({ reason: "not-a-file" });
  });
});
