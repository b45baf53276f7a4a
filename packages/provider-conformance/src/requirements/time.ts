import assert from "node:assert";
import { setImmediate as nextTurn } from "node:timers/promises";
import { contextOf } from "../harness/context.js";
import { everyVerb } from "../harness/every-verb.js";
import { requestOf } from "../harness/request-of.js";
import { comesTrue, LATE, SOON_MS, within } from "../harness/timing.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";

/** Section 4. */
export const TIME: readonly Requirement[] = [
  defineRequirement({
    id: "4.1",
    title:
      "A signal that aborted before the call MUST make every verb but `watch` reject with the signal's reason, and change nothing.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const reason = new Error("aborted before the call");
      for (const [verb, call] of everyVerb(trial.probe, path, canary())) {
        const [settled] = await Promise.allSettled([call(AbortSignal.abort(reason))]);
        assert.ok(
          settled.status === "rejected" && settled.reason === reason,
          `\`${verb}\` must reject with the reason of a signal that has aborted`,
        );
      }
      trial.expectContent(await trial.probe.read(path), text, "a secret after calls that were aborted");
    },
  }),
  defineRequirement({
    id: "4.2",
    title:
      "A signal that aborts during the call MUST make every verb but `watch` reject soon, with the signal's reason, and stop the work.",
    hooks: ["hanging"],
    test: async (trial) => {
      const { path, store, underWay } = await trial.subject.hanging();
      const reason = new Error("aborted during the call");
      for (const [verb, call] of everyVerb(trial.open(store), path, canary())) {
        const controller = new AbortController();
        const settling = Promise.allSettled([call(controller.signal)]);
        const first = await Promise.race([comesTrue(SOON_MS, async () => (await underWay()) > 0), settling]);
        // What is answered without the store cannot hang in it; a read always asks.
        if (typeof first === "object" && verb !== "resolve") continue;
        assert.ok(first === true, `\`${verb}\` did not call the store`);
        controller.abort(reason);
        const settled = await within(SOON_MS, settling);
        assert.ok(settled !== LATE, `\`${verb}\` did not settle soon after its signal had aborted`);
        assert.ok(
          settled[0].status === "rejected" && settled[0].reason === reason,
          `\`${verb}\` must reject with the reason of a signal that aborts`,
        );
        assert.ok(
          await comesTrue(SOON_MS, async () => (await underWay()) === 0),
          `\`${verb}\` went on after its signal had aborted`,
        );
      }
    },
  }),
  defineRequirement({
    id: "4.3",
    title: "An aborted call MUST NOT harm another, neither at the same time nor afterwards.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      for (const pause of [async () => undefined, nextTurn]) {
        // Aborted where most goes on: in the first call, which connects and logs in.
        const probe = trial.open();
        const controller = new AbortController();
        const context = contextOf({ signal: controller.signal });
        const aborted = Promise.allSettled([probe.provider.resolve([requestOf(path)], context)]);
        const beside = probe.read(path);
        await pause();
        controller.abort();
        trial.expectContent(await beside, text, "a secret read beside an aborted call");
        await aborted;
        trial.expectContent(await probe.read(path), text, "a secret read after an aborted call");
      }
    },
  }),
  defineRequirement({
    id: "4.4",
    title: "A signal that aborted before the call MUST keep it from asking the store.",
    hooks: ["reads"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const before = await trial.subject.reads();
      const context = contextOf({ signal: AbortSignal.abort() });
      await Promise.allSettled([trial.probe.provider.resolve([requestOf(path)], context)]);
      const reads = (await trial.subject.reads()) - before;
      assert.ok(reads === 0, `a call whose signal had aborted sent ${reads} reads`);
    },
  }),
];
