import assert from "node:assert";
import { FAILURE_STATUSES } from "@sluice/core";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";

/** Section 11. */
export const CHECKING: readonly Requirement[] = [
  defineRequirement({
    id: "11.1",
    title: "On a healthy store every finding MUST be `ok` or a `warning`, and there is at least one.",
    capabilities: ["check"],
    test: async (trial) => {
      await trial.plant();
      const { findings } = await trial.probe.check();
      assert.ok(findings.length > 0, "a check must find something");
      for (const { status } of findings)
        assert.ok(
          status === "ok" || status === "warning",
          "a finding on a healthy store is neither `ok` nor a `warning`",
        );
    },
  }),
  defineRequirement({
    id: "11.2",
    title: "On a store that cannot be used `check` MUST report a `failed` finding, not reject.",
    capabilities: ["check"],
    hooks: ["unusable"],
    test: async (trial) => {
      const { findings } = await trial.open(await trial.subject.unusable()).check();
      const failed = findings.some(({ status }) => status === "failed");
      assert.ok(failed, "a check of a store that cannot be used must have a `failed` finding");
    },
  }),
  defineRequirement({
    id: "11.3",
    title: "Every finding that is not `ok` MUST have a remedy.",
    capabilities: ["check"],
    hooks: ["unusable"],
    test: async (trial) => {
      await trial.plant();
      const probes = [trial.probe, trial.open(await trial.subject.unusable())];
      for (const probe of probes)
        for (const { status, message, remedy } of (await probe.check()).findings) {
          assert.ok(message !== "", "a finding has no message");
          assert.ok(status === "ok" || Boolean(remedy), "a finding that is not `ok` has no remedy");
        }
    },
  }),
  defineRequirement({
    id: "11.4",
    title: "A `failed` finding MUST say in `failure` what status reading fails with because of it.",
    capabilities: ["check"],
    hooks: ["unusable"],
    test: async (trial) => {
      const { findings } = await trial.open(await trial.subject.unusable()).check();
      const failures = findings.flatMap((finding) => (finding.status === "failed" ? [finding.failure] : []));
      assert.ok(failures.length > 0, "a check of a store that cannot be used must have a `failed` finding");
      for (const failure of failures)
        assert.ok(
          FAILURE_STATUSES.includes(failure),
          "a `failed` finding has no `failure`, or one that this specification does not know",
        );
    },
  }),
];
