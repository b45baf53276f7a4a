import { describe, expect, it } from "vitest";
import { HandOver } from "./hand-over.js";

const { signal } = new AbortController();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("HandOver", () => {
  it("hands items over in the order they were given, and makes their givers wait", async () => {
    const items = new HandOver<number>();
    const taken: string[] = [];
    for (const item of [1, 2]) void items.give(item, signal).then(() => taken.push(`given ${item}`));
    await turn();
    expect(taken).toEqual([]);
    expect(await items.take(signal)).toBe(1);
    await turn();
    expect(taken).toEqual(["given 1"]);
    expect(await items.take(signal)).toBe(2);
    const third = items.take(signal);
    await items.give(3, signal);
    expect(await third).toBe(3);
  });

  it("fails after what was given before", async () => {
    const items = new HandOver<number>();
    const waiting = items.take(signal);
    void items.give(1, signal);
    items.fail(new Error("broken"));
    items.fail(new Error("later"));
    expect(await waiting).toBe(1);
    await expect(items.take(signal)).rejects.toThrow("broken");
  });

  it("lets giver and taker go when their signals abort", async () => {
    const items = new HandOver<number>();
    const leaving = new AbortController();
    const both = [items.take(leaving.signal), items.give(1, leaving.signal)];
    leaving.abort(new Error("left"));
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status)).toContain("rejected");
    await expect(items.give(2, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    await expect(new HandOver().take(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });
});
