import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type ProviderDependencies, RecentWrites, type SecretProvider } from "@sluice/core";
import { AwsClients } from "../aws/aws-clients.js";
import { checkSecretsManager } from "./check-secrets-manager.js";
import { deleteSecret } from "./delete-secret.js";
import { listSecrets } from "./list-secrets.js";
import { putSecret } from "./put-secret.js";
import { resolveSecrets } from "./resolve-secrets.js";
import type { SecretsManagerOptions } from "./secrets-manager-options.js";

/** Wires the provider of one store; loads the SDK when a verb is called. */
export function createSecretsManagerProvider(
  options: SecretsManagerOptions,
  dependencies: ProviderDependencies,
): SecretProvider {
  const clients = new AwsClients<SecretsManager>(options, dependencies, async (config) => {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    return new sdk.SecretsManager(config);
  });
  const writes = new RecentWrites();
  return {
    resolve: async (requests, context) => resolveSecrets(clients, requests, context),
    list: (query, context) => listSecrets(clients, dependencies.store, query, context),
    put: async (request, context) =>
      writes.once(request, context, async () => putSecret(clients, options, request, context)),
    delete: async (request, context) => deleteSecret(clients, options, request, context),
    check: async (context) => checkSecretsManager(clients, context),
    [Symbol.asyncDispose]: async () => clients.close(),
  };
}
