import type { JsonSchema } from "@sluice/core";
import { AWS_OPTION_PROPERTIES, type AwsOptions } from "../options/aws-options.js";

/** Options of a store in AWS Secrets Manager. */
export interface SecretsManagerOptions extends AwsOptions {
  /** KMS key of the secrets that are created; the account's `aws/secretsmanager` when absent. */
  readonly kmsKeyId?: string;
  /** Days in which a deleted secret can be restored, 7 to 30, or 0 for none at all; 30 when absent. */
  readonly recoveryWindowDays?: number;
}

/** Default of {@link SecretsManagerOptions.recoveryWindowDays}, which is that of AWS. */
export const DEFAULT_RECOVERY_WINDOW_DAYS = 30;

/** JSON Schema of {@link SecretsManagerOptions}. */
export const SECRETS_MANAGER_OPTIONS_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...AWS_OPTION_PROPERTIES,
    kmsKeyId: {
      type: "string",
      minLength: 1,
      description: "KMS key of the secrets that are created; by default the account's `aws/secretsmanager`.",
    },
    recoveryWindowDays: {
      anyOf: [{ type: "integer", minimum: 7, maximum: 30 }, { const: 0 }],
      default: DEFAULT_RECOVERY_WINDOW_DAYS,
      description:
        "Days in which a deleted secret can be restored, 7 to 30; 0 deletes it at once and for good.",
    },
  },
};
