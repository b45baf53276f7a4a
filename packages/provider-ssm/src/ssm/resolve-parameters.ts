import type { SSM } from "@aws-sdk/client-ssm";
import type { Failure, ProviderContext, SecretOutcome, SecretRecord, SecretRequest } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { failureOf } from "../failure/failure-of.js";
import { isFailure, NOT_ANSWERED, NOT_THERE } from "../failure/failures.js";
import { hierarchyOf, nameOfVersion, parameterTarget } from "./parameter-target.js";
import { planCalls, type PlannedName } from "./plan-calls.js";
import { readHierarchy } from "./read-hierarchy.js";
import { readParameters, type ParameterAnswers } from "./read-parameters.js";

interface Asked extends PlannedName {
  readonly region: string | undefined;
}

/**
 * One outcome per request: a call for each region that is asked, and version of one parameter; for a path with a slash
 * at its end, as many as there are pages below it.
 */
export async function resolveParameters(
  clients: AwsClients<SSM>,
  requests: readonly SecretRequest[],
  context: ProviderContext,
): Promise<readonly SecretOutcome[]> {
  context.signal.throwIfAborted();
  const asked = requests.map((request) => ({ request, name: nameOf(request) }));
  const names = asked.flatMap(({ name }) => (isFailure(name) ? [] : [name]));
  const hierarchies = new Set(names.map(({ ask }) => ask).filter((ask) => ask.endsWith("/")));
  const byRegion = Map.groupBy(
    names.filter(({ ask }) => !hierarchies.has(ask)),
    ({ region }) => region,
  );
  const answered = await Promise.all([
    ...Array.from(byRegion, async ([region, names]) => readRegion(clients, region, names, context)),
    ...Array.from(hierarchies, async (path) => readBelow(clients, path, context)),
  ]);
  const answers = new Map(answered.flatMap((each) => Array.from(each)));
  return asked.map(({ request: { id }, name }) =>
    outcomeOf(id, isFailure(name) ? name : (answers.get(name.ask) ?? NOT_ANSWERED)),
  );
}

function nameOf({ path, version }: SecretRequest): Asked | Failure {
  const hierarchy = hierarchyOf(path);
  if (hierarchy !== undefined)
    return version.kind === "latest" ? { name: hierarchy, ask: hierarchy, region: undefined } : NO_VERSION;
  const target = parameterTarget(path);
  if (isFailure(target)) return target;
  const ask = nameOfVersion(target.name, version);
  return ask === undefined ? NOT_THERE : { name: target.name, ask, region: target.region };
}

async function readRegion(
  clients: AwsClients<SSM>,
  region: string | undefined,
  names: readonly Asked[],
  context: ProviderContext,
): Promise<ParameterAnswers> {
  const calls = await Promise.all(
    planCalls(names).map(async (call): Promise<ParameterAnswers> => {
      try {
        return await withinDeadline(context, async (signal) =>
          readParameters(await clients.get(context.identity, region), call, signal),
        );
      } catch (error) {
        context.signal.throwIfAborted();
        return new Map(call.map(({ ask }) => [ask, failureOf(error)]));
      }
    }),
  );
  return new Map(calls.flatMap((answers) => Array.from(answers)));
}

async function readBelow(
  clients: AwsClients<SSM>,
  path: string,
  context: ProviderContext,
): Promise<ParameterAnswers> {
  try {
    const answer = await withinDeadline(context, async (signal) =>
      readHierarchy(await clients.get(context.identity), path, signal),
    );
    return new Map([[path, answer]]);
  } catch (error) {
    context.signal.throwIfAborted();
    return new Map([[path, failureOf(error)]]);
  }
}

function outcomeOf(id: string, answer: SecretRecord | Failure): SecretOutcome {
  return isFailure(answer) ? { ...answer, id } : { ...answer, id, status: "found" };
}

const NO_VERSION: Failure = {
  status: "unsupported",
  reason: "version-of-path",
  message: "has no versions: each parameter below it has its own",
  remedy: "Name one parameter, or leave the version out",
};
