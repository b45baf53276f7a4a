import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { refusalOf } from "../rules/rules.test-support.js";
import { InFlight } from "./in-flight.js";
import { NamespaceRate } from "./namespace-rate.js";
import { ReviewBudget } from "./review-budget.js";

describe("the rate of a namespace", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("allows a burst, then as much as time gives, and says how long to wait", async () => {
    const rate = new NamespaceRate({ perSecond: 0.5, burst: 3 });
    for (const _ of [1, 2, 3]) rate.take("shop");
    const refusal = await refusalOf(() => rate.take("shop"));
    expect(refusal).toMatchObject({
      status: 429,
      detail: { reason: "too-many-requests", retryAfterSeconds: 2 },
    });
    vi.advanceTimersByTime(2_000);
    rate.take("shop");
    expect((await refusalOf(() => rate.take("shop"))).detail.retryAfterSeconds).toBe(2);
    vi.advanceTimersByTime(3_600_000);
    for (const _ of [1, 2, 3]) rate.take("shop");
    expect((await refusalOf(() => rate.take("shop"))).status).toBe(429);
  });

  it("is no other namespace's", async () => {
    const rate = new NamespaceRate({ perSecond: 1, burst: 1 });
    rate.take("shop");
    rate.take("other");
    expect((await refusalOf(() => rate.take("shop"))).status).toBe(429);
  });
});

it("as many requests are answered at once as may be, and their places are free again", async () => {
  const inFlight = new InFlight(2);
  const first = inFlight.enter();
  inFlight.enter();
  const refusal = await refusalOf(() => inFlight.enter());
  expect(refusal).toMatchObject({ status: 503, detail: { reason: "busy", retryAfterSeconds: 1 } });
  first[Symbol.dispose]();
  expect(inFlight.count).toBe(1);
  inFlight.enter();
  expect(inFlight.count).toBe(2);
});

it("one namespace does not get the last places, which any other may have", async () => {
  const inFlight = new InFlight(8);
  const enter = (namespace: string): Disposable[] => [inFlight.enter(), inFlight.share(namespace)];
  const leave = (entered: Disposable[]): void => {
    for (const each of entered) each[Symbol.dispose]();
  };
  const slow = Array.from({ length: 6 }, () => enter("slow"));
  const seventh = inFlight.enter();
  expect(await refusalOf(() => inFlight.share("slow"))).toMatchObject({
    status: 503,
    detail: { reason: "busy", retryAfterSeconds: 1 },
  });
  seventh[Symbol.dispose]();
  leave(enter("one"));
  const others = [enter("one"), enter("other")];
  expect(inFlight.count).toBe(8);
  for (const each of [...slow, ...others]) leave(each);
  // All are free again, to whoever comes.
  for (let number = 0; number < 6; number += 1) enter("slow");
  expect(inFlight.count).toBe(6);
});

describe("7.10 the budget of bad tokens", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const good = async () => "reviewed";
  const bad = async () => undefined;

  it("is spent by tokens that are refused, is an address's own, and comes back with time", async () => {
    const budget = new ReviewBudget({ perSecond: 0.5, burst: 2 });
    for (let count = 0; count < 10; count += 1) await budget.spend("a", good);
    for (const _ of [1, 2]) expect(await budget.spend("a", bad)).toBeUndefined();
    expect(await refusalOf(async () => budget.spend("a", good))).toMatchObject({
      status: 429,
      detail: { reason: "too-many-bad-tokens", retryAfterSeconds: 2 },
    });
    expect(await budget.spend("b", good)).toBe("reviewed");
    vi.advanceTimersByTime(2_000);
    expect(await budget.spend("a", good)).toBe("reviewed");
    await budget.spend("a", bad);
    await refusalOf(async () => budget.spend("a", good));
  });

  it("is not spent by reviews that fail, which say nothing of a token", async () => {
    const budget = new ReviewBudget({ perSecond: 0.5, burst: 1 });
    const failing = async () => Promise.reject(new Error("no answer"));
    for (const _ of [1, 2, 3]) await expect(budget.spend("a", failing)).rejects.toThrow("no answer");
    expect(await budget.spend("a", good)).toBe("reviewed");
  });

  it("counts those under way where one was refused, and no others", async () => {
    const budget = new ReviewBudget({ perSecond: 0.001, burst: 3 });
    const gate = Promise.withResolvers<string>();
    const many = Array.from({ length: 50 }, async () => budget.spend("a", async () => gate.promise));
    await budget.spend("a", bad);
    // 50 under way may all turn out to be bad.
    expect((await refusalOf(() => budget.check("a"))).detail.retryAfterSeconds).toBe(1);
    gate.resolve("reviewed");
    await Promise.all(many);
    budget.check("a");
  });
});
