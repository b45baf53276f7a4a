import { createKeyPool, type FamilySpec, KeyMakerError } from "@sluice/generator";
import { expect, it } from "vitest";

const RSA: FamilySpec = { type: "rsa", bits: 4096, form: "der" };
const signal = new AbortController().signal;

it("makes keys without delaying anything else", { timeout: 120_000 }, async () => {
  await using keys = createKeyPool({ threads: 2 });
  let turns = 0;
  const turning = setInterval(() => (turns += 1), 5);
  const [first, second] = await Promise.all(
    Array.from({ length: 4 }, async () => keys.make({ spec: RSA, field: "private" }, signal)),
  );
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
  expect(first?.byteLength).toBeGreaterThan(2_000);
  expect(first).not.toEqual(second);
});

it("stops a thread that nobody waits for, and goes on", { timeout: 120_000 }, async () => {
  await using keys = createKeyPool({ threads: 1 });
  const stop = new AbortController();
  const many = Array.from({ length: 3 }, async () => keys.make({ spec: RSA, field: "private" }, stop.signal));
  const ends = Promise.allSettled(many);
  stop.abort(new Error("told"));
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  await expect(many[0]).rejects.toThrow("told");
  expect(await keys.make({ spec: { type: "uuid" }, field: "" }, signal)).toHaveLength(36);
});

it("says nothing of the key that another cannot be made from", { timeout: 60_000 }, async () => {
  await using keys = createKeyPool({ threads: 1 });
  const source = new TextEncoder().encode("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----");
  const spec: FamilySpec = { type: "ed25519", form: "pem" };
  const thrown = await keys.make({ spec, field: "public", source }, signal).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(KeyMakerError);
  expect(thrown).not.toHaveProperty("cause");
  expect(String((thrown as Error).stack)).not.toContain("hush");
});
