import { ResolutionError, type SecretValue, SluiceError } from "@sluice/core";
import type { InjectionPlan } from "@sluice/core/plan";
import type { EntryFault } from "./fill-entries.js";
import type { Fault, Filling } from "./filling.js";
import type { RenderOptions } from "./render-options.js";
import type { SecretReads } from "./secret-reads.js";

/** The answer to a container's plan. */
export async function fillEnvironment(
  plan: InjectionPlan,
  reads: SecretReads,
  { answerEnvironment }: Pick<RenderOptions, "answerEnvironment">,
): Promise<Filling<SecretValue, EntryFault>> {
  const reference = `environment of container "${plan.container}"`;
  if (answerEnvironment === undefined) return { faults: [{ ...NOT_HERE, reference }] };
  try {
    return { result: await answerEnvironment(plan, reads.asReader()) };
  } catch (thrown) {
    if (ResolutionError.isInstance(thrown))
      return { faults: thrown.failures.map(({ label, ...fault }) => ({ ...fault, entry: label })) };
    if (!SluiceError.isInstance(thrown)) throw thrown;
    return { faults: [{ ...faultOf(thrown), reference }] };
  }
}

/** The kind of an error as the status that leads to it. */
function faultOf({ kind, problem, remedy }: SluiceError): Omit<Fault, "reference"> {
  const status =
    kind === "denied" || kind === "not-found" || kind === "unavailable"
      ? kind
      : kind === "deadline"
        ? "throttled"
        : "invalid";
  return { status, reason: "environment", message: `cannot be given: ${problem}`, remedy };
}

const NOT_HERE: Omit<Fault, "reference"> = {
  status: "unsupported",
  reason: "no-environments",
  message: "cannot be given by this writer",
  remedy: "Write it with `sluice write`",
};
