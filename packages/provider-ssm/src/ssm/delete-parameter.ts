import type { SSM } from "@aws-sdk/client-ssm";
import type { DeleteOutcome, DeleteRequest, ProviderContext } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { failureOf } from "../failure/failure-of.js";
import { isFailure, NO_CONDITION } from "../failure/failures.js";
import { parameterTarget } from "./parameter-target.js";

/** Deletes a parameter with all its versions, at once and for good. */
export async function deleteParameter(
  clients: AwsClients<SSM>,
  { path, ifVersion }: DeleteRequest,
  context: ProviderContext,
): Promise<DeleteOutcome> {
  context.signal.throwIfAborted();
  const target = parameterTarget(path);
  if (isFailure(target)) return target;
  if (ifVersion !== undefined) return NO_CONDITION;
  try {
    await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity, target.region);
      return client.deleteParameter({ Name: target.name }, { abortSignal });
    });
    return { status: "deleted" };
  } catch (error) {
    context.signal.throwIfAborted();
    return failureOf(error);
  }
}
