import type { SSM } from "@aws-sdk/client-ssm";
import { type ProviderDependencies, RecentWrites, type SecretProvider } from "@sluice/core";
import { AwsClients } from "../aws/aws-clients.js";
import { checkParameterStore } from "./check-parameter-store.js";
import { deleteParameter } from "./delete-parameter.js";
import { listParameters } from "./list-parameters.js";
import { putParameter } from "./put-parameter.js";
import { resolveParameters } from "./resolve-parameters.js";
import type { SsmOptions } from "./ssm-options.js";

/** Wires the provider of one store; loads the SDK when a verb is called. */
export function createSsmProvider(options: SsmOptions, dependencies: ProviderDependencies): SecretProvider {
  const clients = new AwsClients<SSM>(options, dependencies, async (config) => {
    const sdk = await import("@aws-sdk/client-ssm");
    return new sdk.SSM(config);
  });
  const writes = new RecentWrites();
  return {
    resolve: async (requests, context) => resolveParameters(clients, requests, context),
    list: (query, context) => listParameters(clients, dependencies.store, query, context),
    put: async (request, context) =>
      writes.once(request, context, async () => putParameter(clients, options.write ?? {}, request, context)),
    delete: async (request, context) => deleteParameter(clients, request, context),
    check: async (context) => checkParameterStore(clients, context),
    [Symbol.asyncDispose]: async () => clients.close(),
  };
}
