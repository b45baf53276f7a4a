import {
  type AnyProvider,
  closestName,
  loadProvider,
  type RegisteredProvider,
  SluiceError,
  type StoreDefinition,
  thrownName,
} from "@sluice/core";
import type { SchemaIssue } from "./describe-schema-error.js";
import { schemaIssues } from "./schema-issues.js";

/** A store as a file has it: the provider's name, and beside it the provider's options. */
export interface StoreData {
  readonly provider: string;
}

/** The stores, complete when there are no issues. Issues' paths begin at the root of the configuration. */
export interface ConfiguredStores {
  readonly stores: Readonly<Record<string, StoreDefinition>>;
  readonly issues: readonly SchemaIssue[];
}

/** What an issue says, before its place is known. */
type Problem = Pick<SchemaIssue, "problem" | "remedy">;

/** Loads the providers that stores name, and no others, and checks each store's options against its provider's. */
export async function configureStores(
  stores: Readonly<Record<string, StoreData>>,
  providers: readonly RegisteredProvider[],
): Promise<ConfiguredStores> {
  refuseDuplicates(providers);
  const ids = new Set(Object.values(stores).map(({ provider }) => provider));
  const loaded = new Map(
    await Promise.all(Array.from(ids, async (id) => [id, await load(id, providers)] as const)),
  );
  const issues: SchemaIssue[] = [];
  const definitions: [string, StoreDefinition][] = [];
  for (const [name, { provider: id, ...options }] of Object.entries(stores)) {
    const path = ["stores", name];
    const provider = loaded.get(id);
    if (typeof provider === "function") {
      const faults = await schemaIssues(provider.optionsSchema, options, "the store");
      issues.push(...faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
      // Checked against the provider's own schema, which is what its options type says.
      if (faults.length === 0) definitions.push([name, provider(options as never)]);
    } else if (provider !== undefined) issues.push({ path: [...path, "provider"], at: "value", ...provider });
  }
  return { stores: Object.fromEntries(definitions), issues };
}

async function load(id: string, providers: readonly RegisteredProvider[]): Promise<AnyProvider | Problem> {
  const registered = providers.find((candidate) => candidate.id === id);
  if (registered === undefined) {
    const known = providers.map((candidate) => candidate.id);
    const near = closestName(id, known);
    return {
      problem: `no provider is called "${id}"`,
      remedy: near ? `Did you mean "${near}"?` : `Installed are: ${known.join(", ") || "none"}`,
    };
  }
  try {
    const provider = await loadProvider(registered);
    if (provider.id === id) return provider;
    return {
      problem: `the provider registered as "${id}" calls itself "${provider.id}"`,
      remedy: "Register it by its own name",
    };
  } catch (thrown) {
    return {
      problem: `the provider "${id}" cannot be loaded (${thrownName(thrown)})`,
      remedy: "Install its package, in the version this program was made with",
    };
  }
}

function refuseDuplicates(providers: readonly RegisteredProvider[]): void {
  const ids = providers.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return;
  throw new SluiceError({
    code: "SLU1104",
    kind: "configuration",
    problem: `Two of the providers at hand are called "${twice}"`,
    remedy: "Leave one of them out where this program is composed",
  });
}
