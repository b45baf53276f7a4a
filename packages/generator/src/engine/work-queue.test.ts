import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { WorkQueue, type WorkQueueOptions } from "./work-queue.js";

const PATIENCE = { timeout: 20_000, interval: 1 };

function queueOf(work: WorkQueueOptions["work"], options: Partial<WorkQueueOptions> = {}) {
  const stop = new AbortController();
  const thrown: unknown[] = [];
  const queue = new WorkQueue({
    work,
    concurrency: 2,
    signal: stop.signal,
    baseDelayMs: 1,
    maxDelayMs: 4,
    onThrown: (_, error) => thrown.push(error),
    ...options,
  });
  return { queue, stop, thrown };
}

describe("WorkQueue", () => {
  it("does everything, some at the same time and no key twice at once", async () => {
    const running = new Set<string>();
    let most = 0;
    let done = 0;
    const { queue } = queueOf(async (key) => {
      expect(running.has(key)).toBe(false);
      running.add(key);
      most = Math.max(most, running.size);
      await sleep(1);
      running.delete(key);
      done += 1;
      return true;
    });
    for (const key of ["a", "b", "c", "d", "a", "b"]) queue.add(key);
    await queue.idle();
    expect({ most, size: queue.size }).toEqual({ most: 2, size: 0 });
    // What is only queued is not done twice.
    expect(done).toBe(4);
  });

  it("does once more what was added while it ran", async () => {
    let runs = 0;
    const { queue } = queueOf(async () => {
      runs += 1;
      if (runs === 1) queue.add("a");
      return true;
    });
    queue.add("a");
    await queue.idle();
    expect(runs).toBe(2);
  });

  it("tries again what fails or throws, and tells what was thrown", async () => {
    const results = [false, new Error("broken"), 2, true];
    const { queue, thrown } = queueOf(async () => {
      const result = results.shift();
      if (result instanceof Error) throw result;
      return result ?? true;
    });
    queue.add("a");
    await queue.idle();
    expect(results).toEqual([]);
    expect(thrown).toHaveLength(1);
  });

  it("gives up after so many tries", async () => {
    let runs = 0;
    const { queue } = queueOf(async () => ((runs += 1), false), { mostAttempts: 3 });
    queue.add("a");
    await queue.idle();
    expect(runs).toBe(3);
  });

  it("ends a pause when told to, and forgets what is removed", async () => {
    let runs = 0;
    const { queue } = queueOf(async () => (runs += 1) > 1, { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 });
    queue.add("a");
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
    await sleep(1);
    queue.add("a");
    expect(runs).toBe(1);
    queue.add("a", { now: true });
    await queue.idle();
    expect(runs).toBe(2);
    queue.add("b");
    queue.remove("b");
    await queue.idle();
    expect(runs).toBe(2);
  });

  it("does nothing after its signal", async () => {
    let runs = 0;
    const { queue, stop } = queueOf(async () => ((runs += 1), false), { baseDelayMs: 3_600_000 });
    queue.add("a");
    await vi.waitFor(() => expect(runs).toBe(1), PATIENCE);
    stop.abort();
    await queue.idle();
    queue.add("b");
    expect({ runs, size: queue.size }).toEqual({ runs: 1, size: 0 });
  });
});
