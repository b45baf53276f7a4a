import assert from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecretLease } from "@sluice/core";
import { answered } from "../harness/answered.js";
import { contextOf } from "../harness/context.js";
import { expectFound, expectStatus } from "../harness/expectations.js";
import type { Probe } from "../harness/probe.js";
import { unknownLike } from "../harness/unknown-like.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";

/** How often, and after how many milliseconds each, it is looked whether a lease ended. */
const [LOOKS, LOOK_MS] = [15, 100];

/** Section 9. */
export const LEASES: readonly Requirement[] = [
  defineRequirement({
    id: "9.1",
    title: "An issuing read MUST carry its lease, with a `ttlMs`, and each such read issues anew.",
    capabilities: ["leases"],
    hooks: ["issuing"],
    test: async (trial) => {
      const { path, store, lives } = await trial.subject.issuing();
      const probe = trial.open(store);
      const leases = [await issue(probe, path), await issue(probe, path)];
      assert.ok(leases[0]?.id !== leases[1]?.id, "each issuing read must issue anew");
      for (const { id, ttlMs } of leases) {
        assert.ok(Number.isFinite(ttlMs) && ttlMs > 0, "a lease must have a `ttlMs` above 0");
        assert.ok(await lives(id), "a lease that was issued must be one of the store's");
      }
    },
  }),
  defineRequirement({
    id: "9.2",
    title:
      "(`leases.renew`) A lease that can be renewed MUST be `renewable`, and renewed while it lives; renewing an unknown one is a failure, not a rejection.",
    capabilities: ["leases.renew"],
    hooks: ["issuing"],
    test: async (trial) => {
      const { path, store } = await trial.subject.issuing();
      const probe = trial.open(store);
      const { id, renewable } = await issue(probe, path);
      assert.ok(renewable, "a lease that can be renewed must be `renewable`");
      const renewed = await renew(probe, id);
      assert.ok(
        "ttlMs" in renewed && renewed.ttlMs > 0,
        "a live lease must be renewed, with its new `ttlMs`",
      );
      assert.ok(renewed.id === id, "a lease that is renewed must keep its identifier");
      assert.ok(
        "status" in (await renew(probe, unknownLike(id))),
        "renewing an unknown lease must be a failure",
      );
    },
  }),
  defineRequirement({
    id: "9.3",
    title: "(`leases.revoke`) A revoked lease MUST be over; revoking it again MUST NOT reject.",
    capabilities: ["leases.revoke"],
    hooks: ["issuing"],
    test: async (trial) => {
      const { path, store, lives } = await trial.subject.issuing();
      const probe = trial.open(store);
      const { id } = await issue(probe, path);
      const revoke = async () =>
        answered("revokeLease", async () => probe.verb("revokeLease")(id, contextOf()));
      expectStatus(await revoke(), "a lease that was revoked", "revoked");
      assert.ok(!(await lives(id)), "a lease that was revoked lives on");
      await revoke();
    },
  }),
  defineRequirement({
    id: "9.4",
    title:
      "A provider that was created with `leavesLeases` and is disposed MUST NOT end a lease that it issued, nor what the lease ends with.",
    capabilities: ["leases"],
    hooks: ["issuing"],
    test: async (trial) => {
      const { path, store, lives } = await trial.subject.issuing();
      const probe = trial.open(store, { leavesLeases: true });
      const { id } = await issue(probe, path);
      await probe.provider[Symbol.asyncDispose]?.();
      // Where it ends, it does so a moment after what it ends with.
      for (let look = 0; look < LOOKS; look += 1) {
        assert.ok(await lives(id), "a lease that is to be left ended with its provider");
        await sleep(LOOK_MS);
      }
    },
  }),
];

async function issue(probe: Probe, path: string): Promise<SecretLease> {
  const { lease } = expectFound(await probe.read(path, { volatile: true }), "an issuing read");
  assert.ok(lease && typeof lease.id === "string" && lease.id !== "", "an issuing read must carry its lease");
  return lease;
}

async function renew(probe: Probe, id: string) {
  return answered("renewLease", async () => probe.verb("renewLease")(id, contextOf()));
}
