import type { SecretReference } from "@sluice/core";
import type { DialectProblem } from "@sluice/core/dialect";

/** Stores that stand behind ARNs. */
export interface AwsStores {
  /** Store for SSM parameters; `aws-ssm` by default. */
  readonly parameters?: string;
  /** Store for Secrets Manager; `aws-secrets` by default. */
  readonly secrets?: string;
}

const SECRET = /^arn:aws(-[a-z-]+)?:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^\s:]+$/;
const PARAMETER = /^(arn:aws(?:-[a-z-]+)?:ssm:[a-z0-9-]+:\d{12}:parameter\/[^\s:]+)(?::(\d+))?$/;

/** The secret or parameter that a text as a whole is the ARN of. */
export function awsReference(
  text: string,
  { parameters = "aws-ssm", secrets = "aws-secrets" }: AwsStores,
): SecretReference | undefined {
  if (SECRET.test(text)) return { store: secrets, path: text };
  const [, path, version] = PARAMETER.exec(text) ?? [];
  if (path === undefined) return undefined;
  return { store: parameters, path, ...(version !== undefined && { version }) };
}

/** A secret that there is no provider for. */
export function googleProblem(variable: string): DialectProblem {
  return {
    problem: `Variable ${variable} names a secret of Google Secret Manager, for which there is no provider`,
    remedy: "Install a provider for it, and name the secret as secret://STORE/PATH",
  };
}

/** How secrets of Google Secret Manager begin. */
export const GOOGLE_PREFIX = "gcp:secretmanager:";
