import { describe, expect, it } from "vitest";
import { SharedFlight } from "./shared-flight.js";

const never = new AbortController().signal;

describe("SharedFlight", () => {
  it("does the work once for all who want it at once, and anew afterwards", async () => {
    const flights = new SharedFlight<number>();
    let times = 0;
    const work = async () => (times += 1);
    const many = async () => Promise.all([1, 2, 3].map(async () => flights.join("a", never, work)));
    expect(await many()).toEqual([1, 1, 1]);
    expect(await many()).toEqual([2, 2, 2]);
  });

  it("goes on for the others when one leaves, and aborts when the last does", async () => {
    const flights = new SharedFlight<number>();
    const [one, other] = [new AbortController(), new AbortController()];
    const done = Promise.withResolvers<number>();
    let shared: AbortSignal | undefined;
    const work = async (signal: AbortSignal): Promise<number> => {
      shared = signal;
      return done.promise;
    };
    const first = flights.join("a", one.signal, work);
    const second = flights.join("a", other.signal, work);
    one.abort(new Error("left"));
    await expect(first).rejects.toThrow("left");
    expect(shared?.aborted).toBe(false);
    other.abort(new Error("left too"));
    await expect(second).rejects.toThrow("left too");
    expect(shared?.aborted).toBe(true);
    expect(await flights.join("a", never, async () => 7)).toBe(7);
  });

  it("fails for all, and begins anew", async () => {
    const flights = new SharedFlight<number>();
    const fail = async (): Promise<number> => Promise.reject(new Error("no"));
    const both = [flights.join("a", never, fail), flights.join("a", never, fail)];
    const settled = await Promise.allSettled(both);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await flights.join("a", never, async () => 1)).toBe(1);
  });
});
