import { expect, it, vi } from "vitest";
import { WorkQueue, type WorkQueueOptions } from "./work-queue.js";

/** A queue whose items are done when the test says so. */
function open(options: Partial<WorkQueueOptions> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = new WorkQueue({
    concurrency: 2,
    reserved: 0,
    work: async (item) => {
      begun.push(item);
      await new Promise<void>((resolve) => ends.set(item, resolve));
    },
    ...options,
  });
  const end = async (item: string): Promise<void> => {
    ends.get(item)?.();
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { queue, begun, end };
}

it("does an item once, however often it was added, and again if it was added meanwhile", async () => {
  const { queue, begun, end } = open({ concurrency: 1 });
  for (const item of ["a", "b", "b", "a", "a"]) queue.add(item);
  expect(begun).toEqual(["a"]);
  await end("a");
  await end("b");
  await end("a");
  expect(begun).toEqual(["a", "b", "a"]);
  expect([queue.waiting, queue.running]).toEqual([0, 0]);
});

it("does urgent items first", async () => {
  const { queue, begun, end } = open({ concurrency: 1 });
  for (const item of ["a", "b", "c"]) queue.add(item);
  queue.add("d", { urgent: true });
  queue.add("c", { urgent: true });
  for (const item of ["a", "d", "c", "b"]) await end(item);
  expect(begun).toEqual(["a", "d", "c", "b"]);
});

it("keeps places for urgent items", async () => {
  const { queue, begun, end } = open({ concurrency: 3, reserved: 1 });
  for (const item of ["a", "b", "c"]) queue.add(item);
  expect(begun).toEqual(["a", "b"]);
  queue.add("d", { urgent: true });
  expect(begun).toEqual(["a", "b", "d"]);
  await end("d");
  expect(begun).toEqual(["a", "b", "d"]);
  await end("a");
  expect(begun).toEqual(["a", "b", "d", "c"]);
});

it("waits longer after each failure in a row, and not after a success", () => {
  vi.useFakeTimers();
  try {
    const { queue, begun } = open({ random: () => 1, concurrency: 10, longestPauseMs: 3_000 });
    for (const ms of [1_000, 2_000, 3_000, 3_000]) {
      queue.retry("y");
      vi.advanceTimersByTime(ms - 1);
      expect(queue.paused).toBe(1);
      vi.advanceTimersByTime(1);
      expect(queue.paused).toBe(0);
    }
    queue.succeed("y");
    queue.retry("y");
    vi.advanceTimersByTime(1_000);
    expect([queue.paused, begun]).toEqual([0, ["y"]]);
    queue.retry("z");
    expect(queue.paused).toBe(1);
    queue.forget("z");
    expect(queue.paused).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it("drains: begins nothing new, and waits for what is under way", async () => {
  const { queue, begun, end } = open({ concurrency: 1 });
  queue.add("a");
  queue.add("b");
  queue.retry("c");
  let drained = false;
  const draining = queue.drain().then(() => (drained = true));
  queue.add("d");
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(drained).toBe(false);
  await end("a");
  await draining;
  expect(begun).toEqual(["a"]);
});
