import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { serversRequired } from "../../servers/shared/server.js";
import { waitUntil } from "../../servers/shared/wait-until.js";
import { createWorkspace } from "../../support/workspace.js";

const DEMO = fileURLToPath(new URL("../../../examples/quickstart/demo.mjs", import.meta.url));
const STORE = join(DEMO, "../secrets.env");
const TIMEOUT_MS = 5 * 60_000;
const FINGERPRINT = /^app: API_TOKEN +\d+ characters, sha256 ([0-9a-f]{12})…$/gm;
const ONCE = /^app: \S*\/token sha256 ([0-9a-f]{12})…$/gm;
const FRESH = /^app: \S*\/fresh sha256 ([0-9a-f]{12})…$/gm;

interface Place {
  /** Where programs are looked for. */
  readonly path?: string;
  /** Where it makes its folders. */
  readonly temporary?: string;
}

type Demo = ChildProcessByStdio<null, Readable, Readable>;

function start({ path = process.env["PATH"] ?? "", temporary }: Place = {}): Demo {
  return spawn(process.execPath, [DEMO], {
    env: {
      PATH: path,
      HOME: process.env["HOME"],
      TMPDIR: temporary ?? tmpdir(),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs it to its end; its printed story. */
async function story(place: Place): Promise<string> {
  const child = start(place);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect({ code, why: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, why: "" });
  expect(leftBy(child, place.temporary)).toEqual([]);
  return stdout + stderr;
}

/** Folders that a demo left, and processes that have theirs there. */
function leftBy({ pid }: Demo, temporary = tmpdir()): string[] {
  const folders = [temporary, "/dev/shm"]
    .filter((parent) => existsSync(parent))
    .flatMap((parent) => readdirSync(parent))
    .filter((name) => name.startsWith(`sluice-quickstart-${pid}-`));
  if (process.platform !== "linux") return folders;
  const processes = readdirSync("/proc").filter((id) => /^\d+$/.test(id) && uses(id, `-${pid}-`));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(`sluice-quickstart-${pid}-`));
  return [...folders, ...processes, ...mounts];
}

function uses(id: string, what: string): boolean {
  const folder = `sluice-quickstart${what}`;
  try {
    const { cmdline, cwd, root } = {
      cmdline: readFileSync(`/proc/${id}/cmdline`, "utf8"),
      cwd: readlinkSync(`/proc/${id}/cwd`),
      root: readlinkSync(`/proc/${id}/root`),
    };
    return [cmdline, cwd, root].some((each) => each.includes(folder));
  } catch {
    // It has ended meanwhile, or is another user's.
    return false;
  }
}

function prints(told: string, pattern: RegExp): (string | undefined)[] {
  return Array.from(told.matchAll(pattern), ([, print]) => print);
}

function expectWholeStory(told: string, store: string): void {
  // On the laptop, in the pod, and after the rotation.
  const [laptop, pod, rotated, ...more] = prints(told, FINGERPRINT);
  expect(more).toEqual([]);
  expect(laptop).toMatch(/^[0-9a-f]{12}$/);
  expect(pod).toBe(laptop);
  expect(rotated).toMatch(/^[0-9a-f]{12}$/);
  expect(rotated).not.toBe(pod);
  // The sidecar's file: at the start, when the app was told of the rotation, and at the next start.
  expect(prints(told, FRESH)).toEqual([pod, rotated, rotated]);
  const [, afterPut = ""] = told.split("── 4. A rotation");
  expect(afterPut).toMatch(/^app: told that a file has changed$/m);
  // What the app printed and what the sidecar logged go through pipes of their own, so their order may differ.
  expect(afterPut).toContain("sidecar: files were exchanged: ");
  expect(afterPut).toContain("sidecar: the app was told: ");
  // The webhook's answer, and what the broker wrote down of both starts.
  expect(told).toContain("\n+        - /sluice/sluice-launch\n");
  expect(told).toContain("\n+    - name: sluice-agent\n");
  expect(told).toMatch(/\n-\s+command: \[ node, \/app\/app.mjs \]\n/);
  expect(told.match(/released: shop\/web, account web: secret:\/\/dev\/API_TOKEN, /g)).toHaveLength(2);
  expect(told).toContain("Try next");
  // No value, neither of the store's nor the new one; no colour where nobody sees it; and the example is as it was.
  expect(told).not.toMatch(/tok_[0-9a-f]|correct horse/);
  expect(told).not.toContain("\u001b[");
  expect(readFileSync(STORE, "utf8")).toBe(store);
}

it("tells the whole story, and does what it tells", { timeout: TIMEOUT_MS }, async () => {
  const store = readFileSync(STORE, "utf8");
  const told = await story({});
  expectWholeStory(told, store);
  // In a PID namespace the launcher became the app as process 1.
  const isReal = told.includes("with the real launcher");
  expect(isReal || !serversRequired()).toBe(true);
  expect(told.match(/^app: my process id is 1$/gm)?.length ?? 0).toBe(isReal ? 2 : 0);
  // The init container's file is written once, before the first start; without containers there is no place for it.
  const [, pod] = prints(told, FINGERPRINT);
  expect(prints(told, ONCE)).toEqual(isReal ? [pod, pod] : []);
  expect(told.includes("the Node runner stands in for the launcher")).toBe(!isReal);
  // The picture in the README shows nothing else (else: node scripts/write-story-picture.mjs).
  const untold = pictured().filter((line) => !lasting(told).includes(line));
  expect(isReal ? untold : []).toEqual([]);
});

/** What is the same each time: without fingerprints, numbers and process ids. */
function lasting(text: string): string[] {
  return text.split("\n").map((line) => line.replaceAll(/\b[0-9a-f]{12}\b|\d+/g, "#").trimEnd());
}

/** Lines of the picture of the story. */
function pictured(): string[] {
  const drawn = readFileSync(join(DEMO, "../../../docs/story.svg"), "utf8");
  const lines = Array.from(drawn.matchAll(/xml:space="preserve">([^<]*)</g), ([, line = ""]) =>
    line.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
  );
  expect(lines.length).toBeGreaterThan(15);
  return lasting(lines.join("\n"));
}

it("tells it without namespaces, and says so", { timeout: TIMEOUT_MS }, async () => {
  using tools = createWorkspace();
  tools.write("unshare", "#!/bin/sh\nexit 1\n");
  chmodSync(join(tools.path, "unshare"), 0o755);
  const store = readFileSync(STORE, "utf8");
  const told = await story({ path: [tools.path, process.env["PATH"]].join(delimiter) });
  expectWholeStory(told, store);
  expect(told).toContain(
    "This machine lets us make no namespaces: the Node runner stands in for the launcher.",
  );
});

it.runIf(process.platform === "linux")(
  "tells it without Go, and says so",
  { timeout: TIMEOUT_MS },
  async () => {
    using tools = createWorkspace();
    for (const name of ["unshare", "sh", "mount", "mkdir", "env"]) {
      const found = ["/usr/bin", "/bin"].map((folder) => join(folder, name)).find((file) => existsSync(file));
      if (found !== undefined) symlinkSync(found, join(tools.path, name));
    }
    const store = readFileSync(STORE, "utf8");
    const told = await story({ path: tools.path });
    expectWholeStory(told, store);
    expect(told).toContain("the Node runner stands in for the launcher");
    expect(told.includes("Go is missing on this machine") || !serversRequired()).toBe(true);
  },
);

it.each(["SIGINT", "SIGTERM"] as const)(
  "leaves nothing behind when %s comes while containers run",
  { timeout: TIMEOUT_MS },
  async (signal) => {
    using temporary = createWorkspace();
    mkdirSync(join(temporary.path, "t"));
    const place = { temporary: join(temporary.path, "t") };
    const child = start(place);
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (told += chunk));
    const closed = once(child, "close") as Promise<[number | null, string | null]>;
    await waitUntil("the app runs", async () => told.includes("app: listening"), {
      timeoutMs: TIMEOUT_MS / 2,
    });
    expect(leftBy(child, place.temporary)).not.toEqual([]);
    child.kill(signal);
    const [code] = await closed;
    expect(code).toBe(signal === "SIGINT" ? 130 : 143);
    await waitUntil("nothing of it is left", async () => leftBy(child, place.temporary).length === 0, {
      timeoutMs: 30_000,
    });
  },
);
