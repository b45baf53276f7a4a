import assert from "node:assert";
import { nameOf } from "../harness/answered.js";
import { statusOf } from "../harness/expectations.js";
import { defineRequirement } from "../define-requirement.js";
import type { Requirement } from "../requirement.js";
import { fragmentsOf, leaks } from "../secrecy/fragments.js";
import { reachableText } from "../secrecy/reachable-text.js";
import { type Tour, tour } from "../secrecy/tour.js";

/** Section 5. */
export const SECRECY: readonly Requirement[] = [
  defineRequirement({
    id: "5.1",
    title:
      "No value may appear in any outcome but as a `SecretValue`: not in `reason`, `message`, `remedy`, `version`, `etag`.",
    test: async (trial) => {
      const visited = await tour(trial);
      const shows = searcher(visited);
      for (const answer of visited.answers)
        assert.ok(!shows(answer), `an answer of ${statusOf(answer)} shows a value`);
    },
  }),
  defineRequirement({
    id: "5.2",
    title: "No value may appear in an error that any verb rejects with, or in anything that is printed.",
    test: async (trial) => {
      const visited = await tour(trial);
      const shows = searcher(visited);
      for (const error of visited.thrown)
        assert.ok(!shows(error), `a rejection with ${nameOf(error)} shows a value`);
      assert.ok(!shows(visited.printed), "a value was printed");
    },
  }),
  defineRequirement({
    id: "5.3",
    title: "No value may appear when the provider itself, or what it returned, is inspected.",
    test: async (trial) => {
      const visited = await tour(trial);
      const shows = searcher(visited);
      for (const provider of visited.providers)
        assert.ok(!shows(provider), "the provider shows a value when it is inspected");
      assert.ok(!shows(visited.answers), "what the provider returned shows a value when it is inspected");
    },
  }),
];

function searcher({ values }: Tour): (where: unknown) => boolean {
  const fragments = new Set(values.flatMap((value) => Array.from(fragmentsOf(value))));
  return (where) => leaks(reachableText(where), fragments);
}
