import type { SecretReference } from "@sluice/core";

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
