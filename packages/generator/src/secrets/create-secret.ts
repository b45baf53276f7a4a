import type { SecretReference, SecretResolver } from "@sluice/core";
import { familySteps, type FamilyStep } from "../families/family-steps.js";
import { type KeyMaker, KeyMakerError } from "../keys/key-maker.js";
import type { WantedEntry, WantedSecret } from "../wanted/wanted-secret.js";
import {
  type GenerationProblem,
  incomplete,
  notWritten,
  storeProblem,
  unreadable,
  vanished,
} from "./generation-problem.js";
import { decodeMember, entryValue } from "./member-value.js";
import type { GeneratedOutcome, GenerationFailure } from "./secret-outcome.js";

/** What secrets are created with. */
export interface CreateDependencies {
  /** Without a cache: what is read decides what is made. */
  readonly resolver: SecretResolver;
  readonly keys: KeyMaker;
  readonly signal: AbortSignal;
  /**
   * Whether nobody else generates, because a lease is held or somebody said so: a store that knows no conditional
   * write is then written to after a look, by its provider or by us.
   */
  readonly soleWriter: boolean;
}

type Members = Map<string, Uint8Array>;

/**
 * Makes a secret whole. What stands is never written over. Members are made in the order of {@link familySteps},
 * each from the one before it as it stands in the store, and each path is written only if it is absent: so of many
 * generators one creates each path, all agree on the family, and what a crash left half is completed from what is
 * there. Rejects only when the signal aborts.
 */
export async function createSecret(
  wanted: WantedSecret,
  dependencies: CreateDependencies,
): Promise<GeneratedOutcome> {
  const paths: string[] = [];
  const failed = (failure: GenerationProblem): GenerationFailure => ({
    status: "failed",
    paths,
    ...failure,
  });
  const present: Members = new Map();
  const unreadable = await read(wanted, wanted.entries, present, dependencies);
  if (unreadable !== undefined) return failed(unreadable);
  for (const entry of inOrder(wanted)) {
    if (isPresent(entry, present)) continue;
    const orphan = orphanOf(wanted, entry, present);
    if (orphan !== undefined) return failed(orphan);
    const made = await makeMissing(wanted, entry, present, dependencies);
    if (!(made instanceof Map)) return failed(made);
    const written = await write(wanted, entry, made, dependencies);
    if ("reason" in written) return failed(notWritten(wanted.store, entry.path, written));
    if (written.status === "exists") {
      // Somebody else was faster: what stands there counts, and what we made is forgotten.
      const lost = await read(wanted, [entry], present, dependencies);
      if (lost !== undefined) return failed(lost);
      if (!isPresent(entry, present)) return failed(vanished(entry));
    } else {
      paths.push(entry.path);
      for (const [field, bytes] of made) present.set(field, bytes);
    }
  }
  return paths.length > 0 ? { status: "created", paths } : { status: "exists" };
}

/** Reads what stands into `present`; what is absent is left out. */
async function read(
  { store, encoding }: WantedSecret,
  entries: readonly WantedEntry[],
  present: Members,
  { resolver, signal }: CreateDependencies,
): Promise<GenerationProblem | undefined> {
  const members = entries.flatMap((entry) =>
    entry.members.map((member) => ({ ...member, path: entry.path })),
  );
  const references = members.map(({ path, key }): SecretReference => ({
    store,
    path,
    ...(key !== undefined && { key }),
  }));
  const outcomes = await resolver.settle(references, { signal, fresh: true });
  for (const [index, outcome] of outcomes.entries()) {
    const member = members[index];
    if (member === undefined || outcome.status === "not-found") continue;
    if (outcome.status !== "found") return storeProblem(store, member.path, outcome);
    const bytes = decodeMember(outcome.value, encoding);
    if (bytes === undefined) return unreadable(member.path, `is not ${encoding}`);
    present.set(member.field, bytes);
  }
  return undefined;
}

/** Paths in the order in which their members are made. */
function inOrder({ spec, entries }: WantedSecret): readonly WantedEntry[] {
  const fields = (familySteps(spec) ?? []).map(({ field }) => field);
  const place = ({ members }: WantedEntry): number =>
    Math.min(...members.map(({ field }) => fields.indexOf(field)));
  return entries.toSorted((one, other) => place(one) - place(other));
}

/** Whether a member that is missing can be had no more, for another that follows from it stands. */
function orphanOf(
  { spec, entries }: WantedSecret,
  entry: WantedEntry,
  present: Members,
): GenerationProblem | undefined {
  const half = entry.members.filter(({ field }) => present.has(field));
  if (half.length > 0) return incomplete(entry.path, "has some of the fields of its family and lacks others");
  const steps = familySteps(spec) ?? [];
  const orphan = steps.find(
    ({ field, from }) => present.has(field) && entry.members.some((member) => member.field === from),
  );
  if (orphan === undefined) return undefined;
  const place = entries.find(({ members }) => members.some(({ field }) => field === orphan.field));
  return incomplete(entry.path, `is gone, and what was made from it stands at ${place?.path ?? ""}`);
}

async function makeMissing(
  { spec }: WantedSecret,
  entry: WantedEntry,
  present: Members,
  { keys, signal }: CreateDependencies,
): Promise<Members | GenerationProblem> {
  const made: Members = new Map();
  const steps = familySteps(spec) ?? copies(entry, present);
  for (const { field, from } of steps) {
    if (!entry.members.some((member) => member.field === field)) continue;
    const source = from === undefined ? undefined : (made.get(from) ?? present.get(from));
    try {
      const isCopy = familySteps(spec) === undefined && source !== undefined;
      const bytes = isCopy ? source : await keys.make({ spec, field, ...(source && { source }) }, signal);
      made.set(field, bytes);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof KeyMakerError)
        return unreadable(entry.path, `cannot be made from the ${from ?? "members"} that stands`);
      throw thrown;
    }
  }
  return made;
}

/** A single value under several names: the first is made, unless one of them stands, and the others are its copies. */
function copies({ members }: WantedEntry, present: Members): readonly FamilyStep[] {
  const [standing] = present.keys();
  const first = standing ?? members[0]?.field;
  return members.map(({ field }) =>
    field === first || first === undefined ? { field } : { field, from: first },
  );
}

async function write(
  { store, encoding }: WantedSecret,
  entry: WantedEntry,
  made: Members,
  { resolver, signal, soleWriter }: CreateDependencies,
): Promise<Awaited<ReturnType<SecretResolver["put"]>>> {
  const request = { path: entry.path, value: entryValue(entry, made, encoding) };
  const outcome = await resolver.put(store, { ...request, condition: { ifAbsent: true } }, { signal });
  if (outcome.status !== "unsupported" || !soleWriter) return outcome;
  const careful = { ...request, condition: { ifAbsent: "best-effort" } } as const;
  const looked = await resolver.put(store, careful, { signal });
  return looked.status === "unsupported" ? resolver.put(store, request, { signal }) : looked;
}

function isPresent({ members }: WantedEntry, present: Members): boolean {
  return members.every(({ field }) => present.has(field));
}
