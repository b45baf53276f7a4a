import type { ProviderContext, PutOutcome, PutRequest } from "@sluice/core";
import { orFailure } from "./failure-of.js";
import { keyOf } from "./key-of.js";
import type { MemoryConnection } from "./memory-connection.js";

export async function putSecret(
  connection: MemoryConnection,
  { path, value, condition, idempotencyKey }: PutRequest,
  { identity, signal }: ProviderContext,
): Promise<PutOutcome> {
  const outcome = await orFailure(async () => {
    const caller = await connection.callerOf(identity, signal);
    const { version, created } = await connection.server.write(
      caller,
      keyOf(path),
      value.bytes(),
      {
        ...(condition && "ifAbsent" in condition ? { ifAbsent: true } : condition),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      },
      signal,
    );
    return { status: created ? ("created" as const) : ("updated" as const), version };
  });
  return outcome.status === "conflict" && condition && "ifAbsent" in condition
    ? { status: "exists" }
    : outcome;
}
