import { setTimeout as sleep } from "node:timers/promises";
import { createSecretResolver, type SecretResolver } from "@sluice/core";
import { assert } from "vitest";
import { startFaultProxy } from "../servers/faults/fault-proxy.js";
import type { TestAuthority } from "../servers/faults/test-authority.js";
import { waitUntil } from "../servers/shared/wait-until.js";
import type { Stage } from "./fault-case.js";
import type { FaultSubject } from "./fault-subject.js";
import { RETRY, TIMEOUT_MS } from "./retry-limits.js";
import type { Seed } from "./seed.js";
import { settled, textOf } from "./settled.js";

/** A stage with its resolver, which is closed with it. */
export interface OpenStage extends Stage, AsyncDisposable {
  readonly secrets: readonly Seed[];
  readonly resolver: SecretResolver<"faulty">;
}

/** A resolver before a proxy before the server. */
export async function openStage(
  subject: FaultSubject,
  authority: TestAuthority,
  secrets: readonly Seed[],
  timeoutMs: number,
): Promise<OpenStage> {
  const proxy = await startFaultProxy(
    subject.server,
    await authority.issue({ names: subject.serverNames ?? [] }),
  );
  const store = await subject.store(proxy.address, authority.ca);
  const retry = timeoutMs > TIMEOUT_MS ? { attemptTimeoutMs: timeoutMs } : RETRY;
  const { environment } = subject;
  const resolver = createSecretResolver({ stores: { faulty: store }, environment, retry, timeoutMs });
  let retries = 0;
  resolver.on("retry-scheduled", () => (retries += 1));
  return {
    subject,
    proxy,
    authority,
    secrets,
    resolver,
    readBefore: async (count) => {
      const before = secrets.slice(0, count);
      // In turns of their own they share no batch, and slowly no connection.
      proxy.network.latency = { toServerMs: 0, toClientMs: 200 };
      const read = async (secret: Seed, at: number) =>
        sleep(at).then(async () => settled(resolver, [secret], true));
      const outcomes = await Promise.all(before.map(read));
      proxy.network.latency = { toServerMs: 0, toClientMs: 0 };
      assert.deepEqual(
        outcomes.flat().map(textOf),
        before.map(({ text }) => text),
      );
    },
    retries: () => retries,
    reads: () => proxy.http.calls.filter((call) => subject.isRead(call)),
    [Symbol.asyncDispose]: async () => {
      await resolver[Symbol.asyncDispose]();
      if (!subject.keepsConnections)
        await waitUntil("no connection is left", () => proxy.network.connections() === 0);
      await proxy[Symbol.asyncDispose]();
    },
  };
}
