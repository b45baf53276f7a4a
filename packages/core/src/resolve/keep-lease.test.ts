import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Identity, SELF } from "../provider/identity.js";
import type { Failure, SecretLease } from "../provider/secret-outcome.js";
import { keepLease } from "./keep-lease.js";
import { type BookedLease, LeaseBook } from "./lease-book.js";

const MINUTE_MS = 60_000;
const identity: Identity = SELF;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Renewal = () => Partial<SecretLease> | Failure;

/** Keeps a lease of a minute; what is told of it has the second it was told in. */
function keeping(lease: Partial<SecretLease>, renewal?: Renewal) {
  const book = new LeaseBook();
  book.note({ id: "l1", ttlMs: MINUTE_MS, renewable: true, ...lease }, identity);
  const booked = book.get("l1") as BookedLease;
  const told: string[] = [];
  const tell = (what: string): void => void told.push(`${Math.round(Date.now() / 1000)} ${what}`);
  const leaving = new AbortController();
  const renew = async (): Promise<SecretLease | Failure> => {
    const answer = renewal?.() ?? {};
    if ("status" in answer) return answer;
    const renewed = { id: "l1", ttlMs: MINUTE_MS, renewable: true, ...answer };
    book.renew(booked, renewed);
    return renewed;
  };
  const kept = keepLease({
    lease: booked,
    renew: renewal && renew,
    tell: {
      renewed: () => tell("renewed"),
      failed: ({ status }, attempt) => tell(`failed ${attempt} ${status}`),
      expiring: () => tell("expiring"),
      lost: (reason) => tell(`lost ${reason}`),
    },
    signal: leaving.signal,
  });
  return { told, kept, leave: () => leaving.abort(new Error("left")) };
}

const pass = async (seconds: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
};

const unavailable: Failure = { status: "unavailable", reason: "down" };

describe("keepLease", () => {
  it("renews about two thirds through, again and again", async () => {
    const { told, kept, leave } = keeping({}, () => ({}));
    await pass(160);
    expect(told).toEqual(["39 renewed", "78 renewed", "117 renewed", "156 renewed"]);
    leave();
    await expect(kept).rejects.toThrow("left");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("spreads renewals over a tenth of the time", async () => {
    for (const [random, second] of [
      [0, 36],
      [0.999, 42],
    ] as const) {
      vi.mocked(Math.random).mockReturnValue(random);
      vi.setSystemTime(0);
      const { told, kept, leave } = keeping({}, () => ({}));
      await pass(45);
      expect(told).toEqual([`${second} renewed`]);
      leave();
      await expect(kept).rejects.toThrow("left");
    }
  });

  it.each<[string, Partial<SecretLease>, boolean]>([
    ["the lease cannot be renewed", { renewable: false }, true],
    ["nobody renews it", {}, false],
  ])("tells that it is expiring, and when it has ended, where %s", async (_name, lease, renews) => {
    const renewal = vi.fn<Renewal>(() => ({}));
    const { told, kept } = keeping(lease, renews ? renewal : undefined);
    await pass(60);
    await kept;
    expect(told).toEqual(["39 expiring", "60 lost ended"]);
    expect(renewal).not.toHaveBeenCalled();
  });

  it("renews up to the maximum it knows of", async () => {
    const { told, kept } = keeping({ maxTtlMs: 90_000 }, () => ({
      ttlMs: Math.min(MINUTE_MS, 90_000 - Date.now()),
    }));
    await pass(120);
    await kept;
    // At 39 it is renewed until 90; two thirds of the 51 that are left later it is as far as it goes.
    expect(told).toEqual(["39 renewed", "72 expiring", "90 lost ended"]);
  });

  it("sees by what renewals give that it is at a maximum it does not know of", async () => {
    const renewal = vi.fn<Renewal>(() => ({ ttlMs: Math.min(MINUTE_MS, 90_000 - Date.now()) }));
    const { told, kept } = keeping({}, renewal);
    await pass(120);
    await kept;
    expect(told).toEqual(["39 renewed", "72 renewed", "72 expiring", "90 lost ended"]);
    expect(renewal).toHaveBeenCalledTimes(2);
  });

  it.each<[string, Renewal]>([
    ["says so", () => ({ renewable: false })],
    ["refuses it as impossible", () => ({ status: "invalid", reason: "not-renewable" })],
    ["cannot after all", () => ({ status: "unsupported", reason: "capability" })],
  ])("renews no more once its store %s", async (_name, renewal) => {
    const asked = vi.fn<Renewal>(renewal);
    const { told, kept } = keeping({}, asked);
    await pass(200);
    await kept;
    expect(asked).toHaveBeenCalledOnce();
    expect(told.slice(-2).map((line) => line.replace(/^\d+ /, ""))).toEqual(["expiring", "lost ended"]);
  });

  it("tries again, with pauses that grow, until the lease ends; then it is lost", async () => {
    const { told, kept } = keeping({}, () => unavailable);
    await pass(59);
    expect(told[0]).toBe("39 failed 1 unavailable");
    const tries = told.length;
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(8);
    expect(told.every((line) => line.includes("failed"))).toBe(true);
    await pass(2);
    await kept;
    expect(told.at(-1)).toBe("60 lost unavailable");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes on as before after a renewal that succeeds late", async () => {
    let down = true;
    const { told, kept, leave } = keeping({}, () => (down ? unavailable : {}));
    await pass(45);
    down = false;
    await pass(60);
    expect(told.filter((line) => line.includes("renewed")).length).toBeGreaterThan(1);
    expect(told.some((line) => line.includes("lost"))).toBe(false);
    leave();
    await expect(kept).rejects.toThrow("left");
  });

  it("waits as long as its store asks it to", async () => {
    const { told } = keeping({}, () => ({ status: "throttled", reason: "rate", retryAfterMs: 15_000 }));
    await pass(59);
    expect(told).toEqual(["39 failed 1 throttled", "55 failed 2 throttled"]);
  });

  it("is lost at once when its store does not know it any more", async () => {
    const { told, kept } = keeping({}, () => ({ status: "not-found", reason: "no-such-lease" }));
    await pass(40);
    await kept;
    expect(told).toEqual(["39 failed 1 not-found", "39 lost not-found"]);
  });

  it("tries once also if it looks too late, as after a laptop's sleep", async () => {
    const { told, leave, kept } = keeping({}, () => ({}));
    vi.setSystemTime(10 * MINUTE_MS);
    await pass(45);
    expect(told.map((line) => line.replace(/^\d+ /, ""))).toEqual(["renewed"]);
    leave();
    await expect(kept).rejects.toThrow("left");
  });

  it("waits longer than a timer can", async () => {
    const days = 24 * 3600;
    const { told, kept } = keeping({ ttlMs: 100 * days * 1000, renewable: false });
    await pass(60 * days);
    expect(told).toEqual([]);
    await pass(40 * days);
    await kept;
    expect(told).toEqual([`${65 * days} expiring`, `${100 * days} lost ended`]);
  });
});
