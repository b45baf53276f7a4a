import {
  createSecretResolver,
  defineProvider,
  type Failure,
  type PutOutcome,
  SecretValue,
  type SecretResolver,
  type StoreDefinition,
} from "@sluice/core";

/** A store in memory, as the resolver reads and writes it. */
export class MemoryStore {
  readonly values = new Map<string, string>();
  /** Paths in the order in which they were written. */
  readonly writes: string[] = [];
  /** Called before a write; a failure is answered, with `lost` after the write was done all the same. */
  onPut: ((path: string) => (Failure & { readonly lost?: true }) | undefined) | undefined;
  /** Called before a read of a path; a failure is answered. */
  onRead: ((path: string) => Failure | undefined) | undefined;
  readonly resolver: SecretResolver;

  /** @param ifAbsent whether it knows conditional writes */
  constructor({ ifAbsent = true }: { readonly ifAbsent?: boolean } = {}) {
    const provider = defineProvider({
      id: "memory",
      optionsSchema: { type: "object", additionalProperties: false },
      capabilities: {
        batchSize: 10,
        fields: "extracted",
        versions: { exact: false, label: false },
        list: { carriesVersion: false },
        put: { ifAbsent, ifVersion: false },
        delete: { ifVersion: false },
      },
      create: () => ({
        resolve: async (requests) =>
          requests.map(({ id, path }) => {
            const failure = this.onRead?.(path);
            if (failure !== undefined) return { id, ...failure };
            const text = this.values.get(path);
            return text === undefined
              ? { id, status: "not-found", reason: "absent" }
              : { id, status: "found", value: SecretValue.fromText(text) };
          }),
        list: async function* (this: void, { prefix = "" }) {
          yield { items: paths(prefix).map((path) => ({ path })), complete: true };
        },
        put: async ({ path, value, condition }): Promise<PutOutcome> => {
          const failure = this.onPut?.(path);
          if (failure !== undefined && failure.lost !== true) return failure;
          const stands = this.values.has(path);
          if (stands && condition !== undefined) return { status: "exists" };
          this.values.set(path, value.text());
          this.writes.push(path);
          return failure ?? { status: stands ? "updated" : "created" };
        },
        delete: async ({ path }) =>
          this.values.delete(path) ? { status: "deleted" } : { status: "not-found", reason: "absent" },
      }),
    });
    const paths = (prefix: string): string[] =>
      Array.from(this.values.keys()).filter((path) => path.startsWith(prefix));
    const stores: Record<string, StoreDefinition> = { main: provider({}) };
    this.resolver = createSecretResolver({ stores, cache: false, environment: {}, retry: { attempts: 1 } });
  }
}
