import { SluiceError, StoreError } from "@sluice/core";
import { KubernetesError } from "@sluice/kubernetes";
import { expect, it } from "vitest";
import { refuse } from "./refusals.js";
import { toProblem } from "./to-problem.js";

const configuration = new SluiceError({ code: "SLU1103", kind: "configuration", problem: "p", remedy: "r" });
const store = new StoreError("prod", { status: "unavailable", reason: "CANARY", message: "CANARY" });
const away = new KubernetesError({
  kind: "no-answer",
  reason: "timeout",
  problem: "away",
  retryAfterMs: 1_500,
});

it.each([
  ["a refusal, as it is", refuse("busy", "m"), 503, "busy"],
  ["the cluster's", away, 503, "cluster-unavailable"],
  ["a store that cannot be made", configuration, 422, "store-invalid"],
  ["another fault of ours", store, 500, "internal"],
  ["a foreign error", new Error("CANARY"), 500, "internal"],
  ["what is none", "CANARY", 500, "internal"],
])("tells of %s", (_, thrown, status, reason) => {
  const problem = toProblem(thrown);
  expect([problem.status, problem.detail.reason]).toEqual([status, reason]);
  expect(JSON.stringify(problem.detail)).not.toContain("CANARY");
});

it("hands on how long the cluster asked to wait, in whole seconds", () => {
  expect(toProblem(away).detail.retryAfterSeconds).toBe(2);
});
