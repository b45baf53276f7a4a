import assert from "node:assert";
import type { ListPage } from "@sluice/core";
import { contextOf } from "../harness/context.js";
import { expectFound, statusOf } from "../harness/expectations.js";
import { comesTrue, SOON_MS } from "../harness/timing.js";
import type { Trial } from "../harness/trial.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";
import { fragmentsOf, leaks } from "../secrecy/fragments.js";
import { reachableText } from "../secrecy/reachable-text.js";
import { LISTING_IN_VAIN } from "./listing-in-vain.js";

/** Most listed paths that are read; a store that is shared may have any number. */
const MOST_READ = 100;

/** Changes in a row, so that not each of them falls into another second. */
const CHANGES = 4;

/** Section 6. */
export const LISTING: readonly Requirement[] = [
  defineRequirement({
    id: "6.1",
    title: "A listing MUST name every secret once and no value, and end with a page that is `complete`.",
    capabilities: ["list"],
    test: async (trial) => {
      const planted = [await trial.plant("one"), await trial.plant("two"), await trial.plant("three")];
      const more = (await trial.subject.manyPages?.()) ?? [];
      const pages = await trial.probe.pages();
      const paths = pathsOf(pages);
      assert.ok(isWithin(more, paths), "the listing does not name a secret that is there");
      for (const { path, text } of planted) {
        assert.ok(paths.includes(path), "the listing does not name a secret that is there");
        assert.ok(!leaks(reachableText(pages), fragmentsOf(text)), "the listing shows a value");
      }
      expectOnce(paths);
      assert.ok(pages.at(-1)?.complete === true, "the last page must be `complete`");
    },
  }),
  defineRequirement({
    id: "6.2",
    title: "Of several pages the last one, and only it, MUST be without `nextPageToken` and be `complete`.",
    capabilities: ["list"],
    hooks: ["manyPages"],
    test: async (trial) => {
      await trial.subject.manyPages();
      const pages = await trial.probe.pages();
      assert.ok(pages.length > 1, "the listing must take several pages");
      for (const [index, { nextPageToken, complete }] of pages.entries()) {
        const last = index === pages.length - 1;
        const which = last ? "the last page" : "a page before the last";
        assert.ok(
          (nextPageToken === undefined) === last,
          `${which} ${last ? "has a" : "lacks its"} nextPageToken`,
        );
        assert.ok(complete === last, `${which} is ${complete ? "" : "not "}\`complete\``);
      }
    },
  }),
  defineRequirement({
    id: "6.3",
    title: "`prefix` MUST limit the listing to the paths that begin with it.",
    capabilities: ["list"],
    test: async (trial) => {
      const planted = [await trial.plant("one"), await trial.plant("two")].map(({ path }) => path);
      const [path = ""] = planted;
      for (const prefix of [path, path.slice(0, -1), trial.subject.path("none")]) {
        const pages = await trial.probe.pages({ prefix });
        const paths = pathsOf(pages);
        assert.ok(
          paths.every((each) => each.startsWith(prefix)),
          "a path is listed that lacks the prefix",
        );
        assert.ok(
          planted.every((each) => paths.includes(each) === each.startsWith(prefix)),
          "a path that has the prefix is not listed",
        );
        assert.ok(pages.at(-1)?.complete === true, "the last page must be `complete`");
      }
    },
  }),
  defineRequirement({
    id: "6.4",
    title: "Every path listed MUST be readable as a reference's path.",
    capabilities: ["list"],
    test: async (trial) => {
      const { subject } = trial;
      await trial.plant();
      await subject.writeFields?.(subject.path("fields"), { user: canary(), password: canary() });
      await subject.writeBytes?.(subject.path("bytes"), Uint8Array.of(0, 255));
      if (subject.pathBeyondAscii) await subject.write(subject.pathBeyondAscii("beyond"), canary());
      const paths = pathsOf(await trial.probe.pages()).slice(0, MOST_READ);
      for (const outcome of await trial.readAll(paths))
        assert.ok(
          outcome.status !== "not-found" && outcome.status !== "invalid",
          `a path that is listed is ${statusOf(outcome)} when it is read`,
        );
    },
  }),
  defineRequirement({
    id: "6.5",
    title:
      "`pageToken` MUST go on where its page ended; such a listing is complete when it saw everything from there on.",
    capabilities: ["list"],
    hooks: ["manyPages"],
    test: async (trial) => {
      const expected = await trial.subject.manyPages();
      const first = await firstPage(trial);
      const pageToken = first?.nextPageToken;
      assert.ok(first && pageToken !== undefined, "the first of several pages must have a nextPageToken");
      const rest = await trial.open().pages({ pageToken });
      const paths = pathsOf([first, ...rest]);
      expectOnce(paths);
      assert.ok(isWithin(expected, paths), "a listing that goes on leaves something out");
      assert.ok(rest.at(-1)?.complete === true, "a listing that goes on to its end must be `complete`");
    },
  }),
  defineRequirement({
    id: "6.6",
    title: "(`carriesVersion`) A listed `version` MUST be the one that reading gives.",
    capabilities: ["list.carriesVersion"],
    test: async (trial) => {
      const planted = [await trial.plant("one"), await trial.plant("two")];
      await trial.subject.write(planted[1]?.path ?? "", canary());
      const items = await listedItems(trial);
      for (const { path } of planted) {
        const { version } = expectFound(await trial.probe.read(path), "the secret");
        const listed = items.get(path)?.version;
        assert.ok(
          listed === undefined || listed === version,
          "a listed `version` is not the one that reading gives",
        );
      }
    },
  }),
  defineRequirement({
    id: "6.8",
    title:
      "(`carriesVersion`) Soon after it was written every item MUST carry a `version` or an `etag`, and reading MUST give the same ones.",
    capabilities: ["list.carriesVersion"],
    test: async (trial) => {
      const planted = [await trial.plant("one"), await trial.plant("two")];
      await trial.subject.write(planted[1]?.path ?? "", canary());
      const stamped = await comesTrue(SOON_MS, async () => {
        const items = await listedItems(trial);
        return planted.every(({ path }) => carried(items.get(path)).length > 0);
      });
      assert.ok(stamped, "a listed secret carries neither `version` nor `etag`");
      const items = await listedItems(trial);
      for (const { path } of planted) {
        const found = expectFound(await trial.probe.read(path), "the secret");
        const item = items.get(path);
        for (const name of carried(item))
          assert.ok(found[name] === item?.[name], `a listed \`${name}\` is not the one that reading gives`);
      }
    },
  }),
  defineRequirement({
    id: "6.9",
    title:
      "(`carriesVersion`) What an item carries MUST NOT be what was read before its value changed, however soon after that.",
    capabilities: ["list.carriesVersion"],
    test: async (trial) => {
      const { path } = await trial.plant();
      for (let change = 0; change < CHANGES; change += 1) {
        const before = expectFound(await trial.probe.read(path), "the secret");
        await trial.subject.write(path, canary());
        const item = (await listedItems(trial)).get(path);
        const names = carried(item);
        assert.ok(
          names.length === 0 || names.some((name) => item?.[name] !== before[name]),
          "a secret that changed is listed as if it had not",
        );
      }
    },
  }),
  ...LISTING_IN_VAIN,
].sort((one, other) => one.id.localeCompare(other.id, "en", { numeric: true }));

type Item = ListPage["items"][number];

async function listedItems(trial: Trial): Promise<ReadonlyMap<string, Item>> {
  const pages = await trial.probe.pages();
  return new Map(pages.flatMap(({ items }) => items.map((item) => [item.path, item])));
}

/** Which of the two an item carries. */
function carried(item: Item | undefined): readonly ("version" | "etag")[] {
  return (["version", "etag"] as const).filter((name) => item?.[name] !== undefined);
}

async function firstPage(trial: Trial): Promise<ListPage | undefined> {
  for await (const page of trial.probe.verb("list")({}, contextOf())) return page;
  return undefined;
}

function pathsOf(pages: readonly ListPage[]): readonly string[] {
  return pages.flatMap(({ items }) => items.map(({ path }) => path));
}

function expectOnce(paths: readonly string[]): void {
  assert.ok(new Set(paths).size === paths.length, "the listing names a secret several times");
}

function isWithin(expected: readonly string[], paths: readonly string[]): boolean {
  const listed = new Set(paths);
  return expected.every((path) => listed.has(path));
}
