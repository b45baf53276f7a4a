import {
  defineProvider,
  type ProviderDefinition,
  type ProviderDependencies,
  type ProviderDescriptor,
  type SecretProvider,
} from "@sluice/core";
import { orFailure } from "./failure-of.js";
import { keyOf } from "./key-of.js";
import { listSecrets } from "./list-secrets.js";
import { MemoryConnection } from "./memory-connection.js";
import { putSecret } from "./put-secret.js";
import { foundIn } from "./resolve-secret.js";
import { watchSecrets } from "./watch-secrets.js";

export interface MemoryOptions {
  readonly address: string;
}

/** A provider with every capability there is, for the server in memory. */
export const MEMORY: ProviderDefinition<MemoryOptions> = {
  id: "memory",
  optionsSchema: {
    type: "object",
    additionalProperties: false,
    required: ["address"],
    properties: { address: { type: "string" } },
  },
  capabilities: {
    batchSize: 4,
    fields: "native",
    versions: { exact: true, label: true },
    list: { carriesVersion: true },
    watch: true,
    put: { ifAbsent: true, ifVersion: true },
    delete: { ifVersion: true },
    leases: { renew: true, revoke: true },
    delegation: true,
    check: true,
    maxConcurrency: 20,
  },
  create: createMemoryProvider,
};

export const memory: ProviderDescriptor<MemoryOptions> = defineProvider(MEMORY);

function createMemoryProvider({ address }: MemoryOptions, { store }: ProviderDependencies): SecretProvider {
  const connection = new MemoryConnection(address);
  return {
    resolve: async (requests, { identity, signal }) => {
      signal.throwIfAborted();
      return Promise.all(
        requests.map(async (request) => {
          const answer = await orFailure(async () => {
            const key = keyOf(request.path);
            const caller = await connection.callerOf(identity, signal);
            const { secret, lease } = await connection.server.read(caller, key, signal);
            return foundIn(secret, lease, request);
          });
          return { ...answer, id: request.id };
        }),
      );
    },
    list: (query, context) => listSecrets(connection, store, query, context),
    watch: (query, { signal }) => watchSecrets(connection, store, query, signal),
    put: async (request, context) => putSecret(connection, request, context),
    delete: async ({ path, ifVersion }, { identity, signal }) =>
      orFailure(async () => {
        const caller = await connection.callerOf(identity, signal);
        await connection.server.remove(caller, keyOf(path), ifVersion, signal);
        return { status: "deleted" } as const;
      }),
    renewLease: async (id, { signal }) =>
      orFailure(async () => {
        await connection.server.lease(id, false, signal);
        return { id, ttlMs: 60_000, renewable: true };
      }),
    revokeLease: async (id, { signal }) =>
      orFailure(async () => {
        await connection.server.lease(id, true, signal);
        return { status: "revoked" } as const;
      }),
    check: async ({ identity, signal }) => {
      signal.throwIfAborted();
      const caller = await orFailure(async () => connection.callerOf(identity, signal));
      const message = `${address} ${typeof caller === "string" ? "answers" : "does not answer"}`;
      if (typeof caller === "string") return { findings: [{ aspect: "reachable", status: "ok", message }] };
      return {
        findings: [
          {
            aspect: "reachable",
            status: "failed",
            failure: caller.status,
            message,
            remedy: "Correct the address",
          },
        ],
      };
    },
    [Symbol.asyncDispose]: async () => connection[Symbol.dispose](),
  };
}
