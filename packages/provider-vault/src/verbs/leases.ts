import type { Failure, ProviderContext, SecretLease } from "@sluice/core";
import { failureOfReply, says } from "../failure/failure-of-reply.js";
import { failureOf } from "../failure/refusal.js";
import type { SessionPool } from "../session/session-pool.js";
import { numberIn, type VaultReply } from "../transport/vault-reply.js";

/** Lets a lease live on, for as long as its engine gives. */
export async function renewLease(
  pool: SessionPool,
  leaseId: string,
  context: ProviderContext,
): Promise<SecretLease | Failure> {
  const reply = await ask(pool, "sys/leases/renew", { lease_id: leaseId }, context);
  if ("reason" in reply) return reply;
  if (reply.status !== 200) return failureOfLease(reply);
  return {
    id: leaseId,
    ttlMs: (numberIn(reply.body, "lease_duration") ?? 0) * 1000,
    renewable: reply.body?.["renewable"] === true,
  };
}

/** Ends a lease, and what was issued with it, before it answers. */
export async function revokeLease(
  pool: SessionPool,
  leaseId: string,
  context: ProviderContext,
): Promise<{ readonly status: "revoked" } | Failure> {
  const reply = await ask(pool, "sys/leases/revoke", { lease_id: leaseId, sync: true }, context);
  if ("reason" in reply) return reply;
  const isOver = reply.status === 204 || reply.status === 200;
  if (isOver) pool.access(context.identity).session.gaveBack(leaseId);
  return isOver ? { status: "revoked" } : failureOfLease(reply);
}

async function ask(
  pool: SessionPool,
  path: string,
  body: object,
  { identity, signal }: ProviderContext,
): Promise<VaultReply | Failure> {
  signal.throwIfAborted();
  try {
    return await pool.access(identity).session.ask({ method: "PUT", path, body, signal });
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

function failureOfLease(reply: VaultReply): Failure {
  if (says(reply, "lease not found") || says(reply, "invalid lease"))
    return {
      status: "not-found",
      reason: "no-such-lease",
      message: "has a lease that is over",
      remedy: "Read it again, which issues a new one",
    };
  if (says(reply, "not renewable"))
    return {
      status: "invalid",
      reason: "not-renewable",
      message: "has a lease that cannot be renewed",
      remedy: "Read it again before the lease ends",
    };
  return failureOfReply(reply);
}
