import { SluiceError } from "@sluice/core";

/** `SLU1402`: what manifests ask for cannot be said in a policy, or the policy is another. */
export function policyError(problem: string, remedy: string): SluiceError {
  return new SluiceError({ code: "SLU1402", kind: "configuration", problem, remedy });
}
