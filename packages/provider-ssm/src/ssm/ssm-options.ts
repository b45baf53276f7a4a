import type { JsonSchema } from "@sluice/core";
import { AWS_OPTION_PROPERTIES, type AwsOptions } from "../options/aws-options.js";

/** Options of a store in SSM Parameter Store. */
export interface SsmOptions extends AwsOptions {
  /** How parameters are written. */
  readonly write?: SsmWriteOptions;
}

/** How parameters are written. */
export interface SsmWriteOptions {
  /** `SecureString` when absent. */
  readonly type?: "SecureString" | "String" | "StringList";
  /** `Standard`, which holds 4 KiB, when absent; `Advanced` holds 8 KiB and costs money. */
  readonly tier?: "Standard" | "Advanced" | "Intelligent-Tiering";
  /** KMS key of a `SecureString`; the account's `aws/ssm` when absent. */
  readonly kmsKeyId?: string;
}

/** JSON Schema of {@link SsmOptions}. */
export const SSM_OPTIONS_SCHEMA: JsonSchema = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...AWS_OPTION_PROPERTIES,
    write: {
      type: "object",
      additionalProperties: false,
      description: "How parameters are written.",
      properties: {
        type: {
          enum: ["SecureString", "String", "StringList"],
          default: "SecureString",
          description: "Type of the parameters written.",
        },
        tier: {
          enum: ["Standard", "Advanced", "Intelligent-Tiering"],
          default: "Standard",
          description: "`Standard` holds 4 KiB; `Advanced` holds 8 KiB and costs money.",
        },
        kmsKeyId: {
          type: "string",
          minLength: 1,
          description: "KMS key of a `SecureString`; by default the account's `aws/ssm`.",
        },
      },
    },
  },
};
