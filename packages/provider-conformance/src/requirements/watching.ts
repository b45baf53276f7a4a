import assert from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "@sluice/core";
import { leftBy } from "../harness/active-resources.js";
import { LATE, within } from "../harness/timing.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";

/** Time for an event that must not come, in milliseconds. */
const QUIET_MS = 200;

/** Section 7. */
export const WATCHING: readonly Requirement[] = [
  defineRequirement({
    id: "7.1",
    title: "Without a cursor a watch MUST begin with `resync` as soon as it stands.",
    capabilities: ["watch"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const session = trial.probe.watch([path]);
      const first = await session.told("that it stands", 0, () => true);
      assert.ok(first.kind === "resync", "a watch must begin with `resync`");
      await session.stop();
    },
  }),
  defineRequirement({
    id: "7.2",
    title: "A change of a watched path MUST be told within 30 seconds, a removal as `deleted`.",
    capabilities: ["watch"],
    test: async (trial) => {
      const changing = await trial.plant("changing");
      const leaving = await trial.plant("leaving");
      const appearing = trial.subject.path("appearing");
      const session = trial.probe.watch([changing.path, leaving.path, appearing]);
      await session.stands();
      const from = session.events.length;
      await trial.subject.write(changing.path, canary());
      await trial.subject.remove(leaving.path);
      await trial.subject.write(appearing, canary());
      const told = async (kind: string, path: string): Promise<unknown> =>
        session.told(
          `\`${kind}\``,
          from,
          (event) => event.kind === kind && "path" in event && event.path === path,
        );
      await Promise.all([
        told("changed", changing.path),
        told("deleted", leaving.path),
        told("changed", appearing),
      ]);
      await session.stop();
    },
  }),
  defineRequirement({
    id: "7.3",
    title: "Paths that are not watched MUST NOT be told.",
    capabilities: ["watch"],
    test: async (trial) => {
      const watched = await trial.plant("watched");
      const other = await trial.plant("other");
      const session = trial.probe.watch([watched.path]);
      await session.stands();
      const from = session.events.length;
      await trial.subject.write(other.path, canary());
      await trial.subject.write(watched.path, canary());
      await session.told("a change", from, ({ kind }) => kind === "changed");
      await sleep(QUIET_MS);
      await session.stop();
      const strange = session.events.some((event) => "path" in event && event.path !== watched.path);
      assert.ok(!strange, "a path was told that is not watched");
    },
  }),
  defineRequirement({
    id: "7.4",
    title:
      "A cursor MUST lose nothing: the watch goes on after the event that carried it, or, if it is not known (any more), begins with `resync`.",
    capabilities: ["watch"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const lost = trial.probe.watch([path], "no-such-cursor");
      const first = await lost.told("that it stands", 0, () => true);
      assert.ok(first.kind === "resync", "a watch from an unknown cursor must begin with `resync`");
      const from = lost.events.length;
      await trial.subject.write(path, canary());
      await lost.told("a change", from, ({ kind }) => kind === "changed");
      await lost.stop();
      const cursor = lost.events.findLast((event) => event.cursor !== undefined)?.cursor;
      if (cursor === undefined) return;
      await trial.subject.write(path, canary());
      const found = trial.probe.watch([path], cursor);
      await found.told("what changed since its cursor", 0, ({ kind }) => kind !== "deleted");
      await found.stop();
    },
  }),
  defineRequirement({
    id: "7.5",
    title: "A watch MUST end soon after its signal aborts, without rejecting, and leave nothing running.",
    capabilities: ["watch"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const watchAndStop = async (): Promise<void> => {
        const session = trial.probe.watch([path]);
        await session.stands();
        await session.stop();
      };
      const left = await leftBy(watchAndStop);
      assert.ok(left.length === 0, `watches left something running: ${left.join(", ")}`);
    },
  }),
  defineRequirement({
    id: "7.6",
    title: "A watch that cannot go on MUST reject with a `StoreError`, never end before its signal aborts.",
    capabilities: ["watch"],
    hooks: ["unusable"],
    test: async (trial) => {
      const session = trial.open(await trial.subject.unusable()).watch([trial.subject.path("secret")]);
      const end = await within(QUIET_MS, session.ended);
      // It may as well stand, and wait until the store can be used.
      if (end === LATE) return session.stop();
      assert.ok(end.rejected, "a watch of a store that cannot be used ended");
      assert.ok(StoreError.isInstance(end.reason), "a watch that cannot go on must reject with a StoreError");
    },
  }),
];
