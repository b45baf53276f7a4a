import type { Parameter, SSM } from "@aws-sdk/client-ssm";
import { SecretValue, type Failure, type SecretRecord } from "@sluice/core";
import { failureOf, mayDifferByItem } from "../failure/failure-of.js";
import { NOT_ANSWERED, NOT_THERE, WITHOUT_VALUE } from "../failure/failures.js";
import { parameterKey } from "./parameter-target.js";
import type { PlannedName } from "./plan-calls.js";

/** What became of each name, by what was asked. */
export type ParameterAnswers = ReadonlyMap<string, SecretRecord | Failure>;

/**
 * Reads up to ten names in one call. AWS refuses a call as a whole if one name is bad or may not be read; each name
 * is then asked for by itself, once.
 */
export async function readParameters(
  client: SSM,
  names: readonly PlannedName[],
  abortSignal: AbortSignal,
): Promise<ParameterAnswers> {
  try {
    const Names = names.map(({ ask }) => ask);
    const { Parameters = [], InvalidParameters = [] } = await client.getParameters(
      { Names, WithDecryption: true },
      { abortSignal },
    );
    return answersFrom(names, Parameters, InvalidParameters);
  } catch (error) {
    const failure = failureOf(error);
    if (names.length === 1 || !mayDifferByItem(failure))
      return new Map(names.map(({ ask }) => [ask, failure]));
    const singles = await Promise.all(names.map(async (name) => readParameters(client, [name], abortSignal)));
    return new Map(singles.flatMap((answers) => Array.from(answers)));
  }
}

/** Matches what AWS answered with what was asked. */
export function answersFrom(
  names: readonly PlannedName[],
  parameters: readonly Parameter[],
  invalid: readonly string[],
): ParameterAnswers {
  const found = new Map(parameters.map((parameter) => [parameterKey(parameter.Name ?? ""), parameter]));
  const absent = new Set(invalid);
  return new Map(
    names.map(({ name, ask }) => {
      const parameter = found.get(parameterKey(name));
      if (parameter) return [ask, recordOf(parameter)];
      return [ask, absent.has(ask) ? NOT_THERE : NOT_ANSWERED];
    }),
  );
}

function recordOf({ Value, Version, LastModifiedDate }: Parameter): SecretRecord | Failure {
  if (Value === undefined) return WITHOUT_VALUE;
  return {
    value: SecretValue.fromText(Value),
    ...(Version !== undefined && { version: String(Version) }),
    ...(LastModifiedDate && { updatedAt: LastModifiedDate.getTime() }),
  };
}
