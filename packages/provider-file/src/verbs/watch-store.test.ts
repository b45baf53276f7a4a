import { mkdir, rename, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import type { SecretProvider, WatchEvent } from "@sluice/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createVolume, updateVolume } from "../../test/kubernetes-volume.js";
import { contextOf, openFile, put, read, tempFolder } from "../../test/support.js";
import { openStore } from "../store/open-store.js";
import { watchStore } from "./watch-store.js";

/** Follows a watch until the test is over; `next()` is the next event, or `"quiet"` when none comes. */
class Follower {
  readonly #events: AsyncIterator<WatchEvent>;
  readonly #controller = new AbortController();
  #pending: Promise<IteratorResult<WatchEvent>> | undefined;

  constructor(start: (signal: AbortSignal) => AsyncIterable<WatchEvent>) {
    this.#events = start(this.#controller.signal)[Symbol.asyncIterator]();
    onTestFinished(() => this.#controller.abort());
  }

  static of(provider: Required<SecretProvider>, paths: string[], cursor?: string): Follower {
    const query = { paths, ...(cursor !== undefined && { cursor }) };
    return new Follower((signal) => provider.watch(query, contextOf({ signal })));
  }

  async next(quietMs = 2000): Promise<WatchEvent | "quiet" | "end"> {
    this.#pending ??= this.#events.next();
    const over = new AbortController();
    const quiet = sleep(quietMs, "quiet" as const, { signal: over.signal }).catch(() => "quiet" as const);
    const result = await Promise.race([this.#pending, quiet]);
    over.abort();
    if (result === "quiet") return result;
    this.#pending = undefined;
    return result.done ? "end" : result.value;
  }

  abort(): void {
    this.#controller.abort(new Error("enough"));
  }
}

const QUIET_MS = 400;

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

describe("watch", () => {
  it("begins with resync, with a cursor and without", async () => {
    const path = join(await tempFolder(), ".env");
    await writeFile(path, "A=1\n");
    const provider = openFile({ path });
    expect(await Follower.of(provider, ["A"]).next()).toEqual({ kind: "resync" });
    expect(await Follower.of(provider, ["A"], "of another process").next()).toEqual({ kind: "resync" });
  });

  it.each([
    [".env", "A=CANARY1\nB=1\n", "A=CANARY2\nB=1\n", "# c\nB=1\n"],
    ["x.json", '{"A": "CANARY1", "B": 1}', '{"A":"CANARY2","B":1}', '{"B":1}'],
    ["x.yaml", "A: {x: CANARY1}\nB: 1\n", "A: {x: CANARY2}\nB: 1\n", "B: 1\n"],
  ])("tells what really changed in %s", async (name, first, second, third) => {
    const path = join(await tempFolder(), name);
    await writeFile(path, first);
    const provider = openFile({ path });
    const events = Follower.of(provider, ["A", "B", "missing", "A"]);
    await events.next();
    await replace(path, second);
    const changed = await events.next();
    const found = await read(provider, "A");
    expect(changed).toEqual({ kind: "changed", path: "A", version: Reflect.get(found, "version") as string });
    await replace(path, third);
    const deleted = await events.next();
    expect(deleted).toEqual({ kind: "deleted", path: "A" });
    await writeFile(path, third);
    expect(await events.next(QUIET_MS)).toBe("quiet");
    await writeFile(path, second);
    expect(await events.next()).toMatchObject({ kind: "changed", path: "A" });
    expect(inspect([changed, deleted, events], { depth: Infinity, showHidden: true })).not.toContain(
      "CANARY",
    );
  });

  it("sees what is put, and a file that comes into being", async () => {
    const provider = openFile({ path: ".env" }, await tempFolder());
    const events = Follower.of(provider, ["A"]);
    await events.next();
    await put(provider, "A", "1");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "A" });
    await provider.delete({ path: "A" }, contextOf());
    expect(await events.next()).toEqual({ kind: "deleted", path: "A" });
  });

  it("takes a store that is missing or malformed for no deletion", async () => {
    const path = join(await tempFolder(), "x.json");
    await writeFile(path, '{"A": "1", "B": "1", "C": "1"}');
    const events = Follower.of(openFile({ path }), ["A", "B", "C"]);
    await events.next();
    await writeFile(path, '{"A": "2');
    expect(await events.next(QUIET_MS)).toBe("quiet");
    await unlink(path);
    expect(await events.next(QUIET_MS)).toBe("quiet");
    await replace(path, '{"A": "1", "B": "2"}');
    expect(await events.next()).toMatchObject({ kind: "changed", path: "B" });
    expect(await events.next()).toEqual({ kind: "deleted", path: "C" });
    expect(await events.next(QUIET_MS)).toBe("quiet");
  });

  it("takes a value that cannot be read for no deletion", async () => {
    const path = join(await tempFolder(), "x.yaml");
    await writeFile(path, "A: 1\n");
    const events = Follower.of(openFile({ path }), ["A"]);
    await events.next();
    await replace(path, "A:\n");
    expect(await events.next(QUIET_MS)).toBe("quiet");
    await replace(path, "A: 2\n");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "A" });
  });

  it("follows files of a directory, in folders that come later too", async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, "a"), "1");
    const events = Follower.of(openFile({ path: folder }), ["a", "sub/b"]);
    await events.next();
    await writeFile(join(folder, "a"), "2");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "a" });
    await mkdir(join(folder, "sub"));
    expect(await events.next(QUIET_MS)).toBe("quiet");
    await writeFile(join(folder, "sub", "b"), "1");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "sub/b" });
    await rm(join(folder, "a"));
    expect(await events.next()).toEqual({ kind: "deleted", path: "a" });
  });

  it("sees the swap of a Kubernetes volume, again and again, also through a single file of it", async () => {
    const volume = join(await tempFolder(), "volume");
    const files = (user: string) => ({ user, "app.json": `{"user":"${user}","same":"x"}`, same: "x" });
    await createVolume(volume, files("u0"));
    const directory = Follower.of(openFile({ path: volume }), ["user", "same"]);
    const document = Follower.of(openFile({ path: join(volume, "app.json") }), ["user", "same"]);
    for (const events of [directory, document]) expect(await events.next()).toEqual({ kind: "resync" });
    for (const user of ["u1", "u2", "u3"]) {
      await updateVolume(volume, files(user));
      for (const events of [directory, document])
        expect(await events.next()).toMatchObject({ kind: "changed", path: "user" });
    }
    for (const events of [directory, document]) expect(await events.next(QUIET_MS)).toBe("quiet");
  });

  it("tells nothing more once it has been aborted", async () => {
    const path = join(await tempFolder(), ".env");
    await writeFile(path, "A=1\nB=1\n");
    const events = Follower.of(openFile({ path }), ["A", "B"]);
    await events.next();
    await replace(path, "A=2\nB=2\n");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "A" });
    events.abort();
    expect(await events.next()).toBe("end");
  });

  it("needs no notification to see a change", async () => {
    const folder = await tempFolder();
    const path = join(folder, "missing", ".env");
    const access = openStore({ path }, "/");
    const events = new Follower((signal) => watchStore(access, ["A"], signal, { quietMs: 1, pollMs: 50 }));
    await events.next();
    await mkdir(join(folder, "missing"));
    await writeFile(path, "A=1\n");
    expect(await events.next()).toMatchObject({ kind: "changed", path: "A" });
  });

  it("ends when the signal aborts, and leaves no watcher and no timer", async () => {
    const path = join(await tempFolder(), ".env");
    await writeFile(path, "A=1\n");
    const provider = openFile({ path });
    const before = watchersAndTimers();
    const waiting = Follower.of(provider, ["A"]);
    const idle = Follower.of(provider, ["A"]);
    const left = provider.watch({ paths: ["A"] }, contextOf())[Symbol.asyncIterator]();
    for (const events of [waiting, idle]) await events.next();
    await left.next();
    expect(watchersAndTimers()).toBeGreaterThan(before);
    const end = waiting.next();
    waiting.abort();
    expect(await end).toBe("end");
    // Nobody waits for this one: its watcher must go all the same.
    idle.abort();
    await left.return?.();
    // A watcher is closed in the next turn of the loop.
    await sleep(20);
    expect(watchersAndTimers()).toBe(before);
    expect(await idle.next()).toBe("end");
    const aborted = contextOf({ signal: AbortSignal.abort() });
    expect(await Array.fromAsync(provider.watch({ paths: ["A"] }, aborted))).toEqual([]);
  });
});

function watchersAndTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => /FSEvent|Timeout/i.test(name)).length;
}
