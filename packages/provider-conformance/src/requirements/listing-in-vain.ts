import assert from "node:assert";
import { type ListPage, StoreError } from "@sluice/core";
import { defineRequirement } from "../define-requirement.js";
import { contextOf } from "../harness/context.js";
import type { Probe } from "../harness/probe.js";
import type { Requirement } from "../requirement.js";
import { canary } from "../secrecy/canary.js";

/** Section 6: listings that cannot name everything. */
export const LISTING_IN_VAIN: readonly Requirement[] = [
  defineRequirement({
    id: "6.7",
    title: "A listing that cannot go on MUST reject with a `StoreError`, never end as if it were complete.",
    capabilities: ["list"],
    hooks: ["brokenListing"],
    test: async (trial) => {
      const { pages, error } = await listingOf(trial.open(await trial.subject.brokenListing()));
      assert.ok(error !== undefined, "a listing that broke off ended as if nothing had happened");
      assert.ok(StoreError.isInstance(error), "a listing that broke off must reject with a StoreError");
      assert.ok(!pages.some(({ complete }) => complete), "a page of a listing that broke off is `complete`");
    },
  }),
  defineRequirement({
    id: "6.10",
    title: "A listing that is `complete` MUST leave out nothing because we have no rights to it.",
    capabilities: ["list"],
    hooks: ["withheld"],
    test: async (trial) => {
      const { path, store } = await trial.subject.withheld(canary());
      const { pages, error } = await listingOf(store ? trial.open(store) : trial.probe);
      assert.ok(
        error === undefined || StoreError.isInstance(error),
        "a listing that is refused must reject with a StoreError",
      );
      const named = pages.some(({ items }) => items.some((item) => item.path === path));
      assert.ok(
        error !== undefined || named || pages.at(-1)?.complete !== true,
        "a listing that leaves out what is kept from us is `complete`",
      );
    },
  }),
];

/** What a listing gave before it ended, and what it rejected with if it did. */
async function listingOf(
  probe: Probe,
): Promise<{ readonly pages: readonly ListPage[]; readonly error?: unknown }> {
  const pages: ListPage[] = [];
  try {
    for await (const page of probe.verb("list")({}, contextOf())) pages.push(page);
    return { pages };
  } catch (error) {
    return { pages, error: error ?? "nothing" };
  }
}
