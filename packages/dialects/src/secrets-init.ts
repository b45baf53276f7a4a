import { formatReference } from "@sluice/core";
import type { Dialect, VariableReading } from "@sluice/core/dialect";
import { awsReference, type AwsStores } from "./aws-reference.js";
import { googleReading } from "./google-reference.js";

/** Stores that stand behind the references of secrets-init. */
export interface SecretsInitStores extends AwsStores {
  /** Store for `gcp:secretmanager:`, of a provider of yours; refused without. */
  readonly google?: string;
}

/**
 * secrets-init: a variable whose whole value is the ARN of a secret or a parameter. Where that tool goes on
 * without a secret, a pod here is refused, or does not start.
 */
export function secretsInit(stores: SecretsInitStores = {}): Dialect {
  return {
    name: "secrets-init",
    readsObjects: true,
    appliesTo: () => true,
    readVariable: ({ name, text }): VariableReading | undefined => {
      const reference = awsReference(text, stores);
      if (reference !== undefined) return { text: formatReference(reference) };
      return googleReading(name, text, stores.google);
    },
  };
}
