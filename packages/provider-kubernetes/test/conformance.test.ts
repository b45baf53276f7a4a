import { describeConformance } from "@sluice/provider-conformance";
import * as runner from "vitest";
import { startKubernetes } from "../../../test/servers/kubernetes.js";
import { kubernetesSubject } from "./kubernetes-subject.js";

const cluster = await startKubernetes();

if (cluster.kind === "running") {
  runner.afterAll(async () => cluster.stop());
  const excluded = await describeConformance(runner, async () => kubernetesSubject(cluster));

  // No fields of their own, versions, names beyond ASCII, disabled or expired secrets, nor leases.
  const inapplicable = ["2.10", "2.17", "2.18", "2.20", "3.2", "3.3", "9.1", "9.2", "9.3", "9.4"];
  runner.test("nothing is passed over but what Kubernetes does not have", () => {
    runner.expect(excluded.map(({ id }) => id)).toEqual(inapplicable);
  });
} else {
  process.stderr.write(`\nSKIPPED: conformance: ${cluster.reason}\n\n`);
  runner.test.skip(`conformance is not tested: ${cluster.reason}`, () => undefined);
}
