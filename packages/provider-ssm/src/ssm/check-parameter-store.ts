import type { SSM } from "@aws-sdk/client-ssm";
import type { CheckResult, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { checkResult } from "../check/check-result.js";
import { observeTime } from "../check/observe-time.js";

/** Asks for one parameter's description: whether the store can be reached, knows us, and lets us list. */
export async function checkParameterStore(
  clients: AwsClients<SSM>,
  context: ProviderContext,
): Promise<CheckResult> {
  return checkResult("ssm:DescribeParameters", context, async (observed) => {
    const { DescribeParametersCommand } = await import("@aws-sdk/client-ssm");
    const command = new DescribeParametersCommand({ MaxResults: 1 });
    command.middlewareStack.add(observeTime(observed), { step: "deserialize", priority: "low" });
    await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity);
      return client.send(command, { abortSignal });
    });
  });
}
