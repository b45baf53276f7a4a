import { formatReference } from "@sluice/core";
import type { Dialect, VariableReading } from "@sluice/core/dialect";

/** Stores that stand behind the references of secrets-init. */
export interface SecretsInitStores {
  /** Store for SSM parameters; `aws-ssm` by default. */
  readonly parameters?: string;
  /** Store for Secrets Manager; `aws-secrets` by default. */
  readonly secrets?: string;
}

const SECRET = /^arn:aws(-[a-z-]+)?:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^\s:]+$/;
const PARAMETER = /^(arn:aws(?:-[a-z-]+)?:ssm:[a-z0-9-]+:\d{12}:parameter\/[^\s:]+)(?::(\d+))?$/;

/**
 * secrets-init: a variable whose whole value is the ARN of a secret or a parameter. Where that tool goes on
 * without a secret, a pod here is refused, or does not start.
 */
export function secretsInit({
  parameters = "aws-ssm",
  secrets = "aws-secrets",
}: SecretsInitStores = {}): Dialect {
  return {
    name: "secrets-init",
    appliesTo: () => true,
    readVariable: ({ name, text }): VariableReading | undefined => {
      if (SECRET.test(text)) return { text: formatReference({ store: secrets, path: text }) };
      const [, path, version] = PARAMETER.exec(text) ?? [];
      if (path !== undefined)
        return {
          text: formatReference({ store: parameters, path, ...(version !== undefined && { version }) }),
        };
      if (text.startsWith("gcp:secretmanager:"))
        return {
          problem: `Variable ${name} names a secret of Google Secret Manager, for which there is no provider`,
          remedy: "Install a provider for it, and name the secret as secret://STORE/PATH",
        };
      return undefined;
    },
  };
}
