import * as fc from "fast-check";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";
import { diffJson } from "./diff-json.js";

// What applies the patches here refuses this name, as it may.
const json = fc.jsonValue({ maxDepth: 3 }).filter((one) => !JSON.stringify(one).includes("__proto__"));
const named = fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c", "d/e", "f~g"), value: json }), {
  selector: ({ name }) => name,
  maxLength: 5,
});
const value = fc.oneof(json, named, fc.dictionary(fc.constantFrom("a/b", "c~d", ""), named));
const copy = <Value>(json: Value): Value => JSON.parse(JSON.stringify(json)) as Value;

describe("diffJson", () => {
  it("leads from one value to another", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const document = { at: copy(before) };
        const operations = diffJson({ at: before }, { at: after });
        expect(applyPatch(document, copy(operations) as Operation[])).toEqual(operations.map(() => null));
        expect(document).toEqual(copy({ at: after }));
      }),
      { numRuns: 2000 },
    );
  });

  it("has nothing to say of equal values", () => {
    fc.assert(
      fc.property(value, (same) => {
        expect(diffJson({ at: same }, copy({ at: same }))).toEqual([]);
      }),
    );
  });

  it("follows entries by their names", () => {
    const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, x: 1 }));
    expect(diffJson([a, b], [c, a, { name: "b", x: 2 }])).toEqual([
      { op: "add", path: "/0", value: c },
      { op: "replace", path: "/2/x", value: 2 },
    ]);
    expect(diffJson([a, b, c], [b])).toEqual([
      { op: "remove", path: "/2" },
      { op: "remove", path: "/0" },
    ]);
  });

  it("is not slowed down by the length of a list", () => {
    const list = (length: number, x: number) => Array.from({ length }, (_, i) => ({ name: `v${i}`, x }));
    const began = performance.now();
    expect(diffJson(list(50_000, 1), list(50_001, 2))).toHaveLength(50_001);
    // The shortest patch by dynamic programming would take 2.5 thousand million steps.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
