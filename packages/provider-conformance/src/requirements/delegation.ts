import assert from "node:assert";
import { isSuccess } from "../harness/expectations.js";
import type { Trial } from "../harness/trial.js";
import { concurrencyOf } from "../harness/concurrency-of.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import type { Workload } from "../subject-hooks.js";

/** Section 10. */
export const DELEGATION: readonly Requirement[] = [
  defineRequirement({
    id: "10.1",
    title:
      "With a delegated identity the provider MUST act as that workload: it sees what the workload may see and nothing else.",
    capabilities: ["delegation"],
    hooks: ["workloads"],
    test: async (trial) => {
      const [one, other] = await trial.subject.workloads();
      await seesItsOwn(trial, one, other);
      await seesItsOwn(trial, other, one);
    },
  }),
  defineRequirement({
    id: "10.2",
    title: "Concurrent identities MUST be kept apart.",
    capabilities: ["delegation", "maxConcurrency above 1"],
    hooks: ["workloads"],
    test: async (trial) => {
      const [one, other] = await trial.subject.workloads();
      const pairs = Array.from({ length: Math.ceil(concurrencyOf(trial.subject) / 2) }, async (_, index) =>
        index % 2 === 0 ? seesItsOwn(trial, one, other) : seesItsOwn(trial, other, one),
      );
      await Promise.all(pairs);
    },
  }),
];

/** Reads a workload's own secret and another's at the same time. */
async function seesItsOwn(trial: Trial, { identity, path, text }: Workload, other: Workload): Promise<void> {
  const [own, foreign] = await Promise.all([
    trial.probe.read(path, {}, { identity }),
    trial.probe.read(other.path, {}, { identity }),
  ]);
  trial.expectContent(own, text, "a workload's own secret");
  assert.ok(!isSuccess(foreign), "a workload was given another's secret");
}
