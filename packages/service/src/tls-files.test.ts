import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadTls } from "./tls-files.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-tls-"));
});
afterAll(async () => rm(folder, { recursive: true }));

async function pair(name: string) {
  const made = await generate([{ name: "commonName", value: name }], { keySize: 2048 });
  const files = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  await writeFile(files.cert, made.cert);
  await writeFile(files.key, made.private);
  return files;
}

it("reads a pair, tells it from another, and knows when it ends", async () => {
  const [one, other] = [await pair("one"), await pair("other")];
  const loaded = await loadTls(one);
  expect(loaded.endsAt).toBeGreaterThan(Date.now());
  expect((await loadTls(one)).digest).toBe(loaded.digest);
  expect((await loadTls(other)).digest).not.toBe(loaded.digest);
});

it("refuses what is no pair, and quotes nothing of it", async () => {
  const [one, other] = [await pair("a"), await pair("b")];
  await expect(loadTls({ cert: one.cert, key: other.key })).rejects.toMatchObject({ code: "SLU1103" });
  await expect(loadTls({ ...one, key: join(folder, "none") })).rejects.toThrow("cannot be read (ENOENT)");
  const broken = join(folder, "broken");
  await writeFile(broken, "-----BEGIN PRIVATE KEY-----\nhunter2\n");
  await expect(loadTls({ ...one, key: broken })).rejects.not.toThrow(/hunter2/);
});
