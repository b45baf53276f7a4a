import type { CheckFinding, CheckResult, Failure, ProviderContext } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { failureOf } from "../failure/refusal.js";
import type { SessionPool } from "../session/session-pool.js";
import { numberIn, objectIn, type VaultCall, type VaultReply } from "../transport/vault-reply.js";

/** Every state of health is answered with status 200, so that none is mistaken for another fault. */
const HEALTH =
  "sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200&drsecondarycode=200";

/** Finds out whether the server answers and is open, and whether it takes our login. */
export async function checkStore(
  pool: SessionPool,
  call: VaultCall,
  { identity, signal }: ProviderContext,
): Promise<CheckResult> {
  signal.throwIfAborted();
  const health = await orFailure(signal, () => call({ method: "GET", path: HEALTH, ofServer: true, signal }));
  const reachable = reachableFinding(health);
  if (reachable.status === "failed" || isFailure(health)) return { findings: [reachable] };
  const self = { method: "GET", path: "auth/token/lookup-self", signal } as const;
  const token = await orFailure(signal, () => pool.access(identity).session.ask(self));
  const seconds = numberIn(health.body, "server_time_utc");
  return {
    findings: [reachable, tokenFinding(token)],
    ...(seconds !== undefined && { storeTime: seconds * 1000 }),
  };
}

function reachableFinding(health: VaultReply | Failure): CheckFinding {
  const aspect = "reachable";
  if (isFailure(health)) return failed(aspect, health);
  if (health.status !== 200) return failed(aspect, failureOfReply(health));
  if (health.body?.["initialized"] !== true || health.body["sealed"] !== false) return failed(aspect, SEALED);
  return { aspect, status: "ok", message: "the server answers and is unsealed" };
}

function tokenFinding(token: VaultReply | Failure): CheckFinding {
  const aspect = "authenticated";
  if (isFailure(token)) return failed(aspect, token);
  if (token.status !== 200) return failed(aspect, failureOfReply(token));
  const policies: unknown = objectIn(token.body, "data")?.["policies"];
  if (Array.isArray(policies) && policies.includes("root"))
    return {
      aspect,
      status: "warning",
      message: "the token is one of root, which may do anything",
      remedy: "Use a token whose policies allow what the store needs, and no more",
    };
  return { aspect, status: "ok", message: "the server takes our token" };
}

const SEALED: Failure = {
  status: "unavailable",
  reason: "sealed",
  message: "cannot be used: the server is not unsealed",
  remedy: "Unseal it",
};

function failed(aspect: string, { status, reason, message, remedy }: Failure): CheckFinding {
  return {
    aspect,
    status: "failed",
    failure: status,
    message: `the store ${message ?? reason}`,
    remedy: remedy ?? "Check the store's configuration",
  };
}

async function orFailure(signal: AbortSignal, ask: () => Promise<VaultReply>): Promise<VaultReply | Failure> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

function isFailure(answer: VaultReply | Failure): answer is Failure {
  return "reason" in answer;
}
