import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { readLines, SilenceError } from "./read-lines.js";

const PATIENT = { idleMs: 10_000, maxBytes: 100 };

async function linesOf(chunks: readonly (string | Uint8Array)[], bounds = PATIENT): Promise<string[]> {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const lines = await Array.fromAsync(readLines(stream, bounds), (line) => line.toString());
  expect(stream.destroyed).toBe(true);
  return lines;
}

it("cuts lines however they arrive, characters split in the middle among them", async () => {
  const umlaut = Buffer.from("ü");
  expect(await linesOf(["a", "b\nc", umlaut.subarray(0, 1), umlaut.subarray(1), "\n\nd\n"])).toEqual([
    "ab",
    "cü",
    "",
    "d",
  ]);
});

it("passes over a line the stream broke off in", async () => {
  expect(await linesOf(["a\n", '{"half'])).toEqual(["a"]);
});

it("reads no line that is too long, whether it ends or not", async () => {
  await expect(linesOf(["x".repeat(101)])).rejects.toMatchObject({ reason: "too-large" });
  await expect(linesOf(["x".repeat(101), "\n"])).rejects.toMatchObject({ reason: "too-large" });
  await expect(linesOf([`${"x".repeat(101)}\n`])).rejects.toMatchObject({ reason: "too-large" });
});

it("gives up a silent stream, but not for a slow reader", async () => {
  const stream = new PassThrough();
  const lines = readLines(stream, { ...PATIENT, idleMs: 100 });
  stream.write("a\nb\n");
  expect(String((await lines.next()).value)).toBe("a");
  await sleep(200);
  expect(String((await lines.next()).value)).toBe("b");
  await expect(lines.next()).rejects.toBeInstanceOf(SilenceError);
  expect(stream.destroyed).toBe(true);
});

it("reports a stream that breaks as no answer", async () => {
  const stream = new PassThrough();
  const reading = readLines(stream, PATIENT).next();
  stream.destroy(Object.assign(new Error("CANARY"), { code: "ECONNRESET" }));
  await expect(reading).rejects.toMatchObject({ kind: "no-answer", reason: "ECONNRESET" });
});
