import {
  decodeValue,
  type Decoding,
  type FailedReference,
  formatReference,
  type ListedSecret,
  parseFields,
  parseReference,
  type ReferenceOutcome,
  ReferenceSyntaxError,
  type SecretReference,
  SecretValue,
} from "@sluice/core";
import { failureOfStore, SyncFailure } from "../source/sync-failure.js";
import type { ObservedSecret, SyncMemory } from "../source/sync-report.js";
import type { ConvertValue, SearchInput, SyncInput, SyncSpec } from "../source/sync-spec.js";
import type { Wanted } from "../stores/store-follower.js";
import type { Reader, StoreReader } from "../stores/store-reader.js";
import { KeyedValues, searchedKey } from "./keyed-values.js";

/** What the stores hold of what a sync asks for. */
export interface ResolvedInputs {
  readonly values: ReadonlyMap<string, SecretValue>;
  readonly observed: readonly ObservedSecret[];
  /** What is not there, on its store's own word. */
  readonly missing: readonly MissingSecret[];
  /** Keys of secrets that are there, and no longer what is searched. */
  readonly unfit: ReadonlySet<string>;
}

export interface MissingSecret {
  readonly reference: SecretReference;
  /** The key it had; absent where it stood for several. */
  readonly key?: string;
  readonly outcome: FailedReference;
}

/** One secret that is to be read, and what becomes of it. */
interface Part {
  readonly reference: SecretReference;
  readonly key?: string;
  readonly put: (value: SecretValue, into: KeyedValues) => void;
}

/**
 * Reads what a sync asks for, all of it at once, and has it followed from now on.
 *
 * @param options.fresh nothing will do that was read before
 * @throws {SyncFailure} unless everything was read, or is not there.
 */
export async function resolveInputs(
  reader: StoreReader,
  who: Reader,
  spec: SyncSpec,
  memory: SyncMemory,
  signal: AbortSignal,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<ResolvedInputs> {
  const names = new Set(spec.inputs.map((input) => ("store" in input ? input.store : input.reference.store)));
  reader.note(who, names);
  const known = parseObserved(memory);
  // Also if it cannot be read now: that it can be is told by who follows it.
  reader.follow(who, wantedOf(spec, spec.inputs.flatMap(referenceOf), memory));
  const parts: Part[] = [];
  const unfit = new Set<string>();
  for (const input of spec.inputs)
    if (input.kind === "search") {
      const listed = await reader.search(who, input.store, input.path, fresh ? 0 : spec.intervalMs);
      parts.push(...searchParts(input, listed, known, unfit));
    } else parts.push(partOf(input));
  refuseIssued(parts);
  const references = parts.map(({ reference }) => reference);
  const wanted = wantedOf(spec, references, memory);
  const outcomes = await reader.settle(who, references, signal, { fresh });
  reader.follow(who, wanted, Array.from(outcomes.values()));
  return collect(parts, outcomes, unfit, new KeyedValues(spec.laterWins));
}

function referenceOf(input: SyncInput): SecretReference[] {
  return input.kind === "search" ? [] : [input.reference];
}

function partOf(input: Exclude<SyncInput, SearchInput>): Part {
  const { reference } = input;
  if (input.kind === "value") {
    const { key, convert } = input;
    return {
      reference,
      key,
      put: (value, into) => into.put(key, converted(value, [], convert, reference), reference),
    };
  }
  const { prefix, decode, convert, keyOf = (name: string) => searchedKey(prefix, name) } = input;
  return {
    reference,
    put: (value, into) => {
      const fields = parseFields(value);
      if ("status" in fields) throw failureOfStore(formatReference(reference), fields);
      for (const [name, field] of fields) {
        if (!SecretValue.isInstance(field)) throw failureOfStore(formatReference(reference), field);
        into.put(keyOf(name), converted(field, decode, convert, reference), reference);
      }
    },
  };
}

function searchParts(
  search: SearchInput,
  listed: readonly ListedSecret[],
  known: readonly SecretReference[],
  unfit: Set<string>,
): Part[] {
  const { store, path: beginning, tags, prefix, decode, convert } = search;
  const isSearched = (path: string): boolean =>
    path.startsWith(beginning) && search.fits(path.slice(beginning.length));
  const ownKey = (path: string): string =>
    searchedKey(prefix, path.slice(beginning.length) || (path.split("/").at(-1) ?? path));
  const keyOf = search.keyOf ?? ownKey;
  const paths: string[] = [];
  const named = new Set<string>();
  for (const item of listed) {
    if (!isSearched(item.path)) continue;
    named.add(item.path);
    if (hasTags(store, item.tags, tags)) paths.push(item.path);
    else unfit.add(keyOf(item.path));
  }
  // What a listing does not name any more may be gone: only reading it tells.
  for (const { store: of, path } of known)
    if (of === store && isSearched(path) && !named.has(path)) paths.push(path);
  return paths.map((path) => {
    const reference = { store, path };
    const key = keyOf(path);
    return {
      reference,
      key,
      put: (value, into) => into.put(key, converted(value, decode, convert, reference), reference),
    };
  });
}

function hasTags(
  store: string,
  found: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  const asked = Object.entries(wanted);
  if (asked.length === 0) return true;
  if (found === undefined)
    throw new SyncFailure(
      "Unsupported",
      `the listing of store "${store}" tells no tags: find by path or name`,
    );
  return asked.every(([name, value]) => found[name] === value);
}

function converted(
  value: SecretValue,
  decode: readonly Decoding[],
  convert: ConvertValue | undefined,
  reference: SecretReference,
): SecretValue {
  const plain = decodeValue(value, decode);
  const result = convert !== undefined && SecretValue.isInstance(plain) ? convert(plain) : plain;
  if (SecretValue.isInstance(result)) return result;
  throw failureOfStore(formatReference(reference), result);
}

/** What is issued anew by each read would be another with each look, and nobody would give it back. */
function refuseIssued(parts: readonly Part[]): void {
  const issued = parts.find(({ reference }) => reference.volatile === true);
  if (issued !== undefined) throw leased(issued.reference);
}

function leased(reference: SecretReference): SyncFailure {
  return new SyncFailure(
    "LeaseRefused",
    `${formatReference(reference)} is issued for whoever reads it, and is not kept in an object: let the broker give it to pods`,
  );
}

function wantedOf(
  spec: SyncSpec,
  references: readonly SecretReference[],
  memory: SyncMemory,
): Map<string, Wanted> {
  const foundBefore = new Set(memory.observed.map(({ reference }) => reference));
  const searches = Map.groupBy(
    spec.inputs.filter((input) => input.kind === "search"),
    ({ store }) => store,
  );
  const byStore = Map.groupBy(references, ({ store }) => store);
  const { intervalMs } = spec;
  return new Map(
    Array.from(new Set([...byStore.keys(), ...searches.keys()]), (store) => [
      store,
      {
        references: byStore.get(store) ?? [],
        searches: (searches.get(store) ?? []).map(({ path }) => path),
        intervalMs,
        foundBefore,
      },
    ]),
  );
}

function collect(
  parts: readonly Part[],
  outcomes: ReadonlyMap<string, ReferenceOutcome>,
  unfit: ReadonlySet<string>,
  values: KeyedValues,
): ResolvedInputs {
  const observed: ObservedSecret[] = [];
  const missing: MissingSecret[] = [];
  const failed: FailedReference[] = [];
  for (const { reference, key, put } of parts) {
    const outcome = outcomes.get(formatReference(reference));
    if (outcome === undefined) throw new TypeError("A reference was not settled");
    if (outcome.status === "found") {
      if (outcome.lease !== undefined) throw leased(reference);
      put(outcome.value, values);
      const version = outcome.version ?? outcome.etag;
      observed.push({ reference: outcome.reference, ...(version !== undefined && { version }) });
    } else if (outcome.status === "not-found")
      missing.push({ reference, outcome, ...(key !== undefined && { key }) });
    else failed.push(outcome);
  }
  const [first] = failed;
  if (first !== undefined) throw failureOfStore(andOthers(first, failed.length), first);
  return { values: values.all, observed, missing, unfit };
}

function andOthers({ reference }: FailedReference, count: number): string {
  return count === 1 ? reference : `${count} references cannot be read; the first, ${reference},`;
}

function parseObserved({ observed }: SyncMemory): SecretReference[] {
  return observed.flatMap(({ reference }) => {
    try {
      return [parseReference(reference)];
    } catch (thrown) {
      // Somebody wrote into the status.
      if (ReferenceSyntaxError.isInstance(thrown)) return [];
      throw thrown;
    }
  });
}
