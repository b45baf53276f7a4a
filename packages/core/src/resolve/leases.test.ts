import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from "vitest";
import { DisposedError } from "../errors/disposed-error.js";
import { UnknownStoreError } from "../errors/unknown-store-error.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import {
  delegated,
  found,
  memoryStore,
  type MemoryStore,
  recordingBus,
  resolverOf,
  type Script,
  type Step,
  UNAVAILABLE,
} from "./memory-provider.test-support.js";
import type { HeldLease } from "./secret-leases.js";
import type { SecretChange } from "./secret-change.js";

type Renew = NonNullable<SecretProvider["renewLease"]>;
type Revoke = NonNullable<SecretProvider["revokeLease"]>;

const VOLATILE = "secret://prod/db?volatile=true";
const USER = `${VOLATILE}#user` as const;
const PASSWORD = `${VOLATILE}#password` as const;
const TTL_MS = 60_000;
const RENEW = { leases: { renew: true } } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = async (seconds: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
};

/** Another pair and lease for each read. */
function issuing(more: { readonly maxTtlMs?: number; readonly renewable?: boolean } = {}): Step {
  let count = 0;
  return () => {
    count += 1;
    const lease = { id: `l${count}`, ttlMs: TTL_MS, renewable: true, ...more };
    return found(`{"user":"u${count}","password":"p${count}"}`, { lease });
  };
}

interface Leasing {
  readonly store: MemoryStore;
  readonly renewLease: Mock<Renew>;
  readonly revokeLease: Mock<Revoke>;
}

function leasing(db: Script = issuing(), capabilities = { renew: true, revoke: true }): Leasing {
  const renewLease = vi.fn<Renew>(async (id) => ({ id, ttlMs: TTL_MS, renewable: true }));
  const revokeLease = vi.fn<Revoke>(async () => ({ status: "revoked" }));
  const store = memoryStore(
    { db, plain: "1" },
    { capabilities: { leases: capabilities, delegation: true }, verbs: { renewLease, revokeLease } },
  );
  return { store, renewLease, revokeLease };
}

const told = (said: ReturnType<typeof recordingBus>["said"]): string[] =>
  said
    .filter(({ name }) => name.startsWith("lease-"))
    .map(({ name, event }) => `${name} ${(event as { leaseId: string }).leaseId}`);

function follow(changes: AsyncIterable<SecretChange>): string[] {
  const seen: string[] = [];
  void (async () => {
    for await (const { label, kind, value } of changes)
      seen.push(`${Math.round(Date.now() / 1000)} ${label} ${kind} ${value?.text()}`);
  })();
  return seen;
}

describe("a resolver that renews leases", () => {
  it("renews what its reads took, as whom it was taken for, until it is disposed, and then gives it back", async () => {
    const { store, renewLease, revokeLease } = leasing();
    const { bus, said } = recordingBus();
    const web = delegated("web");
    {
      await using secrets = resolverOf(store, { ...RENEW, events: bus });
      await secrets.getAll([USER, PASSWORD]);
      await secrets.get(VOLATILE, { identity: web });
      await pass(100);
      expect(renewLease.mock.calls.map(([id, { identity }]) => [id, identity])).toEqual([
        ["l1", { kind: "self" }],
        ["l2", web],
        ["l1", { kind: "self" }],
        ["l2", web],
      ]);
      const event = said.find(({ name }) => name === "lease-renewed")?.event;
      expect(event).toEqual({
        store: "prod",
        leaseId: "l1",
        references: [USER, PASSWORD],
        endsAt: 99_000,
      });
    }
    expect(revokeLease.mock.calls.map(([id]) => id)).toEqual(["l1", "l2"]);
    await pass(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(told(said).at(-1)).toBe("lease-revoked l2");
  });

  it("does not give back what was lost", async () => {
    const { store, renewLease, revokeLease } = leasing(issuing({ maxTtlMs: 1e9 }));
    {
      await using secrets = resolverOf(store, RENEW);
      await secrets.get(VOLATILE);
      renewLease.mockImplementation(async () => ({ status: "not-found", reason: "no-such-lease" }));
      await pass(45);
    }
    expect(revokeLease).not.toHaveBeenCalled();
  });

  it("does not unless it is asked to", async () => {
    const { store, renewLease } = leasing();
    await using secrets = resolverOf(store);
    await secrets.get(VOLATILE);
    await pass(1000);
    expect(renewLease).not.toHaveBeenCalled();
  });

  it("keeps nothing of what reached nobody, and gives it back all the same", async () => {
    const { store, renewLease, revokeLease } = leasing();
    {
      await using secrets = resolverOf(store, RENEW);
      const [outcome] = await secrets.settle([`${VOLATILE}#nope`]);
      expect(outcome.status).toBe("not-found");
      expect(secrets.leases.held()).toEqual([]);
      await pass(50);
      expect(renewLease).not.toHaveBeenCalled();
      await pass(5);
    }
    expect(revokeLease).toHaveBeenCalledOnce();
  });

  it("does not call more often at once than the store takes", async () => {
    let [active, most] = [0, 0];
    const renewLease: Renew = async (id) => {
      active += 1;
      most = Math.max(most, active);
      await new Promise((resolve) => setTimeout(resolve, 10));
      active -= 1;
      return { id, ttlMs: TTL_MS, renewable: true };
    };
    const store = memoryStore(
      { db: issuing() },
      { capabilities: { leases: { renew: true, revoke: false }, maxConcurrency: 2 }, verbs: { renewLease } },
    );
    await using secrets = resolverOf(store, RENEW);
    await Promise.all(Array.from({ length: 10 }, () => secrets.get(VOLATILE)));
    await pass(45);
    expect(most).toBe(2);
  });

  it("gives a renewal that hangs five seconds, and tells what is wrong without its words", async () => {
    const { store, renewLease } = leasing();
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { ...RENEW, events: bus });
    await secrets.get(VOLATILE);
    renewLease.mockImplementationOnce(() => new Promise(() => undefined));
    renewLease.mockImplementationOnce(() => Promise.reject(new Error("hunter2")));
    renewLease.mockImplementationOnce(async (id) => ({ id, ttlMs: Number.NaN, renewable: true }));
    await pass(100);
    const failures = said.filter(({ name }) => name === "lease-renewal-failed").map(({ event }) => event);
    expect(failures).toMatchObject([
      { attempt: 1, status: "unavailable", reason: "deadline" },
      { attempt: 2, status: "unavailable", reason: "Error" },
    ]);
    // What is no lease cannot be renewed.
    expect(told(said).slice(-2)).toEqual(["lease-expiring l1", "lease-lost l1"]);
    expect(JSON.stringify(said)).not.toContain("hunter2");
  });

  it("tells of what the store cannot renew", async () => {
    const { store, renewLease } = leasing(issuing(), { renew: false, revoke: false });
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { ...RENEW, events: bus });
    await secrets.get(VOLATILE);
    await pass(60);
    expect(renewLease).not.toHaveBeenCalled();
    expect(told(said)).toEqual(["lease-expiring l1", "lease-lost l1"]);
  });
});

describe("leases", () => {
  it("are held as data, with what they stand behind", async () => {
    const { store } = leasing(issuing({ maxTtlMs: 90_000 }));
    await using secrets = resolverOf(store);
    const { user } = await secrets.settle({ user: USER, password: PASSWORD, plain: "secret://prod/plain" });
    expect(user).toMatchObject({ lease: { id: "l1", ttlMs: TTL_MS } });
    const held: HeldLease[] = [
      {
        store: "prod",
        id: "l1",
        endsAt: 60_000,
        maxEndsAt: 90_000,
        renewable: true,
        references: [USER, PASSWORD],
      },
    ];
    expect(secrets.leases.held()).toEqual(held);
    expect(JSON.parse(JSON.stringify(secrets.leases.held()))).toEqual(held);
    await pass(61);
    expect(secrets.leases.held()).toEqual([]);
  });

  it("can be given back one by one, or let be", async () => {
    const { store, renewLease, revokeLease } = leasing();
    const { bus, said } = recordingBus();
    {
      await using secrets = resolverOf(store, { ...RENEW, events: bus });
      await Promise.all([secrets.get(VOLATILE), secrets.get(VOLATILE), secrets.get(VOLATILE)]);
      expect(await secrets.leases.revoke("prod", "l1")).toBe("revoked");
      expect(await secrets.leases.revoke("prod", "l1")).toBe("not-found");
      secrets.leases.release("prod", "l2");
      expect(secrets.leases.held().map(({ id }) => id)).toEqual(["l3"]);
      await pass(45);
      expect(renewLease.mock.calls.map(([id]) => id)).toEqual(["l3"]);
    }
    expect(revokeLease.mock.calls.map(([id]) => id)).toEqual(["l1", "l3"]);
    expect(told(said)).toEqual(["lease-revoked l1", "lease-renewed l3", "lease-revoked l3"]);
  });

  it("are told to be beyond revoking where the store cannot", async () => {
    const { store, revokeLease } = leasing(issuing(), { renew: true, revoke: false });
    await using secrets = resolverOf(store);
    await secrets.get(VOLATILE);
    expect(await secrets.leases.revoke("prod", "l1")).toBe("unsupported");
    expect(revokeLease).not.toHaveBeenCalled();
  });

  it("pass from an init run to a sidecar, which renews them and gives back none but its own", async () => {
    const { store, renewLease, revokeLease } = leasing();
    let handed: string;
    {
      await using init = resolverOf(store, { leases: { revoke: false } });
      await init.getAll([USER, PASSWORD]);
      handed = JSON.stringify(init.leases.held());
    }
    expect(revokeLease).not.toHaveBeenCalled();
    await pass(30);
    {
      await using sidecar = resolverOf(store);
      for (const lease of JSON.parse(handed) as HeldLease<"prod">[]) sidecar.leases.adopt(lease);
      await pass(100);
      expect(renewLease.mock.calls.length).toBeGreaterThan(1);
      expect(sidecar.leases.held()).toMatchObject([{ id: "l1", references: [USER, PASSWORD] }]);
      await sidecar.get(VOLATILE);
    }
    expect(revokeLease.mock.calls.map(([id]) => id)).toEqual(["l2"]);
  });

  it("are given back by who adopted them if that was agreed, and as whom they were taken for", async () => {
    const { store, revokeLease, renewLease } = leasing();
    const identity = delegated("web");
    {
      await using sidecar = resolverOf(store);
      const lease = {
        store: "prod",
        id: "theirs",
        endsAt: Date.now(),
        renewable: true,
        references: [],
      } as const;
      sidecar.leases.adopt(lease, { identity, revoke: true });
      // Of one whose end is in doubt the store is asked at once.
      await pass(1);
      expect(renewLease.mock.calls.map(([id, context]) => [id, context.identity])).toEqual([
        ["theirs", identity],
      ]);
    }
    expect(revokeLease.mock.calls.map(([id, context]) => [id, context.identity])).toEqual([
      ["theirs", identity],
    ]);
  });

  it("are not adopted by a resolver that does not know their store, or is disposed", async () => {
    const { store } = leasing();
    const secrets = resolverOf(store);
    const lease = { store: "prod", id: "l", endsAt: 1, renewable: true, references: [] } as const;
    expect(() => secrets.leases.adopt({ ...lease, store: "prd" as "prod" })).toThrow(UnknownStoreError);
    await secrets[Symbol.asyncDispose]();
    expect(() => secrets.leases.adopt(lease)).toThrow(DisposedError);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a watch of what is issued", () => {
  it.each([
    ["renewed until it cannot be", RENEW],
    ["not renewed", {}],
  ])("issues nothing while it lives, %s, and yields another before it ends", async (_name, options) => {
    const { store, renewLease } = leasing(issuing({ maxTtlMs: 90_000 }));
    renewLease.mockImplementation(async (id) => ({ id, ttlMs: 90_000 - Date.now(), renewable: true }));
    await using secrets = resolverOf(store, options);
    const seen = follow(secrets.watch({ user: USER, password: PASSWORD }, { pollIntervalMs: 1000 }));
    await pass(36);
    expect([seen, store.calls.length]).toEqual([[], 1]);
    await pass(40);
    const second = options === RENEW ? 72 : 39;
    expect(seen).toEqual([`${second} user changed u2`, `${second} password changed p2`]);
    // Both from one read, for they belong together.
    expect(store.calls).toHaveLength(2);
  });

  it("yields another as soon as its store does not know the lease any more", async () => {
    const { store, renewLease } = leasing();
    await using secrets = resolverOf(store, RENEW);
    const seen = follow(secrets.watch([USER]));
    await pass(100);
    expect([seen, store.calls.length]).toEqual([[], 1]);
    renewLease.mockImplementationOnce(async () => ({ status: "not-found", reason: "no-such-lease" }));
    await pass(60);
    expect(seen).toEqual(["117 0 changed u2"]);
    expect(store.calls).toHaveLength(2);
  });

  it("yields another when the lease was lost, as soon as the store answers again", async () => {
    const { store, renewLease } = leasing([issuing(), UNAVAILABLE, found("u2", { lease: lease("l2") })]);
    renewLease.mockImplementation(async () => ({ status: "unavailable", reason: "down" }));
    await using secrets = resolverOf(store, RENEW);
    const seen = follow(secrets.watch([VOLATILE], { pollIntervalMs: 10_000 }));
    await pass(59);
    expect(store.calls).toHaveLength(1);
    await pass(2);
    expect(store.calls).toHaveLength(2);
    await pass(10);
    expect(seen).toEqual(["70 0 changed u2"]);
  });

  it("yields another after it was given back", async () => {
    const { store } = leasing();
    await using secrets = resolverOf(store, RENEW);
    const seen = follow(secrets.watch([USER]));
    await pass(1);
    await secrets.leases.revoke("prod", "l1");
    await pass(1);
    expect(seen).toEqual(["1 0 changed u2"]);
  });

  it("does not issue what the resolver holds or has adopted: only its end is followed", async () => {
    const { store, renewLease } = leasing();
    await using secrets = resolverOf(store, RENEW);
    const held = {
      store: "prod",
      id: "adopted",
      endsAt: TTL_MS,
      renewable: true,
      references: [USER],
    } as const;
    secrets.leases.adopt(held);
    await secrets.get(PASSWORD);
    const seen = follow(secrets.watch([USER, PASSWORD, "secret://prod/plain"], { pollIntervalMs: 1000 }));
    await pass(20);
    expect(store.asked.filter((path) => path === "db")).toEqual(["db"]);
    renewLease.mockImplementation(async (id) =>
      id === "adopted" ? { status: "not-found", reason: "gone" } : { id, ttlMs: TTL_MS, renewable: true },
    );
    await pass(80);
    expect(seen).toEqual(["39 0 changed u2"]);
  });

  it("issues at first what the resolver's lease has ended of, though somebody else may have renewed it", async () => {
    const { store } = leasing(issuing({ maxTtlMs: 1e9 }));
    const { bus, said } = recordingBus();
    await using secrets = resolverOf(store, { events: bus });
    await secrets.get(VOLATILE);
    await pass(61);
    follow(secrets.watch([VOLATILE]));
    await pass(0);
    expect([store.calls.length, told(said)]).toEqual([2, []]);
  });

  it("does not mind the end of another store's lease of the same name", async () => {
    const { store } = leasing();
    const { bus } = recordingBus();
    await using secrets = resolverOf(store, { events: bus });
    follow(secrets.watch([VOLATILE]));
    await pass(0);
    const lost = { leaseId: "l1", references: [], endsAt: 0, reason: "ended" } as const;
    bus.emit("lease-lost", { ...lost, store: "other" });
    await pass(0);
    expect(store.calls).toHaveLength(1);
    bus.emit("lease-lost", { ...lost, store: "prod" });
    await pass(0);
    expect(store.calls).toHaveLength(2);
  });

  it("issues one for the end of a lease, though reading it takes beyond that", async () => {
    const slow = async (): Promise<Step> => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      return found("second", { lease: lease("l2") });
    };
    const short = found("first", { lease: { ...lease("l1"), ttlMs: 6_000 } });
    const { store } = leasing([short, slow, "too many"]);
    await using secrets = resolverOf(store);
    const seen = follow(secrets.watch([VOLATILE]));
    await pass(12);
    expect(seen).toEqual(["8 0 changed second"]);
    expect(store.calls).toHaveLength(2);
  });

  it("does not take over what was issued to another identity", async () => {
    const { store } = leasing();
    await using secrets = resolverOf(store, RENEW);
    await secrets.get(VOLATILE);
    follow(secrets.watch([VOLATILE], { identity: delegated("self") }));
    await pass(0);
    expect(store.calls).toHaveLength(2);
  });

  it("follows a lease also where the reference does not say that it issues", async () => {
    const { store } = leasing(issuing({ renewable: false }));
    await using secrets = resolverOf(store);
    const seen = follow(secrets.watch(["secret://prod/db#user"], { pollIntervalMs: 1000 }));
    await pass(38);
    expect(store.calls).toHaveLength(1);
    await pass(20);
    expect(seen).toEqual(["39 0 changed u2"]);
  });

  it("goes by the expiry of what has no lease, and leaves alone what has neither", async () => {
    let count = 0;
    const token: Step = () => found(`t${(count += 1)}`, { expiresAt: Date.now() + 100_000 });
    const store = memoryStore({ token, endless: () => `e${(count += 1)}` });
    await using secrets = resolverOf(store);
    const seen = follow(
      secrets.watch({
        token: "secret://prod/token?volatile=true",
        endless: "secret://prod/endless?volatile=true",
      }),
    );
    await pass(65);
    expect(store.asked).toEqual(["token", "endless"]);
    await pass(2);
    expect(seen).toEqual(["66 token changed t3"]);
    await pass(60);
    expect(store.asked).toEqual(["token", "endless", "token"]);
  });

  it("asks again for what could not be issued, once an interval and not sooner", async () => {
    const { store } = leasing([UNAVAILABLE, UNAVAILABLE, issuing()]);
    await using secrets = resolverOf(store);
    const seen = follow(secrets.watch([USER], { pollIntervalMs: 30_000 }));
    await pass(29);
    expect(store.calls).toHaveLength(1);
    await pass(32);
    expect(store.calls).toHaveLength(3);
    expect(seen).toEqual(["60 0 changed u1"]);
  });
});

function lease(id: string) {
  return { id, ttlMs: TTL_MS, renewable: true };
}
