import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecretResolver, type ReferenceOutcome, type SecretResolver } from "@sluice/core";
import * as runner from "vitest";
import { startFaultProxy } from "../servers/faults/fault-proxy.js";
import { createAuthority, type TestAuthority } from "../servers/faults/test-authority.js";
import { waitUntil } from "../servers/shared/wait-until.js";
import { ANSWER_FAULTS } from "./answer-faults.js";
import type { FaultCase, Stage } from "./fault-case.js";
import type { FaultSubject, OpenFaultSubject } from "./fault-subject.js";
import { NETWORK_FAULTS } from "./network-faults.js";
import { MARGIN_MS, RETRY, TIMEOUT_MS } from "./retry-limits.js";
import { TLS_FAULTS } from "./tls-faults.js";

const FAULTS = [...NETWORK_FAULTS, ...ANSWER_FAULTS, ...TLS_FAULTS];
const MOST_SECRETS = Math.max(...FAULTS.map(({ secrets = 1 }) => secrets));

/**
 * Describes, for a provider, that every fault ends in a value or a typed outcome within the deadline: none hangs,
 * none passes for `not-found`, none is tried without end, and with the fault gone everything is found again. A
 * rejection that nobody handles fails the run by itself. A test file awaits this at its top level.
 */
export async function describeFaults(name: string, open: OpenFaultSubject): Promise<void> {
  const title = `faults between ${name} and its server`;
  const subject = await open();
  if (subject.kind === "unavailable") {
    process.stderr.write(`\nSKIPPED: ${title}: ${subject.reason}\n\n`);
    runner.describe.skip(title, () => {
      runner.it(`is not tested: ${subject.reason}`, () => undefined);
    });
    return;
  }
  const authority = await createAuthority(`Fault tests of ${name}`);
  runner.describe(title, () => {
    const secrets = seedsOf(subject);
    runner.beforeAll(async () => {
      for (const { path, text } of secrets) await subject.write(path, text);
      // Loads the vendor's library before any test counts its time.
      await using stage = await openStage(subject, authority, secrets, 60_000);
      await stage.readBefore(1);
    });
    runner.afterAll(async () => subject[Symbol.asyncDispose]());

    // Most of them wait most of the time.
    for (const fault of FAULTS)
      runner.it.concurrent(fault.title, async ({ expect }) => {
        await using stage = await openStage(subject, authority, secrets, TIMEOUT_MS);
        await expectToEndWell(expect, fault, stage);
      });
  });
}

interface Seed {
  readonly path: string;
  readonly text: string;
  readonly reference: `secret://faulty/${string}`;
}

function seedsOf({ path, field }: FaultSubject): readonly Seed[] {
  return Array.from({ length: MOST_SECRETS }, (_, at) => {
    const own = path(`secret-${at}`);
    const reference: Seed["reference"] = `secret://faulty/${own.replace(/^\//, "")}${field === undefined ? "" : `#${field}`}`;
    return { path: own, text: `value ${at} ${randomUUID()}`, reference };
  });
}

async function expectToEndWell(
  expect: runner.ExpectStatic,
  fault: FaultCase,
  stage: OpenStage,
): Promise<void> {
  const { subject } = stage;
  const secrets = stage.secrets.slice(0, fault.secrets ?? 1);
  const verify = await fault.begin(stage);
  stage.proxy.http.forget();
  const outcomes = await settled(stage.resolver, secrets, true);
  for (const [at, outcome] of outcomes.entries()) {
    expect(fault.allowed).toContain(outcome.status);
    if (outcome.status === "found") expect(outcome.value.text()).toBe(secrets[at]?.text);
  }
  const most = RETRY.attempts * secrets.length;
  expect(stage.reads().length).toBeLessThanOrEqual(most);
  expect(stage.proxy.http.calls.length).toBeLessThanOrEqual(most * (subject.callsPerTry ?? 1));
  verify?.(outcomes);

  // With the fault gone: neither what is kept in memory nor a connection is spoilt.
  stage.proxy.heal();
  for (const fresh of [false, true]) {
    const healed = await settled(stage.resolver, secrets, fresh);
    expect(healed.map(textOf)).toEqual(secrets.map(({ text }) => text));
  }
}

interface OpenStage extends Stage, AsyncDisposable {
  readonly secrets: readonly Seed[];
  readonly resolver: SecretResolver<"faulty">;
}

/** A resolver before a proxy before the server. */
async function openStage(
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
      runner.assert.deepEqual(
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

/** What becomes of the secrets; throws when that takes longer than the resolver was given. */
async function settled(
  resolver: SecretResolver<"faulty">,
  secrets: readonly Seed[],
  fresh = false,
): Promise<readonly ReferenceOutcome[]> {
  const references = secrets.map(({ reference }) => reference);
  const over = new AbortController();
  const late = sleep(TIMEOUT_MS + MARGIN_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error("The resolver hangs");
  });
  try {
    return await Promise.race([resolver.settle(references, { fresh }), late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}

/** The text that was found, or why there is none. */
function textOf(outcome: ReferenceOutcome | undefined): string {
  if (outcome?.status === "found") return outcome.value.text();
  return `${outcome?.status}: ${outcome?.reason}: ${outcome?.message}`;
}
