import * as runner from "vitest";
import { type KubernetesSettings, type RunningKubernetes, startKubernetes } from "./kubernetes.js";

/**
 * Describes tests that need a cluster, and starts one for them. Where there can be none they are reported as
 * skipped, and why is said loudly. A test file awaits it at its top level.
 */
export async function describeOnKubernetes(
  title: string,
  define: (cluster: RunningKubernetes) => void,
  settings: KubernetesSettings = {},
): Promise<void> {
  const cluster = await startKubernetes(settings);
  if (cluster.kind === "unavailable") {
    process.stderr.write(`\nSKIPPED: ${title}: ${cluster.reason}\n\n`);
    runner.describe.skip(title, () => {
      runner.it(`is not tested: ${cluster.reason}`, () => undefined);
    });
    return;
  }
  runner.describe(title, () => {
    runner.afterAll(async () => cluster.stop());
    define(cluster);
  });
}
