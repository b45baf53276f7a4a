import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type FailedReference,
  type FailureStatus,
  FAILURE_STATUSES,
  formatReference,
  type ReferenceOutcome,
  ResolutionError,
  type SecretReference,
  SecretValue,
} from "@sluice/core";
import {
  type FilesPlan,
  type InjectionPlan,
  PLAN_FEATURES,
  PLAN_VERSION,
  planDigest,
} from "@sluice/core/plan";
import { encodedReference, fileReferences, type SecretReader } from "@sluice/files";
import {
  askSource,
  type EnvironmentAnswer,
  type EnvironmentRequest,
  LIMITS,
  ProblemError,
  PROTOCOL_VERSION,
  type SourceAddress,
  type VariableFailure,
} from "@sluice/protocol";
import { explainConnection } from "./explain-connection.js";

/** What a writer asks a source with. */
export interface SourceOptions {
  readonly address: SourceAddress;
  /** Its container's plan, and that as it stands in the variable. */
  readonly plan: InjectionPlan;
  readonly planText: string;
  /** What the plan's references are for. */
  readonly files: Pick<FilesPlan, "files">;
}

/**
 * Reads references by asking a source for the environment of the writer's own container: whatever the plan names comes in
 * one answer, and nothing else can be had. Asks once for each reading, with the same nonce, as a launcher does.
 *
 * Its `settle` rejects with the `ResolutionError` or `ProblemError` that tells why the source gives nothing.
 */
export function sourceReader(options: SourceOptions): SecretReader {
  const nonce = randomBytes(16).toString("hex");
  const settle: unknown = async (
    references: Readonly<Record<string, SecretReference>>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ) => {
    const answer = await ask(options, nonce, signal);
    const variables = new Map(Object.entries(options.plan.env).map(([name, text]) => [text, name]));
    const outcomes = Object.entries(references).map(([name, reference]): [string, ReferenceOutcome] => [
      name,
      outcomeOf(reference, variables.get(encodedReference(reference)), answer),
    ]);
    const settled: unknown = Object.fromEntries(outcomes);
    return settled;
  };
  return { settle: settle as SecretReader["settle"] };
}

async function ask(
  { address, plan, planText, files }: SourceOptions,
  nonce: string,
  signal: AbortSignal | undefined,
): Promise<EnvironmentAnswer> {
  const { source: { token: file, tokens = {}, ...trust } = {} } = plan;
  const token = file === undefined ? undefined : await readToken(file);
  const further = await Promise.all(
    Object.entries(tokens).map(async ([audience, path]) => [audience, await readToken(path)] as const),
  );
  const request: EnvironmentRequest = {
    protocol: PROTOCOL_VERSION,
    reader: PLAN_VERSION,
    features: [...PLAN_FEATURES],
    container: plan.container,
    nonce,
    planDigest: planDigest(planText),
    ...(further.length > 0 && { tokens: Object.fromEntries(further) }),
  };
  try {
    return await askSource({ address, trust, request, ...(token !== undefined && { token }) }, signal);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (ProblemError.isInstance(thrown)) throw withFiles(thrown, plan, files);
    throw explainConnection(thrown);
  }
}

/** Read anew for each try: the kubelet renews it. */
async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    throw new ProblemError({
      kind: "configuration",
      reason: "no-token",
      message: `The token ${path} cannot be read`,
      remedy: "Mount it; the webhook does",
    });
  }
}

function outcomeOf(
  reference: SecretReference,
  variable: string | undefined,
  { env, unset = [] }: EnvironmentAnswer,
): ReferenceOutcome {
  const failed: Pick<FailedReference, "reference" | "store"> = {
    reference: formatReference(reference),
    store: reference.store,
  };
  const given = variable !== undefined && Object.hasOwn(env, variable) ? env[variable] : undefined;
  if (typeof given === "string") {
    const value = SecretValue.fromBytes(Buffer.from(given, "base64"));
    return { ...failed, store: reference.store, status: "found", value, source: "provider" };
  }
  if (variable !== undefined && unset.includes(variable))
    return { ...failed, status: "not-found", reason: "not-found", message: "does not exist" };
  return {
    ...failed,
    status: "unsupported",
    reason: "not-planned",
    message: "is not in the plan of the writer's container",
    remedy: "Let the webhook write both plans: delete the pod so that it is created anew",
  };
}

/** A source names the variables that it cannot give; people know files. */
function withFiles(
  problem: ProblemError,
  { env }: InjectionPlan,
  { files }: Pick<FilesPlan, "files">,
): ProblemError | ResolutionError {
  const failures = (problem.detail.failures ?? []).flatMap((failure) => {
    const text = env[failure.variable];
    return files
      .filter((file) => referencesOf(file).some((each) => encodedReference(each) === text))
      .map((file) => failureOf(file.path, referencesOf(file), text, failure));
  });
  return failures.length === 0 ? problem : new ResolutionError(failures);
}

function referencesOf(file: FilesPlan["files"][number]): readonly SecretReference[] {
  const { certain, possible } = fileReferences(file);
  return [...certain, ...possible];
}

function failureOf(
  label: string,
  references: readonly SecretReference[],
  text: unknown,
  { status, reason, message }: VariableFailure,
) {
  const reference = references.find((each) => encodedReference(each) === text);
  const isKnown = (FAILURE_STATUSES as readonly string[]).includes(status);
  return {
    label,
    reference: reference === undefined ? String(text) : formatReference(reference),
    status: isKnown ? (status as FailureStatus) : ("unavailable" as const),
    reason,
    ...(message !== undefined && { message }),
  };
}

/** How long a writer waits for its source where its plan does not say, in seconds. */
export const WAIT_SECONDS: number = LIMITS.waitSeconds;
