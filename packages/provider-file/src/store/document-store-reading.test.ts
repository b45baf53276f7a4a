import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { tempFolder } from "../../test/support.js";
import { DOTENV_FORMAT } from "../format/dotenv-format.js";
import { DocumentStore } from "./document-store.js";

async function countingStore(text: string) {
  const path = join(await tempFolder(), ".env");
  await writeFile(path, text);
  const parse = vi.fn<typeof DOTENV_FORMAT.parse>(DOTENV_FORMAT.parse);
  return { path, parse, store: new DocumentStore(path, 1000, async () => ({ ...DOTENV_FORMAT, parse })) };
}

describe("DocumentStore", () => {
  it("parses once for a batch, for concurrent calls and for later ones", async () => {
    const { store, parse } = await countingStore("A=1\nB=2\n");
    await Promise.all([store.read(["A", "B"]), store.read(["B"]), store.list()]);
    await store.read(["A"]);
    expect(parse).toHaveBeenCalledTimes(1);
  });

  it("parses again when the file changed, and never joins a read begun before", async () => {
    const { store, parse, path } = await countingStore("A=1\n");
    const before = store.read(["A"]);
    await writeFile(`${path}.new`, "A=two\n");
    await rename(`${path}.new`, path);
    const after = await store.read(["A"]);
    expect(after.get("A")).toMatchObject({ value: { byteLength: 3 } });
    await before;
    expect(parse.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it("tries again after a failure, though the file is the same", async () => {
    const { store, parse } = await countingStore("A=1\n");
    parse.mockImplementationOnce(() => {
      throw new Error("once");
    });
    await expect(store.read(["A"])).rejects.toThrow("once");
    expect((await store.read(["A"])).size).toBe(1);
  });
});
