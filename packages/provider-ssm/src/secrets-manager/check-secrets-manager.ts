import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { CheckResult, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { checkResult } from "../check/check-result.js";
import { observeTime } from "../check/observe-time.js";

/** Asks for one secret's description: whether the store can be reached, knows us, and lets us list. */
export async function checkSecretsManager(
  clients: AwsClients<SecretsManager>,
  context: ProviderContext,
): Promise<CheckResult> {
  return checkResult("secretsmanager:ListSecrets", context, async (observed) => {
    const { ListSecretsCommand } = await import("@aws-sdk/client-secrets-manager");
    const command = new ListSecretsCommand({ MaxResults: 1 });
    command.middlewareStack.add(observeTime(observed), { step: "deserialize", priority: "low" });
    await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity);
      return client.send(command, { abortSignal });
    });
  });
}
