import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SELF } from "../provider/identity.js";
import { LeaseBook } from "./lease-book.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("LeaseBook", () => {
  it("forgets leases that are over, so that it does not grow", () => {
    const book = new LeaseBook();
    book.note({ id: "short", ttlMs: 10, renewable: false }, SELF);
    book.note({ id: "renewable", ttlMs: 10, renewable: true, maxTtlMs: 1000 }, SELF);
    vi.advanceTimersByTime(10);
    expect(book.size).toBe(2);
    book.note({ id: "new", ttlMs: 10, renewable: false }, SELF);
    expect(book.size).toBe(2);
    vi.advanceTimersByTime(10);
    expect(book.takeAll().map(({ id, identity }) => [id, identity])).toEqual([["renewable", SELF]]);
    expect(book.takeAll()).toEqual([]);
  });

  it("does not let one that is renewed keep those that are over", () => {
    const book = new LeaseBook();
    book.note({ id: "long", ttlMs: 10, renewable: true }, SELF);
    for (let step = 0; step < 50; step += 1) {
      book.note({ id: `short-${step}`, ttlMs: 10, renewable: false }, SELF);
      vi.advanceTimersByTime(5);
      const long = book.get("long");
      if (long !== undefined) book.renew(long, { id: "long", ttlMs: 10, renewable: true });
    }
    expect(book.get("long")).toBeDefined();
    expect(book.size).toBeLessThan(6);
  });

  it("renews none that was taken out meanwhile", () => {
    const book = new LeaseBook();
    book.note({ id: "l1", ttlMs: 10, renewable: true }, SELF);
    const [lease] = book.takeAll();
    if (lease !== undefined) book.renew(lease, { id: "l1", ttlMs: 10, renewable: true });
    expect([lease?.id, book.size]).toEqual(["l1", 0]);
  });

  it("gives back only what is to be given back", () => {
    const book = new LeaseBook();
    book.note({ id: "ours", ttlMs: 10, renewable: true }, SELF);
    book.add({
      id: "theirs",
      identity: SELF,
      revoke: false,
      endsAt: Date.now() + 10,
      maxEndsAt: undefined,
      renewable: true,
      references: new Set(),
    });
    expect(book.takeAll().map(({ id }) => id)).toEqual(["ours"]);
  });
});
