import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { unlessAborted } from "@sluice/core";

/**
 * Lets the first call of a client go alone: from its answer the SDK learns where to log in, and every call that
 * begins before that asks the vault once more for it, which counts against the vault's limits.
 */
export function firstCallAlone(): PipelinePolicy {
  let first: Promise<unknown> | undefined;
  let settled = false;
  return {
    name: "sluiceFirstCallAlone",
    sendRequest: async (request, next) => {
      if (settled) return next(request);
      if (first !== undefined) {
        const { abortSignal } = request;
        await (abortSignal === undefined ? first : unlessAborted(abortSignal as AbortSignal, first));
        return next(request);
      }
      const answered = next(request);
      // Whatever comes of it, the others need not wait any longer.
      first = answered.then(
        () => (settled = true),
        () => (settled = true),
      );
      return answered;
    },
  };
}
