import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { VaultReply, VaultRequest } from "../transport/vault-reply.js";
import { HeldToken } from "./held-token.js";

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
    ["the server refuses to", { status: 403 }, issued],
    ["it is not renewable", {}, { ...issued, renewable: false }],
  ])("is spent before its end when %s renew it", async (_why, reply, token) => {
    const { token: spending } = held(reply, token);
    await vi.advanceTimersByTimeAsync(53_000);
    expect(spending.spent).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(spending.spent).toBe(true);
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
