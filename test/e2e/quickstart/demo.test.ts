import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { serversRequired } from "../../servers/shared/server.js";
import { createWorkspace } from "../../support/workspace.js";

const DEMO = fileURLToPath(new URL("../../../examples/quickstart/demo.mjs", import.meta.url));
const STORE = join(DEMO, "../secrets.env");
const TIMEOUT_MS = 5 * 60_000;
const FINGERPRINT = /^app: API_TOKEN +\d+ characters, sha256 ([0-9a-f]{12})…$/gm;

/** Runs it to its end; its printed story. */
async function story(path: string): Promise<string> {
  const child = spawn(process.execPath, [DEMO], {
    env: { PATH: path, HOME: process.env["HOME"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect({ code, why: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, why: "" });
  return stdout + stderr;
}

function expectWholeStory(told: string, store: string): void {
  // On the laptop, in the pod, and after the rotation.
  const [laptop, pod, rotated, ...more] = Array.from(told.matchAll(FINGERPRINT), ([, print]) => print);
  expect(more).toEqual([]);
  expect(laptop).toMatch(/^[0-9a-f]{12}$/);
  expect(pod).toBe(laptop);
  expect(rotated).toMatch(/^[0-9a-f]{12}$/);
  expect(rotated).not.toBe(pod);
  // The webhook's answer, and what the broker wrote down of both starts.
  expect(told).toContain("\n+        - /sluice/sluice-launch\n");
  expect(told).toMatch(/\n-\s+command: \[ node, \/app\/app.mjs \]\n/);
  expect(told.match(/released: shop\/web, account web: secret:\/\/dev\/API_TOKEN, /g)).toHaveLength(2);
  expect(told).toContain("Try next");
  // No value, neither of the store's nor the new one; and the example is as it was.
  expect(told).not.toMatch(/tok_[0-9a-f]|correct horse/);
  expect(readFileSync(STORE, "utf8")).toBe(store);
}

it("tells the whole story, and does what it tells", { timeout: TIMEOUT_MS }, async () => {
  const store = readFileSync(STORE, "utf8");
  const told = await story(process.env["PATH"] ?? "");
  expectWholeStory(told, store);
  // In a PID namespace the launcher became the app as process 1.
  const isReal = told.includes("with the real launcher");
  expect(isReal || !serversRequired()).toBe(true);
  expect(told.match(/^app: my process id is 1$/gm)?.length ?? 0).toBe(isReal ? 2 : 0);
  // The file is written once, before the first start; without containers there is no place for it.
  const files = Array.from(
    told.matchAll(/^app: \/secrets\/token sha256 ([0-9a-f]{12})…$/gm),
    ([, print]) => print,
  );
  const [, pod] = Array.from(told.matchAll(FINGERPRINT), ([, print]) => print);
  expect(files).toEqual(isReal ? [pod, pod] : []);
  expect(told.includes("the Node runner stands in for the launcher")).toBe(!isReal);
});

it("tells it without Go and without namespaces, and says so", { timeout: TIMEOUT_MS }, async () => {
  using empty = createWorkspace();
  const store = readFileSync(STORE, "utf8");
  const told = await story(empty.path);
  expectWholeStory(told, store);
  expect(told).toContain("the Node runner stands in for the launcher");
});
