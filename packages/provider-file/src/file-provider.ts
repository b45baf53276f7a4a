import { abortable, type ProviderDependencies, RecentWrites, type SecretProvider } from "@sluice/core";
import type { FileOptions } from "./file-options.js";
import { WATCH_TIMING } from "./files/directory-watch.js";
import { openStore } from "./store/open-store.js";
import { listPages } from "./verbs/list-pages.js";
import { resolveRequests } from "./verbs/resolve-requests.js";
import { watchStore } from "./verbs/watch-store.js";

/** Wires the provider of one store; touches no file until a verb is called. */
export function createFileProvider(
  options: FileOptions,
  { store: name, baseDirectory }: ProviderDependencies,
): SecretProvider {
  const access = openStore(options, baseDirectory);
  const writes = new RecentWrites();
  const disposed = new AbortController();
  return {
    resolve: async (requests, { signal }) => abortable(signal, () => resolveRequests(access, requests)),
    list: (query, { signal }) => listPages(access, name, query, signal),
    watch: ({ paths }, { signal }) =>
      watchStore(
        access,
        Array.from(new Set(paths)),
        AbortSignal.any([signal, disposed.signal]),
        WATCH_TIMING,
      ),
    put: async (request, context) => {
      const { putSecret } = await import("./verbs/change-secret.js");
      return writes.once(request, context, async () => putSecret(access, request, context));
    },
    delete: async (request, context) => {
      const { deleteSecret } = await import("./verbs/change-secret.js");
      return deleteSecret(access, request, context);
    },
    check: async ({ signal }) =>
      abortable(signal, async () => {
        const store = await access.store();
        return { findings: await store.check() };
      }),
    [Symbol.asyncDispose]: async () => disposed.abort(),
  };
}
