import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTooDeep } from "./is-too-deep.js";
import { parseReview } from "./parse-review.js";

const review = (request: unknown, more: object = {}) =>
  Buffer.from(
    JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request, ...more }),
  );
const resource = { group: "", version: "v1", resource: "pods" };
const request = { uid: "u-1", operation: "CREATE", resource, namespace: "shop", object: { spec: {} } };

describe("a review", () => {
  it("is read as far as it is looked at", () => {
    expect(parseReview(review({ ...request, dryRun: true, subResource: "ephemeralcontainers" }))).toEqual({
      uid: "u-1",
      operation: "CREATE",
      resource: "pods/ephemeralcontainers",
      namespace: "shop",
      dryRun: true,
      object: { spec: {} },
    });
  });

  it.each<[string, Buffer, object]>([
    ["nothing", Buffer.of(), { problem: "The body is not JSON" }],
    ["other bytes", Buffer.from([0x22, 0xff, 0x22]), { problem: "The body is not UTF-8" }],
    ["no request", review(undefined), { problem: "There is no request with a uid" }],
    ["no uid", review({ ...request, uid: "" }), { problem: "There is no request with a uid" }],
    ["an endless uid", review({ ...request, uid: "u".repeat(129) }), { problem: expect.any(String) }],
    ["an old version", review(request, { apiVersion: "admission.k8s.io/v1beta1" }), { uid: "u-1" }],
    [
      "no operation",
      review({ ...request, operation: 1 }),
      { problem: "request.operation is missing or no text" },
    ],
    ["no resource", review({ ...request, resource: "pods" }), { problem: /resource\.version/ }],
    ["a namespace that is none", review({ ...request, namespace: {} }), { problem: /namespace/ }],
    ["a dry run that is none", review({ ...request, dryRun: "yes" }), { problem: /dryRun/ }],
    ["a bomb", Buffer.from("[".repeat(200_000)), { problem: /nested more than 100/ }],
  ])("is refused as %s", (_, body, expected) => {
    const entries = Object.entries(expected).map(([key, value]) => [
      key,
      value instanceof RegExp ? expect.stringMatching(value) : (value as unknown),
    ]);
    expect(parseReview(body)).toMatchObject({ problem: expect.any(String), ...Object.fromEntries(entries) });
  });

  it("is read or refused, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((json) => Buffer.from(json)),
        ),
        (bytes) => {
          const parsed = parseReview(Buffer.from(bytes));
          expect("problem" in parsed ? parsed.problem : parsed.uid).not.toBe("");
        },
      ),
    );
  });
});

describe("isTooDeep", () => {
  it("counts what JSON counts", () => {
    const depth = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = Buffer.from(JSON.stringify(value));
        expect(isTooDeep(json, depth(value))).toBe(false);
        expect(isTooDeep(json, depth(value) - 1)).toBe(depth(value) > 0);
      }),
    );
  });

  it("does not count brackets in texts", () => {
    expect(isTooDeep(Buffer.from(String.raw`["[[[\"[[["]`), 1)).toBe(false);
  });
});
