import * as runner from "vitest";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import { describeOnKubernetes } from "../../servers/kubernetes-suite.js";
import { openAws, PARAMETER_STORE } from "../cli/providers/aws-subject.js";
import type { CliSubject } from "../cli/providers/cli-subject.js";

/** Describes tests that need a cluster and Parameter Store, and starts both. A test file awaits it at its top level. */
export async function describeOnCluster(
  title: string,
  define: (cluster: RunningKubernetes, subject: CliSubject) => void,
): Promise<void> {
  const subject = await openAws(PARAMETER_STORE);
  if ("reason" in subject) {
    process.stderr.write(`\nSKIPPED: ${title}: ${subject.reason}\n\n`);
    runner.describe.skip(title, () => {
      runner.it(`is not tested: ${subject.reason}`, () => undefined);
    });
    return;
  }
  await describeOnKubernetes(title, (cluster) => {
    runner.afterAll(async () => subject[Symbol.asyncDispose]());
    define(cluster, subject);
  });
}
