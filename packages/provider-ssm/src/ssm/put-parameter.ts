import type { SSM } from "@aws-sdk/client-ssm";
import type { Failure, ProviderContext, PutOutcome, PutRequest, SecretValue } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { defined } from "../aws/defined.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { errorName, failureOf } from "../failure/failure-of.js";
import { EMPTY, isFailure } from "../failure/failures.js";
import { parameterTarget } from "./parameter-target.js";
import type { SsmWriteOptions } from "./ssm-options.js";

/** Largest value of a tier, in characters. */
const LARGEST = { Standard: 4096, Advanced: 8192, "Intelligent-Tiering": 8192 };

/** Writes a parameter; only if it is absent where the request says so. */
export async function putParameter(
  clients: AwsClients<SSM>,
  { type = "SecureString", tier = "Standard", kmsKeyId }: SsmWriteOptions,
  { path, value, condition }: PutRequest,
  context: ProviderContext,
): Promise<PutOutcome> {
  const target = parameterTarget(path);
  if (isFailure(target)) return target;
  const text = parameterText(value, tier);
  if (typeof text !== "string") return text;
  const Overwrite = condition === undefined;
  try {
    const { Version } = await withinDeadline(context, async (abortSignal) => {
      const client = await clients.get(context.identity, target.region);
      const key = type === "SecureString" ? defined({ KeyId: kmsKeyId }) : {};
      return client.putParameter(
        { Name: target.name, Value: text, Type: type, Tier: tier, Overwrite, ...key },
        { abortSignal },
      );
    });
    const version = Version === undefined ? {} : { version: String(Version) };
    return { status: Version === 1 || !Overwrite ? "created" : "updated", ...version };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!Overwrite && errorName(error) === "ParameterAlreadyExists") return { status: "exists" };
    return failureOf(error);
  }
}

/** The value as text that a parameter of this tier can hold, or why it cannot. */
function parameterText(value: SecretValue, tier: NonNullable<SsmWriteOptions["tier"]>): string | Failure {
  if (value.byteLength === 0) return EMPTY;
  const text = value.textOrUndefined();
  if (text === undefined)
    return {
      status: "invalid",
      reason: "not-text",
      message: "cannot be written: Parameter Store holds text only",
    };
  if (text.length > LARGEST[tier])
    return {
      status: "invalid",
      reason: "too-large",
      message: `cannot be written: the tier ${tier} holds ${LARGEST[tier]} characters at most`,
      ...(tier === "Standard" && { remedy: "Write it with the tier `Advanced`, or to Secrets Manager" }),
    };
  return text;
}
