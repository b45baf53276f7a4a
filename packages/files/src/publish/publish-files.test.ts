import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretValue } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RenderedFile } from "../render/rendered-file.js";
import { PublishError } from "./publish-error.js";
import { publishFiles } from "./publish-files.js";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-files-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const file = (path: string, text: string, more: Partial<RenderedFile> = {}): RenderedFile => ({
  path: path.startsWith("/") ? path : join(root, path),
  content: SecretValue.fromText(text),
  mode: 0o400,
  ...more,
});

const publish = async (...files: readonly RenderedFile[]) => publishFiles({ roots: [root], files });
const sets = () => readdirSync(root).filter((name) => /^\.\.\d/.test(name));

async function refusal(work: Promise<unknown>): Promise<PublishError> {
  const thrown = await work.catch((error: unknown) => error);
  if (PublishError.isInstance(thrown)) return thrown;
  throw new Error("It was not refused", { cause: thrown });
}

describe("published files", () => {
  it("files 3.1 are links through one link to a folder with all of them", async () => {
    const { changed } = await publish(file("a", "1"), file("deep/er/b", "2"));
    expect(changed).toEqual([join(root, "a"), join(root, "deep/er/b")]);
    expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
    expect(readFileSync(join(root, "deep/er/b"), "utf8")).toBe("2");
    expect(readlinkSync(join(root, "a"))).toBe("..data/a");
    expect(readlinkSync(join(root, "deep"))).toBe("..data/deep");
    expect(readlinkSync(join(root, "..data"))).toBe(sets()[0]);
    expect(sets()[0]).toMatch(/^\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\w+$/);
    expect(new Set(readdirSync(root))).toEqual(new Set(["..data", sets()[0], "a", "deep"]));
  });

  it("files 3.2 have their mode whatever the umask is, in folders that others can pass", async () => {
    const before = process.umask(0o077);
    try {
      await publish(file("deep/a", "1", { mode: 0o444 }), file("b", "2"));
    } finally {
      process.umask(before);
    }
    const set = join(root, sets()[0] ?? "");
    expect(
      [set, join(set, "deep"), join(set, "deep/a"), join(set, "b")].map(
        (path) => statSync(path).mode & 0o7777,
      ),
    ).toEqual([0o755, 0o755, 0o444, 0o400]);
  });

  it("files 3.3 are not written again where nothing changed", async () => {
    await publish(file("a", "1"), file("b", "2"));
    const [set] = sets();
    expect(await publish(file("a", "1"), file("b", "2"))).toEqual({ changed: [] });
    expect(sets()).toEqual([set]);
  });

  it.each([
    ["content", () => [file("a", "9"), file("b", "2")], ["a"]],
    ["mode", () => [file("a", "1", { mode: 0o440 }), file("b", "2")], ["a"]],
    ["a name more", () => [file("a", "1"), file("b", "2"), file("c", "3")], ["c"]],
    ["a name less", () => [file("b", "2")], ["a"]],
    ["none at all", () => [], ["a", "b"]],
    ["a folder for a file", () => [file("a/x", "1"), file("b", "2")], ["a/x", "a"]],
  ])("files 3.3 are exchanged as a whole: %s", async (_, next, changed) => {
    await publish(file("a", "1"), file("b", "2"));
    const [old] = sets();
    const wanted = next();
    expect((await publish(...wanted)).changed).toEqual(changed.map((path) => join(root, path)));
    expect(sets()).toHaveLength(1);
    expect(sets()).not.toContain(old);
    expect(readdirSync(root).filter((name) => !name.startsWith(".."))).toEqual(
      Array.from(new Set(wanted.map(({ path }) => path.slice(root.length + 1).split("/")[0]))),
    );
  });

  it("files 3.4 are rid of what killed writers left", async () => {
    await publish(file("a", "1"));
    mkdirSync(join(root, "..2026_01_01_00_00_00.abc"));
    writeFileSync(join(root, "..2026_01_01_00_00_00.abc/half"), "x");
    symlinkSync("..2026_01_01_00_00_00.abc", join(root, "..data_tmp"));
    symlinkSync("..data/gone", join(root, "gone"));
    await publish(file("a", "1"));
    expect(new Set(readdirSync(root))).toEqual(new Set(["..data", sets()[0], "a"]));
    rmSync(join(root, "a"));
    expect((await publish(file("a", "1"))).changed).toEqual([join(root, "a")]);
    expect(readFileSync(join(root, "a"), "utf8")).toBe("1");
  });

  it("files 3.4 are rid of a folder where the next link is to be", async () => {
    await publish(file("a", "1"));
    mkdirSync(join(root, "..data_tmp/full"), { recursive: true });
    await publish(file("a", "2"));
    expect(readFileSync(join(root, "a"), "utf8")).toBe("2");
    expect(readdirSync(root)).not.toContain("..data_tmp");
  });

  it("may be in several folders, and in one that is not there yet", async () => {
    const roots = [join(root, "x/y"), join(root, "z")];
    const files = [file("x/y/a", "1"), file("z/b", "2")];
    await publishFiles({ roots, files });
    expect(readFileSync(join(root, "x/y/a"), "utf8") + readFileSync(join(root, "z/b"), "utf8")).toBe("12");
    const next = [file("x/y/a", "1"), file("z/b", "3")];
    expect(await publishFiles({ roots, files: next })).toEqual({ changed: [join(root, "z/b")] });
  });
});

describe("nothing is written", () => {
  it("files 3.5 over what somebody else wrote", async () => {
    writeFileSync(join(root, "a"), "theirs");
    const { message } = await refusal(publish(file("a", "1")));
    expect(message).toContain(`${root}/a cannot be written: something is there`);
    expect(readdirSync(root)).toEqual(["a"]);
    await publish(file("b", "1"));
    expect(readFileSync(join(root, "a"), "utf8")).toBe("theirs");
  });

  it.each(["..", "/etc", "elsewhere", "..2026_01_01_00_00_00.gone", "..2026_01_01_00_00_00.x/../../.."])(
    "files 3.5 through a link that is not the writer's own: %s",
    async (target) => {
      symlinkSync(target, join(root, "..data"));
      expect((await refusal(publish(file("a", "1")))).path).toBe(join(root, "..data"));
      expect(readdirSync(root)).toEqual(["..data"]);
    },
  );

  it("files 3.5 through a name that leads elsewhere, and what is removed is not followed", async () => {
    const outside = mkdtempSync(join(tmpdir(), "sluice-files-"));
    try {
      writeFileSync(join(outside, "keep"), "kept");
      symlinkSync(outside, join(root, "a"));
      await refusal(publish(file("a/x", "1")));
      mkdirSync(join(root, "..2026_01_01_00_00_00.abc"));
      symlinkSync(outside, join(root, "..2026_01_01_00_00_00.abc/out"));
      await publish(file("b", "1"));
      expect(readFileSync(join(outside, "keep"), "utf8")).toBe("kept");
      expect(readdirSync(outside)).toEqual(["keep"]);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it("files 2.1 beside the folder", async () => {
    for (const path of [`${root}/../x`, `${root}/..data`, "/tmp/x"])
      await expect(publish(file(path, "1"))).rejects.toMatchObject({ code: "SLU1301" });
    expect(readdirSync(root)).toEqual([]);
  });

  it("for an owner that only root could give it to", async () => {
    await publish(file("a", "1"));
    const given = publish(file("a", "2", { owner: { uid: 4242, gid: 4243 } }));
    const isRoot = process.getuid?.() === 0;
    const came = await given.then(
      () => statSync(join(root, "a")),
      (thrown: unknown) => ({ why: /EPERM/.exec(String(thrown))?.[0] }),
    );
    expect(came).toMatchObject(isRoot ? { uid: 4242, gid: 4243 } : { why: "EPERM" });
    expect(readFileSync(join(root, "a"), "utf8")).toBe(isRoot ? "2" : "1");
    expect(sets()).toHaveLength(1);
  });

  it("when one of several folders cannot be written", async () => {
    mkdirSync(join(root, "good"));
    writeFileSync(join(root, "bad"), "a file");
    const roots = [join(root, "good"), join(root, "bad")];
    await refusal(publishFiles({ roots, files: [file("good/a", "1"), file("bad/b", "2")] }));
    expect(readdirSync(join(root, "good"))).toEqual([]);
  });

  it("when it is aborted before", async () => {
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(
      publishFiles({ roots: [root], files: [file("a", "1")] }, { signal: aborted }),
    ).rejects.toThrow("enough");
    expect(readdirSync(root)).toEqual([]);
  });

  it("when the folder cannot be made, and the error names no content", async () => {
    writeFileSync(join(root, "x"), "a file");
    const below = join(root, "x/y");
    const work = publishFiles({ roots: [below], files: [file("x/y/a", "SECRET-7f3a")] });
    const { message } = await refusal(work);
    expect(message).toContain(`${below} cannot be written: ENOTDIR`);
    expect(message).not.toContain("SECRET-7f3a");
  });
});
