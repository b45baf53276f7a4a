import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import type { StoreCatalogue, StoreChange } from "./store-catalogue.js";
import { watchStoresFile } from "./watch-stores-file.js";

async function inFolder(): Promise<{ file: string; write: (text: string) => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-stores-"));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const file = join(folder, "stores.yaml");
  const write = async (text: string): Promise<void> => {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  };
  return { file, write };
}

async function open(file: string): Promise<StoreCatalogue> {
  const catalogue = await watchStoresFile(file, { pollMs: 5 });
  onTestFinished(() => catalogue[Symbol.dispose]());
  return catalogue;
}

it("knows a file's stores at once, for every namespace", async () => {
  const { file, write } = await inFolder();
  await write("stores: { prod: { provider: file } }");
  const catalogue = await open(file);
  await catalogue.ready(new AbortController().signal);
  expect(catalogue.health()).toEqual({ ready: true, problems: [] });
  expect(catalogue.entries()).toHaveLength(1);
  expect(catalogue.find("shop", "prod")).toMatchObject({ status: "found", store: { provider: "file" } });
  expect(catalogue.find("shop", "dev")).toEqual({ status: "missing" });
});

it("takes changes up, tells them, and keeps what it knew when the file cannot be used", async () => {
  const { file, write } = await inFolder();
  await write("stores: { a: { provider: file }, b: { provider: file } }");
  const catalogue = await open(file);
  const changes: StoreChange[] = [];
  catalogue.onChange((change) => changes.push(change));
  await write("stores: { a: { provider: file, suspend: true }, c: { provider: file } }");
  await vi.waitFor(() => expect(catalogue.find("x", "c").status).toBe("found"));
  expect(changes.map(({ kind, key }) => `${kind} ${key.name}`)).toEqual([
    "removed b",
    "changed a",
    "added c",
  ]);
  await write("stores: [");
  await vi.waitFor(() => expect(catalogue.health().problems).toHaveLength(1));
  expect(catalogue.health().problems[0]?.problem).toContain("stores.yaml:1:");
  expect(catalogue.find("x", "c").status).toBe("found");
  await rm(file);
  await vi.waitFor(() => expect(catalogue.health().problems[0]?.problem).toContain("ENOENT"));
  expect(catalogue.find("x", "c").status).toBe("found");
  await write("stores: {}");
  await vi.waitFor(() => expect(catalogue.find("x", "c").status).toBe("missing"));
  expect(catalogue.health()).toEqual({ ready: true, problems: [] });
});

it("is refused without a file that can be used", async () => {
  const { file, write } = await inFolder();
  await expect(watchStoresFile(file)).rejects.toMatchObject({ code: "SLU1101" });
  await write("stores: 1");
  await expect(watchStoresFile(file)).rejects.toMatchObject({ code: "SLU1103" });
});
