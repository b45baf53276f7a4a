import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { VaultReply, VaultRequest } from "../transport/vault-reply.js";
import { HeldToken } from "./held-token.js";

const never = new AbortController().signal;
const issued = { token: "t", ttlMs: 60_000, renewable: true, ours: true };

describe("HeldToken", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const held = (reply: Partial<VaultReply>, token = issued) => {
    const call = vi.fn<(request: VaultRequest) => Promise<VaultReply>>(async () => ({
      status: 200,
      ...reply,
    }));
    return { call, token: new HeldToken(token, call) };
  };
  const renewed = (seconds: number) => ({
    body: { auth: { client_token: "t", lease_duration: seconds, renewable: true } },
  });

  it("is renewed when two thirds of its life are over, again and again", async () => {
    const { call, token } = held(renewed(60));
    await vi.advanceTimersByTimeAsync(39_000);
    expect(call).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(call.mock.calls.length).toBeGreaterThan(10);
    expect(call.mock.calls[0]?.[0]).toMatchObject({ path: "auth/token/renew-self", token: "t" });
    expect(token.spent).toBe(false);
    token.release();
  });

  it.each([
    ["the server refuses to renew it", { status: 403 }, issued, 54],
    ["it is not renewable", {}, { ...issued, renewable: false }, 36],
    // 40 seconds and six tenths of the 30 that the last renewal gave.
    ["it comes to its maximum", renewed(30), issued, 58],
    ["a renewal adds next to nothing", renewed(21), issued, 40],
  ])("is spent before its end when %s", async (_why, reply, token, seconds) => {
    const { token: spending } = held(reply, token);
    await vi.advanceTimersByTimeAsync(seconds * 1000 - 1000);
    expect(spending.spent).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(spending.spent).toBe(true);
    spending.release();
  });

  it("is renewed once for all who need it to last longer, and tells how long it does", async () => {
    const { call, token } = held(renewed(60));
    await vi.advanceTimersByTimeAsync(10_000);
    await token.prolong(never);
    expect([token.leftMs, call.mock.calls.length]).toEqual([50_000, 0]);
    await vi.advanceTimersByTimeAsync(25_000);
    await Promise.all([token.prolong(never), token.prolong(never)]);
    expect([token.leftMs, call.mock.calls.length]).toEqual([60_000, 1]);
    token.release();
  });

  it("keeps nobody waiting for a renewal that is swallowed, and gives it up", async () => {
    const limit = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValueOnce(limit.signal);
    onTestFinished(() => timeout.mockRestore());
    const { call, token } = held({});
    call.mockImplementationOnce(
      async ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
        ),
    );
    await vi.advanceTimersByTimeAsync(35_000);
    const gone = new AbortController();
    const [left, stays] = [token.prolong(gone.signal), token.prolong(never)];
    gone.abort();
    await left;
    await vi.advanceTimersByTimeAsync(2_000);
    await stays;
    expect([token.leftMs, call.mock.calls.length]).toEqual([23_000, 1]);
    expect(timeout).toHaveBeenCalledExactlyOnceWith(5_000);
    limit.abort();
    call.mockResolvedValueOnce({ status: 200, ...renewed(60) });
    await vi.advanceTimersByTimeAsync(0);
    await token.prolong(never);
    expect([token.leftMs, call.mock.calls.length]).toEqual([60_000, 2]);
    token.release();
  });

  it("is never spent without an end", async () => {
    const { call, token } = held({}, { ...issued, ttlMs: 0 });
    await vi.advanceTimersByTimeAsync(10 ** 9);
    expect(token.spent).toBe(false);
    expect(call).not.toHaveBeenCalled();
  });

  it("is not renewed once it is released", async () => {
    const { call, token } = held(renewed(60));
    token.release();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(call).not.toHaveBeenCalled();
  });
});
