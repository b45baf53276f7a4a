import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Failure, ProviderContext, PutOutcome, PutRequest } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { defined } from "../aws/defined.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { errorName } from "../failure/failure-of.js";
import { isFailure } from "../failure/failures.js";
import { failureOfSecret, isDeleted } from "./failure-of-secret.js";
import { requestToken, secretInput, type SecretInput } from "./secret-input.js";
import { secretTarget, type SecretTarget } from "./secret-target.js";
import type { SecretsManagerOptions } from "./secrets-manager-options.js";

/** What one write is made with. */
interface Write {
  readonly client: SecretsManager;
  readonly secretId: string;
  readonly input: SecretInput;
  readonly token: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly abortSignal: AbortSignal;
}

/** Writes a secret: a version more of the one that is there, or a new one. */
export async function putSecret(
  clients: AwsClients<SecretsManager>,
  { kmsKeyId }: SecretsManagerOptions,
  request: PutRequest,
  context: ProviderContext,
): Promise<PutOutcome> {
  const target = secretTarget(request.path);
  if (isFailure(target)) return target;
  const input = secretInput(request.value);
  if (isFailure(input)) return input;
  const { secretId, region } = target;
  try {
    return await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity, region);
      const write = { client, secretId, input, token: requestToken(request), kmsKeyId, abortSignal };
      return await (request.condition ? create(write, target) : replace(write, target));
    });
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = failureOfSecret(error);
    return isDeleted(failure) ? { ...failure, status: "conflict" } : failure;
  }
}

async function replace(write: Write, target: SecretTarget): Promise<PutOutcome> {
  try {
    return await addVersion(write);
  } catch (error) {
    if (errorName(error) !== "ResourceNotFoundException") throw error;
  }
  const created = await create(write, target);
  // Somebody else created it in between.
  return !isFailure(created) && created.status === "exists" ? addVersion(write) : created;
}

async function addVersion({ client, secretId, input, token, abortSignal }: Write): Promise<PutOutcome> {
  const { VersionId } = await client.putSecretValue(
    { SecretId: secretId, ...input, ...defined({ ClientRequestToken: token }) },
    { abortSignal },
  );
  return { status: "updated", ...defined({ version: VersionId }) };
}

async function create(write: Write, { region }: SecretTarget): Promise<PutOutcome> {
  const { client, secretId, input, token, kmsKeyId, abortSignal } = write;
  // AWS would take an ARN for a bad name.
  if (region !== undefined) return NOT_A_NAME;
  try {
    const { VersionId } = await client.createSecret(
      { Name: secretId, ...input, ...defined({ ClientRequestToken: token, KmsKeyId: kmsKeyId }) },
      { abortSignal },
    );
    return { status: "created", ...defined({ version: VersionId }) };
  } catch (error) {
    if (errorName(error) !== "ResourceExistsException") throw error;
    return token !== undefined && (await isOurs(write, token))
      ? { status: "created", version: token }
      : { status: "exists" };
  }
}

/** Whether the secret that stands is what an earlier try, whose answer was lost, has written. */
async function isOurs({ client, secretId, abortSignal }: Write, token: string): Promise<boolean> {
  try {
    const { VersionIdsToStages = {} } = await client.describeSecret({ SecretId: secretId }, { abortSignal });
    return token in VersionIdsToStages;
  } catch (error) {
    // Who may not look says no more than that something is there, which is true.
    if (failureOfSecret(error).status !== "denied") throw error;
    return false;
  }
}

const NOT_A_NAME: Failure = {
  status: "invalid",
  reason: "create-by-arn",
  message: "cannot be created: an ARN is given by AWS",
  remedy: "Write it by its name, in a store of that region",
};
