import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { openFile, pagesOf, pathsOf, read, tempFolder } from "../../test/support.js";

describe("list", () => {
  it.each([
    [".env", "B=2\nA=1\n", ["A", "B"]],
    [
      "x.json",
      '{"b": {"z": 1, "y": {"x": 2}}, "a": "s", "l": [1], "n": null, "e": {}}',
      ["a", "b/y/x", "b/z"],
    ],
    ["x.yaml", "b: {z: 1, y: {x: 2}}\na: s\nl: [1]\nn:\ne: {}\n", ["a", "b/y/x", "b/z"]],
  ])("lists the leaves of %s, sorted", async (name, text, paths) => {
    const folder = await tempFolder();
    await writeFile(join(folder, name), text);
    const provider = openFile({ path: name }, folder);
    const pages = await pagesOf(provider);
    expect(pages).toHaveLength(1);
    expect(pages[0]).toMatchObject({ complete: true });
    expect(pages[0]).not.toHaveProperty("nextPageToken");
    expect(pages[0]?.items.map(({ path }) => path)).toEqual(paths);
    for (const { path, version, updatedAt } of pages[0]?.items ?? [])
      expect(await read(provider, path)).toMatchObject({ status: "found", version, updatedAt });
  });

  it("lists the files of a directory with their own versions", async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, "b", "c"), { recursive: true });
    for (const path of ["b/c/z", "b/y", "a", ".hidden", "..reserved"])
      await writeFile(join(folder, path), "x");
    const provider = openFile({ path: folder });
    expect(await pathsOf(provider)).toEqual([".hidden", "a", "b/c/z", "b/y"]);
    expect(await pathsOf(provider, { prefix: "b/" })).toEqual(["b/c/z", "b/y"]);
    const versions = (await pagesOf(provider)).flatMap(({ items }) => items.map(({ version }) => version));
    expect(new Set(versions).size).toBe(4);
  });

  it("is told in pages of 1000, and taken up again at any of them", async () => {
    const folder = await tempFolder();
    const names = Array.from({ length: 2500 }, (_, n) => `N${String(n).padStart(4, "0")}`);
    await writeFile(join(folder, ".env"), names.map((name) => `${name}=x\n`).join(""));
    const provider = openFile({ path: ".env" }, folder);
    const pages = await pagesOf(provider);
    expect(pages.map(({ items, complete }) => [items.length, complete])).toEqual([
      [1000, false],
      [1000, false],
      [500, true],
    ]);
    expect(pages.flatMap(({ items }) => items.map(({ path }) => path))).toEqual(names);
    const pageToken = pages[0]?.nextPageToken;
    expect(await pathsOf(provider, { pageToken })).toEqual(names.slice(1000));
    expect(await pathsOf(provider, { prefix: "N24" })).toEqual(names.slice(2400));
    const [exact] = await pagesOf(provider, { prefix: "N1" });
    expect(exact).toMatchObject({ complete: true, items: { length: 1000 } });
  });

  it("rejects rather than call a part the whole", async () => {
    const provider = openFile({ path: "/nowhere/.env" });
    const error: unknown = await pagesOf(provider).catch((thrown: unknown) => thrown);
    expect(StoreError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({
      store: "files",
      failure: { status: "invalid", reason: "store-missing" },
      message: expect.stringContaining(
        'Store "files": cannot be reached: /nowhere/.env does not exist',
      ) as string,
    });
  });
});
