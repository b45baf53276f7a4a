import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { DeleteOutcome, DeleteRequest, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { isFailure, NO_CONDITION } from "../failure/failures.js";
import { failureOfSecret } from "./failure-of-secret.js";
import { secretTarget } from "./secret-target.js";
import { DEFAULT_RECOVERY_WINDOW_DAYS, type SecretsManagerOptions } from "./secrets-manager-options.js";

/** Schedules a secret for deletion, as of when it is not there for anybody; without a recovery window at once. */
export async function deleteSecret(
  clients: AwsClients<SecretsManager>,
  { recoveryWindowDays = DEFAULT_RECOVERY_WINDOW_DAYS }: SecretsManagerOptions,
  { path, ifVersion }: DeleteRequest,
  context: ProviderContext,
): Promise<DeleteOutcome> {
  context.signal.throwIfAborted();
  const target = secretTarget(path);
  if (isFailure(target)) return target;
  if (ifVersion !== undefined) return NO_CONDITION;
  const SecretId = target.secretId;
  try {
    await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity, target.region);
      if (recoveryWindowDays > 0)
        return client.deleteSecret({ SecretId, RecoveryWindowInDays: recoveryWindowDays }, { abortSignal });
      // Forced, AWS deletes what is absent as well, and does not say so.
      await client.describeSecret({ SecretId }, { abortSignal });
      return client.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true }, { abortSignal });
    });
    return { status: "deleted" };
  } catch (error) {
    context.signal.throwIfAborted();
    return failureOfSecret(error);
  }
}
