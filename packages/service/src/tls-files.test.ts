import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAuthority } from "../../../test/servers/faults/test-authority.js";
import { loadTls } from "./tls-files.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-tls-"));
  const authority = await createAuthority("A");
  for (const name of ["one", "other"]) {
    const { cert, key } = await authority.issue({ names: [name] });
    await writeFile(join(folder, `${name}.crt`), cert);
    await writeFile(join(folder, `${name}.key`), key, { mode: 0o600 });
  }
  await writeFile(join(folder, "none"), "CANARY");
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const load = async (cert: string, key: string) =>
  loadTls({ cert: join(folder, cert), key: join(folder, key) });

it("gives a certificate with its key, and tells one pair from another", async () => {
  const [one, again, other] = [
    await load("one.crt", "one.key"),
    await load("one.crt", "one.key"),
    await load("other.crt", "other.key"),
  ];
  expect(one.endsAt).toBeGreaterThan(Date.now());
  expect(again.digest).toBe(one.digest);
  expect(other.digest).not.toBe(one.digest);
  expect(one.digest).not.toBe(createHash("sha256").update(one.key).digest("hex"));
});

it.each([
  // As they are for a moment while they are replaced.
  ["a key of another certificate", "one.crt", "other.key", "are no certificate with its key"],
  ["no certificate", "none", "one.key", "are no certificate with its key"],
  ["no key", "one.crt", "none", "are no certificate with its key"],
  ["nothing", "one.crt", "absent", "absent cannot be read (ENOENT)"],
])("refuses %s, and quotes neither", async (_, cert, key, problem) => {
  const thrown = await load(cert, key).then(
    () => "it was taken",
    (error: unknown) => String(error),
  );
  expect(thrown).toContain(problem);
  expect(thrown).not.toContain("CANARY");
});
