import type { Pod } from "@sluice/core/pod";
import { sluice } from "@sluice/dialects";
import { planPod } from "@sluice/webhook";
import { expect, it } from "vitest";

const SETTINGS = {
  source: { address: "https://10.96.4.2:8443", serverName: "broker.svc", roots: "ROOTS" },
  launcher: { image: "example.test/launcher:1", delivery: "copy" },
} as const;

/** Problems of a pod with so many references, twice each, in two containers. */
function problemsOf(references: number): readonly string[] {
  const value = Array.from({ length: references }, (_, number) => `\${secret://prod/${number}}`).join("");
  const env = ["A", "B"].map((name) => ({ name, value }));
  const containers = ["web", "job"].map((name) => ({ name, image: "i", command: ["/c"], env }));
  const pod: Pod = { metadata: { name: "web" }, spec: { containers, serviceAccountName: "web" } };
  const scope = { pod, namespace: "shop", namespaceLabels: {}, objects: { find: () => undefined } };
  return planPod([sluice()], scope, SETTINGS).problems.map(({ problem }) => problem);
}

it("8.1 a pod is refused when a container has more than 1,000 different references, and told which", () => {
  expect(problemsOf(1_000)).toEqual([]);
  expect(problemsOf(1_001)).toEqual([
    expect.stringContaining('The plan for container "web" has 1001 references, 1000 at most'),
    expect.stringContaining('The plan for container "job" has 1001 references, 1000 at most'),
  ]);
});
