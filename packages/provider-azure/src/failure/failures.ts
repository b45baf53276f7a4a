import type { Failure } from "@sluice/core";

/** A field that is not in what the vault holds. */
export function fieldMissing(name: string, there: readonly string[]): Failure {
  return {
    status: "not-found",
    reason: "field-missing",
    message: `has no field "${name}"`,
    remedy:
      there.length === 0 ? "Leave out #KEY to read it as a whole" : `Its fields are: ${there.join(", ")}`,
  };
}

/** What cannot be done with certificates and keys. */
export function onlySecrets(verb: string): Failure {
  return {
    status: "unsupported",
    reason: "not-a-secret",
    message: `cannot be ${verb} here: only secrets can`,
    remedy: "Use the tools of Azure for certificates and keys",
  };
}
