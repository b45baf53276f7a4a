import assert from "node:assert";
import { FAILURE_STATUSES, StoreError } from "@sluice/core";
import { expectStatus, isSuccess, statusOf } from "../harness/expectations.js";
import type { Trial } from "../harness/trial.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";
import { tour } from "../secrecy/tour.js";
import type { Situation } from "../subject-hooks.js";

/** How much longer a store may let one wait when it says so in whole seconds, in milliseconds. */
const ROUNDING_MS = 1000;

/** Section 3. */
export const FAILING: readonly Requirement[] = [
  defineRequirement({
    id: "3.1",
    title: "What the store refuses to us MUST be `denied`, never `not-found`.",
    hooks: ["denied"],
    test: async (trial) => {
      const outcome = await readIn(trial, await trial.subject.denied(canary()));
      expectStatus(outcome, "a secret that is refused", "denied");
    },
  }),
  defineRequirement({
    id: "3.2",
    title: "A secret that is disabled MUST be `disabled`, without its value.",
    hooks: ["disabled"],
    test: async (trial) => {
      const outcome = await readIn(trial, await trial.subject.disabled(canary()));
      expectStatus(outcome, "a secret that is disabled", "disabled");
      assert.ok(!("value" in outcome), "a secret that is disabled must be without its value");
    },
  }),
  defineRequirement({
    id: "3.3",
    title: "A secret past its expiry MUST be `expired`, or `found` with an `expiresAt` in the past.",
    hooks: ["expired"],
    test: async (trial) => {
      const outcome = await readIn(trial, await trial.subject.expired(canary()));
      expectStatus(outcome, "a secret past its expiry", "expired", "found");
      assert.ok(
        outcome.status === "expired" ||
          ("expiresAt" in outcome && (outcome.expiresAt ?? Infinity) <= Date.now()),
        "a secret past its expiry was `found` without an `expiresAt` in the past",
      );
    },
  }),
  defineRequirement({
    id: "3.4",
    title: "What is stored but makes no sense MUST be `invalid`.",
    hooks: ["malformed"],
    test: async (trial) => {
      const outcome = await readIn(trial, await trial.subject.malformed(canary()));
      expectStatus(outcome, "a secret that makes no sense", "invalid");
    },
  }),
  defineRequirement({
    id: "3.5",
    title:
      "A refusal for too many calls MUST be `throttled`, with `retryAfterMs` where the store says how long.",
    hooks: ["throttled"],
    test: async (trial) => {
      const situation = await trial.subject.throttled();
      const outcome = await readIn(trial, situation);
      expectStatus(outcome, "a call too many", "throttled");
      if (situation.retryAfterMs === undefined) return;
      const actual = outcome.status === "found" ? undefined : outcome.retryAfterMs;
      assert.ok(
        actual !== undefined && Math.abs(actual - situation.retryAfterMs) <= ROUNDING_MS,
        `the store says to wait ${situation.retryAfterMs} ms, and \`retryAfterMs\` is ${actual}`,
      );
    },
  }),
  defineRequirement({
    id: "3.6",
    title: "A store that cannot be reached MUST be `unavailable`.",
    hooks: ["unreachable"],
    test: async (trial) => {
      const outcome = await readIn(trial, await trial.subject.unreachable());
      expectStatus(outcome, "a secret in a store that cannot be reached", "unavailable");
    },
  }),
  defineRequirement({
    id: "3.7",
    title: "Every failure MUST have a `reason`, and a `status` of this specification.",
    test: async (trial) => {
      const { answers, thrown } = await tour(trial);
      const failures = [
        ...answers.filter((answer) => "status" in answer && !isSuccess(answer)),
        ...thrown.filter((error) => StoreError.isInstance(error)).map(({ failure }) => failure),
      ];
      for (const failure of failures) expectFailure(failure);
    },
  }),
  defineRequirement({
    id: "3.8",
    title: "A provider MUST NOT retry: one `resolve` sends each read once, whatever comes of it.",
    hooks: ["throttled", "reads"],
    test: async (trial) => {
      const situation = await trial.subject.throttled();
      const probe = trial.open(situation.store);
      const before = await trial.subject.reads();
      await probe.read(situation.path);
      const reads = (await trial.subject.reads()) - before;
      assert.ok(reads === 1, `one \`resolve\` of a secret that is refused sent ${reads} reads`);
    },
  }),
];

async function readIn(trial: Trial, { path, store }: Situation) {
  return trial.open(store).read(path);
}

function expectFailure(failure: object): void {
  const { status, reason, message, remedy, retryAfterMs } = failure as Record<string, unknown>;
  assert.ok(
    FAILURE_STATUSES.some((known) => known === status),
    "a failure has an unknown status",
  );
  const what = `a failure that is ${statusOf(failure)}`;
  assert.ok(typeof reason === "string" && reason !== "", `${what} has no reason`);
  for (const [name, text] of Object.entries({ message, remedy }))
    assert.ok(
      text === undefined || (typeof text === "string" && text !== ""),
      `${what} has a ${name} that is no text`,
    );
  assert.ok(
    retryAfterMs === undefined || (typeof retryAfterMs === "number" && retryAfterMs >= 0),
    `${what} has a retryAfterMs that is no time`,
  );
}
