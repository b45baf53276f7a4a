import { FAILURE_STATUSES, type FailureStatus, type RequestOptions, ResolutionError } from "@sluice/core";
import type { InjectionPlan } from "@sluice/core/plan";
import type { SecretReader } from "@sluice/files";
import { answerPlan, ProblemError } from "@sluice/protocol";

/**
 * The answer to a container's plan as the text that its launcher reads from a file.
 *
 * @throws ResolutionError that lists each variable that cannot be given
 */
export async function answerFor(
  plan: InjectionPlan,
  reader: SecretReader,
  request: RequestOptions,
): Promise<string> {
  try {
    const { answer } = await answerPlan(plan, reader, request);
    return JSON.stringify(answer);
  } catch (thrown) {
    if (!ProblemError.isInstance(thrown) || thrown.detail.failures === undefined) throw thrown;
    const { remedy } = thrown.detail;
    throw new ResolutionError(
      thrown.detail.failures.map(({ variable, reference = variable, status, reason, message }) => ({
        label: variable,
        reference,
        status: (FAILURE_STATUSES as readonly string[]).includes(status)
          ? (status as FailureStatus)
          : "unavailable",
        reason,
        ...(message !== undefined && { message }),
        ...(remedy !== undefined && { remedy }),
      })),
    );
  }
}
