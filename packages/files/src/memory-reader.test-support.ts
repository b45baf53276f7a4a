import {
  createSecretResolver,
  defineProvider,
  type Failure,
  type SecretOutcome,
  SecretValue,
} from "@sluice/core";
import type { SecretReader } from "./render/secret-reads.js";

type Content = Readonly<Record<string, string | Uint8Array | Failure>>;

/** A resolver with the stores `prod` and `vault`, which hold the same; and the paths of every call. */
export function memoryReader(content: Content): {
  readonly reader: SecretReader;
  readonly calls: string[][];
} {
  const calls: string[][] = [];
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: true, label: false } },
    create: () => ({
      resolve: async (requests) => {
        calls.push(requests.map(({ path }) => path));
        return requests.map(({ id, path }): SecretOutcome => {
          const held = content[path] ?? { status: "not-found", reason: "no-such-secret" };
          if (typeof held !== "string" && !(held instanceof Uint8Array)) return { id, ...held };
          const value = typeof held === "string" ? SecretValue.fromText(held) : SecretValue.fromBytes(held);
          return { id, status: "found", value, version: "7" };
        });
      },
    }),
  });
  const stores = { prod: provider({}), vault: provider({}) };
  return { reader: createSecretResolver({ stores, retry: { attempts: 1 } }), calls };
}
