import { expect, it } from "vitest";
import { mergeSources } from "./merge-sources.js";

async function* source<Item>(...items: Item[]): AsyncGenerator<Item, void, undefined> {
  for (const item of items) {
    await Promise.resolve();
    yield item;
  }
}

it("gives every item of every source, each source's in order", async () => {
  const items = await Array.fromAsync(mergeSources([source(1, 2, 3), source("a", "b"), source()]));
  expect(items.filter((item) => typeof item === "number")).toEqual([1, 2, 3]);
  expect(items.filter((item) => typeof item === "string")).toEqual(["a", "b"]);
  expect(await Array.fromAsync(mergeSources([]))).toEqual([]);
});

it("rejects as a source does, after what it gave", async () => {
  async function* failing(): AsyncGenerator<number, void, undefined> {
    yield 1;
    throw new Error("enough");
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of mergeSources([failing()])) seen.push(item);
  })();
  await expect(reading).rejects.toThrow("enough");
  expect(seen).toEqual([1]);
});

it("lets no source run ahead, and closes it when nobody listens any more", async () => {
  let taken = 0;
  let over = false;
  async function* counting(): AsyncGenerator<number, void, undefined> {
    try {
      for (;;) yield taken++;
    } finally {
      over = true;
    }
  }
  const merged = mergeSources([counting(), source(1)]);
  await merged.next();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(taken).toBe(1);
  await merged.return();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([taken, over]).toEqual([1, true]);
});
