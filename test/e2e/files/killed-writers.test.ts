import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SecretValue } from "@sluice/core";
import { publishFiles } from "@sluice/files";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generationOf, setOf } from "./set-of.mjs";

// Every kill ends as many writers as there are folders, each at a moment of its own.
const FOLDERS = 25;
const KILLS = 40;
const WRITER = fileURLToPath(new URL("publish-for-ever.mjs", import.meta.url));

let base: string;
let roots: readonly string[];

beforeAll(() => {
  // Memory, as the volume in a pod, where there is some.
  base = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "sluice-killed-"));
  roots = Array.from({ length: FOLDERS }, (_, index) => join(base, String(index)));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The generation that a reader of `..data` sees; fails where it sees files of two, or half of one. */
function seenAt(root: string): number {
  const folder = realpathSync(join(root, "..data"));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  const generation = generationOf(readFileSync(join(folder, "a"), "utf8").slice(0, 20));
  const wanted = setOf(generation);
  expect(new Set(names)).toEqual(new Set(Object.keys(wanted)));
  for (const name of names)
    if (readFileSync(join(folder, name), "utf8") !== wanted[name])
      throw new Error(`${root}: ${name} is not of generation ${generation}, or not whole`);
  return generation;
}

/** The same while it is written: the folder may go while it is read, and then there is another. */
function seenMeanwhile(root: string): number | undefined {
  try {
    return seenAt(root);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/**
 * Starts writers and kills them when they have published a random number of sets, and some time after: by progress and not
 * by time alone, so that on a slow machine too any step may be the last. Gives how often was read meanwhile.
 */
async function killOne(first: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, String(first), ...roots], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, UV_THREADPOOL_SIZE: "8" },
  });
  const ended = once(child, "exit");
  const wanted = 1 + Math.floor(Math.random() * FOLDERS);
  let published = 0;
  const enough = new Promise<void>((done) => {
    child.stdout.on("data", (dots: Buffer) => {
      published += dots.length;
      if (published >= wanted) done();
    });
  });
  const isOver = Promise.race([enough.then(async () => pause(Math.random() * 20)), ended]).then(
    () => true as const,
  );
  let reads = 0;
  while (!(await Promise.race([isOver, pause(10, false as const)])))
    for (const root of roots.slice(0, 2)) if (seenMeanwhile(root) !== undefined) reads += 1;
  child.kill("SIGKILL");
  expect((await ended)[1]).toBe("SIGKILL");
  return reads;
}

describe("files 3.1 writers that are killed at 1,000 random moments", () => {
  it(
    "leave the old set or the new one, never a mixture, and no half of a file",
    { timeout: 300_000 },
    async () => {
      const last = new Map(roots.map((root) => [root, 0]));
      let reads = 0;
      let leftovers = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        const first = Math.max(...last.values()) + 1;
        reads += await killOne(first);
        for (const root of roots) {
          const seen = last.get(root) === 0 ? (seenMeanwhile(root) ?? 0) : seenAt(root);
          expect(seen === last.get(root) || seen >= first).toBe(true);
          last.set(root, seen);
          if (seen > 0) leftovers += readdirSync(root).filter((name) => /^\.\.\d/.test(name)).length - 1;
        }
      }
      // What makes it a proof: writers were interrupted in the middle, and readers read in the middle.
      expect(leftovers).toBeGreaterThan(50);
      expect(reads).toBeGreaterThan(50);

      const [root = ""] = roots;
      const files = [{ path: join(root, "a"), content: SecretValue.fromText("last"), mode: 0o400 }];
      await publishFiles({ roots: [root], files });
      const set = readlinkSync(join(root, "..data"));
      expect(new Set(readdirSync(root))).toEqual(new Set(["..data", set, "a"]));
    },
  );
});
