import { abortable, type ProviderDependencies, RecentWrites, type SecretProvider } from "@sluice/core";
import type { KubernetesOptions } from "./kubernetes-options.js";
import { openStore } from "./store/cluster-store.js";
import { checkStore } from "./verbs/check-store.js";
import { deleteSecret } from "./verbs/delete-secret.js";
import { listPages } from "./verbs/list-pages.js";
import { putSecret } from "./verbs/put-secret.js";
import { resolveRequests } from "./verbs/resolve-requests.js";
import { watchPaths } from "./watch/watch-paths.js";

/** Wires the provider of one store; the vendor's library loads, and the cluster is asked, on the first call. */
export function createKubernetesProvider(
  options: KubernetesOptions,
  dependencies: ProviderDependencies,
): SecretProvider {
  const store = openStore(options, dependencies);
  const writes = new RecentWrites();
  return {
    resolve: async (requests, context) => resolveRequests(store, requests, context),
    list: (query, context) => listPages(store, query, context),
    watch: (query, context) => watchPaths(store, query, context),
    put: async (request, context) =>
      abortable(context.signal, async () =>
        writes.once(request, context, async () => putSecret(store, request, context)),
      ),
    delete: async (request, context) => deleteSecret(store, request, context),
    check: async (context) => checkStore(store, context),
    [Symbol.asyncDispose]: async () => store.client[Symbol.dispose](),
  };
}
