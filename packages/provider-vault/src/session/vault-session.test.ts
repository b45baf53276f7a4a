import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuthMethod } from "../auth/auth-method.js";
import type { VaultReply, VaultRequest } from "../transport/vault-reply.js";
import { VaultSession } from "./vault-session.js";

const { signal } = new AbortController();
const read = { method: "GET", path: "database/creds/app", signal } as const;

describe("VaultSession", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** One that leaves its leases, logs in for good, and is issued a lease of some seconds at each read. */
  const open = (leaseSeconds: number) => {
    let issued = 0;
    const call = vi.fn<(request: VaultRequest) => Promise<VaultReply>>(async ({ body }) => {
      const lease = textOf(body, "lease_id") ?? `lease-${(issued += 1)}`;
      return { status: 200, body: { lease_id: lease, lease_duration: leaseSeconds } };
    });
    const auth: AuthMethod = {
      login: async () => ({ token: "t", ttlMs: 0, renewable: false, ours: true }),
    };
    const session = new VaultSession(auth, call, true);
    const revoked = (): number =>
      call.mock.calls.filter(([{ path }]) => path === "auth/token/revoke-self").length;
    return { session, revoked };
  };

  it("leaves its token to leases that live", async () => {
    const { session, revoked } = open(60);
    await session.ask(read);
    await vi.advanceTimersByTimeAsync(59_000);
    await session.close();
    expect(revoked()).toBe(0);
  });

  it("revokes its token when all leases have ended by themselves", async () => {
    const { session, revoked } = open(60);
    await session.ask(read);
    await session.ask(read);
    await vi.advanceTimersByTimeAsync(60_000);
    await session.close();
    expect(revoked()).toBe(1);
  });

  it("takes a lease that was renewed for one that lives", async () => {
    const { session, revoked } = open(60);
    await session.ask(read);
    await vi.advanceTimersByTimeAsync(40_000);
    await session.ask({ method: "PUT", path: "sys/leases/renew", body: { lease_id: "lease-1" }, signal });
    await vi.advanceTimersByTimeAsync(40_000);
    await session.close();
    expect(revoked()).toBe(0);
  });

  it("takes a lease without an end for one that lives until it is given back", async () => {
    const kept = open(0);
    await kept.session.ask(read);
    await vi.advanceTimersByTimeAsync(10 ** 9);
    await kept.session.close();
    expect(kept.revoked()).toBe(0);
    const given = open(0);
    await given.session.ask(read);
    given.session.gaveBack("lease-1");
    await given.session.close();
    expect(given.revoked()).toBe(1);
  });
});

function textOf(body: unknown, name: string): string | undefined {
  const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value : undefined;
}
