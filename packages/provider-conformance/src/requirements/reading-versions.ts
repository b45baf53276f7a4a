import assert from "node:assert";
import type { SecretFound } from "@sluice/core";
import { expectFound, expectStatus } from "../harness/expectations.js";
import type { Trial } from "../harness/trial.js";
import { unknownLike } from "../harness/unknown-like.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** 2000-01-01. */
const MILLENNIUM = 946_684_800_000;

/** Section 2: versions and times. */
export const READING_VERSIONS: readonly Requirement[] = [
  defineRequirement({
    id: "2.16",
    title:
      "`version` MUST change whenever the value does, also back to what it was, and stay while nothing changes. So it is no digest of the value, which could be guessed from it.",
    hooks: ["versioned"],
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const first = await versionAt(trial, path);
      assert.ok((await versionAt(trial, path)) === first, "`version` changed, and nothing else did");
      await trial.subject.write(path, canary());
      const second = await versionAt(trial, path);
      assert.ok(second !== first, "`version` stayed, and the value changed");
      await trial.subject.write(path, text);
      const third = await versionAt(trial, path);
      assert.ok(third !== first && third !== second, "`version` came back with an earlier value");
    },
  }),
  defineRequirement({
    id: "2.17",
    title:
      "(`versions.exact`) An earlier version MUST be readable by the `version` it was found with; an unknown one is `not-found`.",
    capabilities: ["versions.exact"],
    test: async (trial) => {
      const { path, text } = await trial.plant();
      const earlier = await versionAt(trial, path);
      const changed = canary();
      await trial.subject.write(path, changed);
      const later = await versionAt(trial, path);
      const exact = async (version: string) =>
        trial.probe.read(path, { version: { kind: "exact", version } });
      trial.expectContent(await exact(earlier), text, "an earlier version");
      trial.expectContent(await exact(later), changed, "the latest version");
      expectStatus(await exact(unknownLike(later)), "an unknown version", "not-found");
    },
  }),
  defineRequirement({
    id: "2.18",
    title: "(`versions.label`) A label MUST read the version it names; an unknown one is `not-found`.",
    capabilities: ["versions.label"],
    hooks: ["label"],
    test: async (trial) => {
      const { path, text } = await trial.plant();
      await trial.subject.label(path, "conformance");
      await trial.subject.write(path, canary());
      const labelled = async (label: string) => trial.probe.read(path, { version: { kind: "label", label } });
      trial.expectContent(await labelled("conformance"), text, "a labelled version");
      expectStatus(await labelled("unknown"), "an unknown label", "not-found");
    },
  }),
  defineRequirement({
    id: "2.19",
    title: "Times MUST be milliseconds since the epoch.",
    test: async (trial) => {
      const { path } = await trial.plant();
      const { createdAt, updatedAt } = expectFound(await trial.probe.read(path), "the secret");
      const expired = await trial.subject.expired?.(canary());
      const outcome = expired && (await trial.open(expired.store).read(expired.path));
      const { expiresAt } = (outcome ?? {}) as Partial<SecretFound>;
      const listed = trial.subject.store.capabilities.list ? await trial.probe.pages() : [];
      const item = listed.flatMap(({ items }) => items).find((each) => each.path === path);
      for (const [name, time] of Object.entries({ createdAt, updatedAt, listed: item?.updatedAt }))
        assert.ok(
          time === undefined || Math.abs(Date.now() - time) < DAY_MS,
          `\`${name}\` of a secret written just now must be about now, in milliseconds since the epoch`,
        );
      assert.ok(
        expiresAt === undefined || expiresAt > MILLENNIUM,
        "`expiresAt` must be in milliseconds since the epoch",
      );
    },
  }),
];

async function versionAt(trial: Trial, path: string): Promise<string> {
  const { version } = expectFound(await trial.probe.read(path), "the secret");
  assert.ok(typeof version === "string" && version !== "", "a secret must be `found` with its `version`");
  return version;
}
