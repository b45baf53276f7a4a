import assert from "node:assert";
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { PutRequest } from "@sluice/core";
import { concurrencyOf } from "../harness/concurrency-of.js";
import { contentOf, expectFound, expectStatus } from "../harness/expectations.js";
import { defineRequirement } from "../define-requirement.js";
import type { Trial } from "../harness/trial.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";
import type { Subject } from "../subject.js";

/** Section 8. */
export const WRITING: readonly Requirement[] = [
  defineRequirement({
    id: "8.1",
    title:
      "(`put`) It MUST answer `created` or `updated`, and the value MUST be readable afterwards, in the `version` answered if there is one.",
    capabilities: ["put"],
    test: async (trial) => {
      const path = trial.subject.path("secret");
      const reader = trial.open();
      for (const text of [canary(), " two\nlines \r\n", "Grüße, 密碼", canary()]) {
        const written = await trial.probe.put(path, text);
        expectStatus(written, "what was put", "created", "updated");
        const outcome = await reader.read(path);
        trial.expectContent(outcome, text, "what was put");
        const version = "version" in written ? written.version : undefined;
        assert.ok(
          version === undefined || version === expectFound(outcome, "what was put").version,
          "`put` answered another version than reading gives",
        );
      }
    },
  }),
  defineRequirement({
    id: "8.2",
    title:
      "(`put.ifAbsent`) It MUST create what is absent and answer `exists` for what is there, leaving it as it is.",
    capabilities: ["put.ifAbsent"],
    test: async (trial) => {
      const path = trial.subject.path("secret");
      const first = canary();
      for (const [text, status] of [
        [first, "created"],
        [canary(), "exists"],
        [first, "exists"],
      ] as const) {
        const outcome = await trial.probe.put(path, text, { condition: ifAbsent(trial.subject) });
        expectStatus(outcome, "what was put if absent", status);
        trial.expectContent(await trial.probe.read(path), first, "what was put if absent");
      }
    },
  }),
  defineRequirement({
    id: "8.3",
    title: "(`put.ifAbsent: true`) Of many concurrent writers exactly one MUST create.",
    capabilities: ["put.ifAbsent: true"],
    test: async (trial) => {
      const { path, winners } = await race(trial, ["created", "exists", "throttled"]);
      assert.ok(winners.length === 1, `${winners.length} of many concurrent writers created`);
      trial.expectContent(await trial.probe.read(path), winners[0] ?? "", "what the first writer put");
    },
  }),
  defineRequirement({
    id: "8.4",
    title:
      "(`put.ifVersion`) It MUST write over that version only, and answer `conflict` otherwise, also when nothing is there.",
    capabilities: ["put.ifVersion"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const stale = expectFound(await trial.probe.read(path), "the secret").version ?? "";
      const standing = canary();
      await trial.subject.write(path, standing);
      const put = async (ifVersion: string, text: string, where = path) =>
        trial.probe.put(where, text, { condition: { ifVersion } });
      expectStatus(await put(stale, canary()), "a write over another version", "conflict");
      const outcome = await trial.probe.read(path);
      trial.expectContent(outcome, standing, "what was not to be written over");
      const absent = trial.subject.path("absent");
      expectStatus(await put(stale, canary(), absent), "a write over nothing", "conflict");
      expectStatus(await trial.probe.read(absent), "what was not to be created", "not-found");
      const written = canary();
      const { version = "" } = expectFound(outcome, "the secret");
      expectStatus(await put(version, written), "a write over that version", "updated", "created");
      trial.expectContent(await trial.probe.read(path), written, "what was written over that version");
    },
  }),
  defineRequirement({
    id: "8.5",
    title:
      "(`put`) A repetition with the same `idempotencyKey` MUST answer as the first did and MUST NOT write again.",
    capabilities: ["put"],
    test: async (trial) => {
      const path = trial.subject.path("secret");
      const text = canary();
      const idempotencyKey = randomUUID();
      const first = await trial.probe.put(path, text, { idempotencyKey });
      expectStatus(first, "what was put", "created", "updated");
      const since = canary();
      await trial.subject.write(path, since);
      const second = await trial.probe.put(path, text, { idempotencyKey });
      trial.expectContent(await trial.probe.read(path), since, "what was written since");
      assert.ok(isDeepStrictEqual(second, first), "a repetition must be answered as the first was");
    },
  }),
  defineRequirement({
    id: "8.6",
    title: "(`put`) A value the store cannot hold MUST be `invalid`, and what was there stays.",
    capabilities: ["put"],
    hooks: ["unstorable"],
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const absent = trial.subject.path("absent");
      for (const where of [path, absent]) {
        const outcome = await trial.probe.put(where, trial.subject.unstorable(canary()));
        expectStatus(outcome, "a value the store cannot hold", "invalid");
      }
      trial.expectContent(await trial.probe.read(path), text, "what was there");
      expectStatus(await trial.probe.read(absent), "what could not be written", "not-found");
    },
  }),
  defineRequirement({
    id: "8.7",
    title: "(`delete`) It MUST remove, answer `deleted`, and `not-found` for what is absent.",
    capabilities: ["delete"],
    test: async (trial) => {
      const { path } = await trial.plant("leaving");
      const staying = await trial.plant("staying");
      expectStatus(await trial.probe.delete(path), "what was deleted", "deleted");
      expectStatus(await trial.probe.read(path), "what was deleted", "not-found");
      expectStatus(await trial.probe.delete(path), "a deletion of what is absent", "not-found");
      trial.expectContent(await trial.probe.read(staying.path), staying.text, "what was not deleted");
    },
  }),
  defineRequirement({
    id: "8.8",
    title:
      "(`delete.ifVersion`) With `ifVersion` it MUST remove that version only, and answer `conflict` otherwise.",
    capabilities: ["delete.ifVersion"],
    test: async (trial) => {
      const { path } = await trial.plant();
      const { version = "" } = expectFound(await trial.probe.read(path), "the secret");
      const changed = canary();
      await trial.subject.write(path, changed);
      const refused = await trial.probe.delete(path, { ifVersion: version });
      expectStatus(refused, "a deletion of another version", "conflict");
      trial.expectContent(await trial.probe.read(path), changed, "what was not to be deleted");
      const current = expectFound(await trial.probe.read(path), "the secret").version ?? "";
      const outcome = await trial.probe.delete(path, { ifVersion: current });
      expectStatus(outcome, "a deletion of that version", "deleted");
      expectStatus(await trial.probe.read(path), "what was deleted", "not-found");
    },
  }),
  defineRequirement({
    id: "8.9",
    title:
      '(`put.ifAbsent: "best-effort"`) Of many concurrent writers one at most MUST be told `created`, and whoever may have written over another `conflict`.',
    capabilities: ["put.ifAbsent"],
    test: async (trial) => {
      const { path, texts, winners } = await race(trial, ["created", "exists", "conflict", "throttled"]);
      assert.ok(
        winners.length <= 1,
        `${winners.length} of many concurrent writers were told that they created`,
      );
      const what = "what many writers put";
      const standing = contentOf(await trial.probe.read(path), what, trial.subject.field);
      assert.ok(texts.includes(Buffer.from(standing).toString()), "what stands is no writer's");
    },
  }),
];

/** The condition as certain as the store can have it. */
function ifAbsent({ store }: Subject): NonNullable<PutRequest["condition"]> {
  return { ifAbsent: store.capabilities.put?.ifAbsent === true || "best-effort" };
}

/** Many write to a path if it is absent, half of them with a provider of their own. */
async function race(
  trial: Trial,
  allowed: readonly string[],
): Promise<{ path: string; texts: readonly string[]; winners: readonly string[] }> {
  const path = trial.subject.path("secret");
  const writers = [trial.open(), trial.open()].flatMap((probe) =>
    Array.from({ length: concurrencyOf(trial.subject) }, () => ({ probe, text: canary() })),
  );
  const condition = ifAbsent(trial.subject);
  const outcomes = await Promise.all(
    writers.map(async ({ probe, text }) => probe.put(path, text, { condition })),
  );
  for (const outcome of outcomes) expectStatus(outcome, "what one of many writers put", ...allowed);
  const texts = writers.map(({ text }) => text);
  return { path, texts, winners: texts.filter((_, index) => outcomes[index]?.status === "created") };
}
