import { defineProvider, type ProviderDescriptor } from "@sluice/core";
import { awsLocation } from "../options/aws-options.js";
import { SECRETS_MANAGER_OPTIONS_SCHEMA, type SecretsManagerOptions } from "./secrets-manager-options.js";
import { createSecretsManagerProvider } from "./secrets-manager-provider.js";

/**
 * Secrets from AWS Secrets Manager. A path is a secret's name, or its full ARN for one of another region or
 * account; a version is a version id, a label a staging label such as `AWSPREVIOUS`.
 *
 * @example
 * ```ts
 * import { createSecretResolver } from "@sluice/core";
 * import { secretsManager } from "@sluice/provider-ssm";
 *
 * await using secrets = createSecretResolver({ stores: { prod: secretsManager({ region: "eu-west-1" }) } });
 * const password = await secrets.get("secret://prod/shop/db#password");
 * ```
 */
export const secretsManager: ProviderDescriptor<SecretsManagerOptions> =
  defineProvider<SecretsManagerOptions>({
    id: "secrets-manager",
    optionsSchema: SECRETS_MANAGER_OPTIONS_SCHEMA,
    capabilities: {
      batchSize: 20,
      fields: "extracted",
      versions: { exact: true, label: true },
      list: { carriesVersion: true },
      put: { ifAbsent: true, ifVersion: false },
      delete: { ifVersion: false },
      delegation: true,
      check: true,
    },
    location: (options) => awsLocation("AWS Secrets Manager", options),
    create: createSecretsManagerProvider,
  });
