import assert from "node:assert";
import { expectStatus, isSuccess } from "../harness/expectations.js";
import { HOSTILE_PATHS } from "../harness/hostile-paths.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";

/** Section 2: what is at a path, and what is not. */
export const READING_PATHS: readonly Requirement[] = [
  defineRequirement({
    id: "2.2",
    title: "A secret that exists MUST be `found` with the bytes the store holds, as a `SecretValue`.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      trial.expectContent(await trial.probe.read(path), text);
    },
  }),
  defineRequirement({
    id: "2.3",
    title: "A secret that does not exist, or does not any more, MUST be `not-found`.",
    test: async (trial) => {
      const never = await trial.probe.read(trial.subject.path("never"));
      expectStatus(never, "a secret that never was", "not-found");
      const { path } = await trial.plant("removed");
      await trial.probe.read(path);
      await trial.subject.remove(path);
      expectStatus(await trial.probe.read(path), "a secret that was removed", "not-found");
    },
  }),
  defineRequirement({
    id: "2.11",
    title: "A path the store cannot have MUST be `invalid` or `not-found`, never a rejection.",
    test: async (trial) => {
      for (const path of HOSTILE_PATHS) {
        const what = `the path ${JSON.stringify(path.slice(0, 40))}`;
        expectStatus(await trial.probe.read(path), what, "invalid", "not-found");
      }
    },
  }),
  defineRequirement({
    id: "2.15",
    title:
      "A value changed in the store MUST be seen by the next `resolve`: a provider does not cache values.",
    test: async (trial) => {
      const { path, text } = await trial.plant();
      trial.expectContent(await trial.probe.read(path), text);
      for (let change = 1; change <= 3; change++) {
        const changed = canary();
        await trial.subject.write(path, changed);
        trial.expectContent(await trial.probe.read(path), changed, "a secret that was changed");
      }
    },
  }),
  defineRequirement({
    id: "2.20",
    title: "A path beyond ASCII MUST be read like any other, in a store that can have one.",
    hooks: ["pathBeyondAscii"],
    test: async (trial) => {
      const path = trial.subject.pathBeyondAscii("secret");
      const text = canary();
      await trial.subject.write(path, text);
      trial.expectContent(await trial.probe.read(path), text, "a secret whose path is beyond ASCII");
    },
  }),
  defineRequirement({
    id: "2.22",
    title: "No path may reach anything outside the store.",
    hooks: ["outside"],
    test: async (trial) => {
      for (const path of await trial.subject.outside(canary()))
        assert.ok(!isSuccess(await trial.probe.read(path)), "a path reached something outside the store");
    },
  }),
];
