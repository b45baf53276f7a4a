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
      group: "",
      namespace: "shop",
      dryRun: true,
      object: { spec: {} },
      oldObject: undefined,
    });
  });

  it.each<[string, Buffer, RegExp]>([
    ["nothing", Buffer.of(), /not JSON/],
    ["other bytes", Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
    ["no request", review(undefined), /no request with a uid/],
    ["no uid", review({ ...request, uid: "" }), /no request with a uid/],
    ["an endless uid", review({ ...request, uid: "u".repeat(129) }), /no request with a uid/],
    ["an old version", review(request, { apiVersion: "admission.k8s.io/v1beta1" }), /no AdmissionReview/],
    ["no operation", review({ ...request, operation: 1 }), /request\.operation is missing or no text/],
    ["no resource", review({ ...request, resource: "pods" }), /resource\.version/],
    ["a group that is none", review({ ...request, resource: { ...resource, group: 1 } }), /resource\.group/],
    ["a namespace that is none", review({ ...request, namespace: {} }), /namespace/],
    ["a dry run that is none", review({ ...request, dryRun: "yes" }), /dryRun/],
    ["a bomb", Buffer.from("[".repeat(200_000)), /nested more than 100/],
  ])("is refused as %s", (_, body, problem) => {
    expect(parseReview(body)).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it("is refused by its uid where that can be told", () => {
    expect(parseReview(review({ ...request, dryRun: "yes" }))).toMatchObject({ uid: "u-1" });
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
