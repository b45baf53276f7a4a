import type { ListedSecret } from "../provider/list.js";
import type { ProviderCapabilities } from "../provider/provider-capabilities.js";
import type { SecretReference } from "../reference/secret-reference.js";
import { groupByPrefix } from "./common-prefixes.js";
import { ListingPoll } from "./listing-poll.js";
import type { Stamp } from "./stamp.js";

/** How a store that cannot watch is followed. */
export interface StorePollOptions {
  readonly capabilities: ProviderCapabilities;
  /** What is watched in this store, by label. */
  readonly references: ReadonlyMap<string, SecretReference>;
  /** The store's pages under a prefix; throws unless it saw everything. */
  readonly list: (prefix: string) => AsyncIterable<readonly ListedSecret[]>;
  /** What a label was last read with. */
  readonly stampOf: (label: string) => Stamp | undefined;
  /** Called with the labels that may have another value now. */
  readonly wake: (labels: Iterable<string>) => void;
}

/** One look at a store. Rejects only when the signal has aborted. */
export type StorePoll = (signal: AbortSignal) => Promise<void>;

/**
 * How a store without a watch is looked at: by listing where that tells of changes and costs less than reading, in
 * one listing for each prefix that several watched paths have in common.
 */
export function createStorePoll(options: StorePollOptions): StorePoll {
  const { capabilities, references, stampOf, wake } = options;
  const labels = Map.groupBy(references.keys(), (label) => listedPath(references.get(label), capabilities));
  const paths = Array.from(labels.keys()).filter((path) => path !== undefined);
  const labelsOf = (path: string | undefined): readonly string[] => labels.get(path) ?? [];

  const read = Array.from(labelsOf(undefined));
  const polls: ListingPoll[] = [];
  for (const [prefix, group] of groupByPrefix(paths)) {
    const list = (): AsyncIterable<readonly ListedSecret[]> => options.list(prefix);
    const stamps = (path: string): readonly (Stamp | undefined)[] => labelsOf(path).map(stampOf);
    if (group.length > 1) polls.push(new ListingPoll({ paths: group, list, stamps }));
    // No listing costs less than one read.
    else read.push(...group.flatMap(labelsOf));
  }

  return async (signal) => {
    wake(read);
    for (const poll of polls) wake((await poll.due(signal)).flatMap(labelsOf));
  };
}

/** The path whose listing tells of a reference's changes: none does of an older version, or of where a label is. */
function listedPath(
  reference: SecretReference | undefined,
  { list }: ProviderCapabilities,
): string | undefined {
  if (reference === undefined || list?.carriesVersion !== true) return undefined;
  const { path, version, label } = reference;
  return version === undefined && label === undefined ? path : undefined;
}
