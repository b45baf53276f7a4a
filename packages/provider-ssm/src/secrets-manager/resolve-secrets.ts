import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Failure, ProviderContext, SecretOutcome, SecretRecord, SecretRequest } from "@sluice/core";
import type { AwsClients } from "../aws/aws-clients.js";
import { withinDeadline } from "../aws/within-deadline.js";
import { failureOf } from "../failure/failure-of.js";
import { isFailure, NOT_ANSWERED, NOT_THERE } from "../failure/failures.js";
import { readSecret, readSecrets } from "./read-secrets.js";
import { secretTarget, versionInput, type SecretTarget, type VersionInput } from "./secret-target.js";

type Answer = SecretRecord | Failure;
type Answers = ReadonlyMap<string, Answer>;

interface Asked extends SecretTarget {
  readonly input: VersionInput;
  /** Equal for requests that one read serves. */
  readonly key: string;
}

/** One outcome per request: a call for each region that is asked, and for each version that is not the latest. */
export async function resolveSecrets(
  clients: AwsClients<SecretsManager>,
  requests: readonly SecretRequest[],
  context: ProviderContext,
): Promise<readonly SecretOutcome[]> {
  context.signal.throwIfAborted();
  const asked = requests.map((request) => ({ request, target: askedOf(request) }));
  const targets = asked.flatMap(({ target }) => (isFailure(target) ? [] : [target]));
  const byRegion = Map.groupBy(targets, ({ region }) => region);
  const answered = await Promise.all(
    Array.from(byRegion, async ([region, targets]) => readRegion(clients, region, targets, context)),
  );
  const answers = new Map(answered.flatMap((each) => Array.from(each)));
  return asked.map(({ request: { id }, target }) =>
    outcomeOf(id, isFailure(target) ? target : (answers.get(target.key) ?? NOT_ANSWERED)),
  );
}

function askedOf({ path, version }: SecretRequest): Asked | Failure {
  const target = secretTarget(path);
  if (isFailure(target)) return target;
  const input = versionInput(version);
  return input ? { ...target, input, key: keyOf(target.secretId, input) } : NOT_THERE;
}

function keyOf(secretId: string, input: VersionInput): string {
  return JSON.stringify([secretId, input]);
}

async function readRegion(
  clients: AwsClients<SecretsManager>,
  region: string | undefined,
  targets: readonly Asked[],
  context: ProviderContext,
): Promise<Answers> {
  try {
    return await withinDeadline(context, async (signal) => {
      const client = await clients.get(context.identity, region);
      return readTargets(client, targets, signal);
    });
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = failureOf(error);
    return new Map(targets.map(({ key }) => [key, failure]));
  }
}

async function readTargets(
  client: SecretsManager,
  targets: readonly Asked[],
  signal: AbortSignal,
): Promise<Answers> {
  const distinct = Array.from(new Map(targets.map((target) => [target.key, target])).values());
  const isLatest = ({ input }: Asked): boolean => Object.keys(input).length === 0;
  const ids = distinct.filter(isLatest).map(({ secretId }) => secretId);
  const versions = distinct.filter((target) => !isLatest(target));
  const [latest, others] = await Promise.all([
    readSecrets(client, ids, signal),
    Promise.all(
      versions.map(async ({ key, secretId, input }): Promise<[string, Answer]> => [
        key,
        await readSecret(client, secretId, input, signal),
      ]),
    ),
  ]);
  return new Map([
    ...Array.from(latest, ([id, answer]): [string, Answer] => [keyOf(id, {}), answer]),
    ...others,
  ]);
}

function outcomeOf(id: string, answer: Answer): SecretOutcome {
  return isFailure(answer) ? { ...answer, id } : { ...answer, id, status: "found" };
}
