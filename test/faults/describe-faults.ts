import * as runner from "vitest";
import { createAuthority } from "../servers/faults/test-authority.js";
import { ANSWER_FAULTS } from "./answer-faults.js";
import type { FaultCase } from "./fault-case.js";
import type { OpenFaultSubject } from "./fault-subject.js";
import { NETWORK_FAULTS } from "./network-faults.js";
import { openStage, type OpenStage } from "./open-stage.js";
import { RETRY, TIMEOUT_MS } from "./retry-limits.js";
import { seedsOf } from "./seed.js";
import { settled, textOf } from "./settled.js";
import { TLS_FAULTS } from "./tls-faults.js";

const FAULTS = [...NETWORK_FAULTS, ...ANSWER_FAULTS, ...TLS_FAULTS];
/** As many as a fault reads, or as are read before one. */
const MOST_SECRETS = Math.max(...FAULTS.map(({ secrets = 1 }) => secrets), 8);

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
    const secrets = seedsOf(subject, MOST_SECRETS);
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
