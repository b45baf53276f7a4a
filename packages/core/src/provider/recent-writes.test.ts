import { describe, expect, it, vi } from "vitest";
import { type DelegatedIdentity, SELF } from "./identity.js";
import type { PutOutcome } from "./put.js";
import { SecretValue } from "../value/secret-value.js";
import { RecentWrites } from "./recent-writes.js";

const request = (idempotencyKey?: string, path = "a") => ({
  path,
  value: SecretValue.fromText("x"),
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});
const context = (signal = new AbortController().signal) => ({ identity: SELF, signal });

/** A write that answers with a version more each time. */
function counting() {
  let version = 0;
  return vi.fn<() => Promise<PutOutcome>>(async () => ({ status: "created", version: `${++version}` }));
}

describe("RecentWrites", () => {
  it("writes once for a key, also at the same time", async () => {
    const [writes, write] = [new RecentWrites(), counting()];
    const once = async () => writes.once(request("k"), context(), write);
    const all = [...(await Promise.all([once(), once(), once()])), await once()];
    expect(new Set(all.map((outcome) => "version" in outcome && outcome.version))).toEqual(new Set(["1"]));
    expect(write).toHaveBeenCalledTimes(1);
  });

  it("writes anew without a key, with another, for another path and for somebody else", async () => {
    const [writes, write] = [new RecentWrites(), counting()];
    const identity: DelegatedIdentity = {
      kind: "delegated",
      cacheKey: "w",
      subject: "w",
      getToken: async () => "",
    };
    for (const each of [request(), request(), request("k"), request("l"), request("k", "b")])
      await writes.once(each, context(), write);
    await writes.once(request("k"), { ...context(), identity }, write);
    expect(write).toHaveBeenCalledTimes(6);
  });

  it("remembers no failure, and what was aborted for one is none for another", async () => {
    const [writes, write] = [new RecentWrites(), counting()];
    const failing = async (): Promise<PutOutcome> => ({ status: "unavailable", reason: "x" });
    const leaving = new AbortController();
    const first = writes.once(request("k"), context(leaving.signal), async () => {
      leaving.abort(new Error("enough"));
      return Promise.reject(leaving.signal.reason as Error);
    });
    const second = writes.once(request("k"), context(), failing);
    const third = writes.once(request("k"), context(), write);
    await expect(first).rejects.toThrow("enough");
    expect(await second).toMatchObject({ status: "unavailable" });
    expect(await third).toEqual({ status: "created", version: "1" });
  });

  it("waits for nobody when its signal aborts, and begins nothing when that has", async () => {
    const [writes, write] = [new RecentWrites(), counting()];
    void writes.once(request("k"), context(), async () => new Promise<never>(() => {}));
    const leaving = new AbortController();
    const waiting = writes.once(request("k"), context(leaving.signal), write);
    leaving.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(writes.once(request(), context(leaving.signal), write)).rejects.toThrow("enough");
    expect(write).not.toHaveBeenCalled();
  });

  it("remembers the last thousand", async () => {
    const [writes, write] = [new RecentWrites(), counting()];
    for (let at = 0; at <= 1000; at += 1) await writes.once(request(`${at}`), context(), write);
    await writes.once(request("1000"), context(), write);
    expect(write).toHaveBeenCalledTimes(1001);
    await writes.once(request("0"), context(), write);
    expect(write).toHaveBeenCalledTimes(1002);
  });
});
