import assert from "node:assert";
import { isDeepStrictEqual } from "node:util";
import { expectStatus, isSuccess } from "../harness/expectations.js";
import { outcomeOf } from "../harness/probe.js";
import { requestOf } from "../harness/request-of.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";
import { concurrencyOf } from "../harness/concurrency-of.js";

const IDENTIFIERS = ["7", "", "__proto__", "a b/ü"];

/** Section 2: several requests, and several calls. */
export const READING_BATCHES: readonly Requirement[] = [
  defineRequirement({
    id: "2.1",
    title:
      "`resolve` MUST answer every request with exactly one outcome that carries its `id`, in any order.",
    test: async (trial) => {
      const { path } = await trial.plant();
      const missing = trial.subject.path("missing");
      const requests = IDENTIFIERS.map((id, index) => requestOf(index % 2 === 0 ? path : missing, { id }));
      for (let at = 0; at < requests.length; at += trial.batchSize) {
        const batch = requests.slice(at, at + trial.batchSize);
        const outcomes = await trial.probe.resolve(batch);
        assert.ok(
          isDeepStrictEqual(outcomes.map(({ id }) => id).sort(), batch.map(({ id }) => id).sort()),
          `${batch.length} requests must be answered with one outcome for each, by its identifier`,
        );
      }
    },
  }),
  defineRequirement({
    id: "2.12",
    title: "One failing item MUST NOT fail the others of its batch.",
    capabilities: ["batchSize above 1"],
    test: async (trial) => {
      const { subject } = trial;
      const { path, text } = await trial.plant();
      const failing = [
        { path: subject.path("missing") },
        { path: "" },
        { path: "x\0y" },
        await subject.denied?.(canary()),
        await subject.disabled?.(canary()),
        await subject.malformed?.(canary()),
      ];
      for (const situation of failing) {
        // In a store of its own there is nothing else.
        if (situation === undefined || ("store" in situation && situation.store !== undefined)) continue;
        const [bad, good] = await trial.readAll([situation.path, path]);
        assert.ok(bad && good && !isSuccess(bad), "an item that must fail was found");
        trial.expectContent(good, text, "a secret beside one that fails");
      }
    },
  }),
  defineRequirement({
    id: "2.13",
    title:
      "A batch of `batchSize` requests MUST be answered whole, also when several of them are for the same path.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const ids = Array.from({ length: trial.batchSize }, (_, index) => `${index}`);
      const distinct = ids.map((id) => requestOf(id === "0" ? path : trial.subject.path(`no-${id}`), { id }));
      const outcomes = await trial.probe.resolve(distinct);
      for (const id of ids) {
        const outcome = outcomeOf(outcomes, id);
        if (id === "0") trial.expectContent(outcome, text, "a secret of a full batch");
        else expectStatus(outcome, "a missing secret of a full batch", "not-found");
      }
      const repeated = await trial.probe.resolve(ids.map((id) => requestOf(path, { id })));
      for (const id of ids)
        trial.expectContent(outcomeOf(repeated, id), text, "a secret asked for several times");
    },
  }),
  defineRequirement({
    id: "2.14",
    title: "Concurrent calls MUST NOT disturb each other.",
    capabilities: ["maxConcurrency above 1"],
    test: async (trial) => {
      const planted = [];
      for (let index = 0; index < concurrencyOf(trial.subject); index++)
        planted.push(await trial.plant(`secret-${index}`));
      const outcomes = await Promise.all(planted.map(async ({ path }) => trial.probe.read(path)));
      for (const [index, outcome] of outcomes.entries())
        trial.expectContent(outcome, planted[index]?.text ?? "", "a secret read beside others");
    },
  }),
];
