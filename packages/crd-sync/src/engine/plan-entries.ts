import type { MissingSecret, ResolvedInputs } from "../inputs/resolve-inputs.js";
import { SyncFailure } from "../source/sync-failure.js";
import type { OutputMemory } from "../source/sync-report.js";
import type { OutputSpec, SyncedValues, SyncSpec } from "../source/sync-spec.js";

/** What becomes of keys that an output had, and whose secret is not there any more. */
export interface PlannedEntries {
  readonly entries: SyncedValues;
  /** Keys that stay as they are in the cluster. */
  readonly retained: readonly string[];
  /** Whether keys go because their secrets are gone: only when the store as a whole looks sound. */
  readonly deletes: boolean;
}

export interface EntriesToPlan {
  readonly spec: SyncSpec;
  readonly output: OutputSpec;
  readonly resolved: ResolvedInputs;
  /** What the output is made of, as {@link OutputSpec.shape} says. */
  readonly shaped: SyncedValues;
  readonly memory: OutputMemory | undefined;
  /** Whether the same was asked for when it was written last. */
  readonly isSameSpec: boolean;
}

/**
 * What an output is to have. A key that was never there is not left out in silence; one that was stays with
 * `Retain`, and goes with `Delete`. Pure.
 *
 * @throws {SyncFailure} `NotFound`
 */
export function planEntries(plan: EntriesToPlan): PlannedEntries {
  const { output, resolved, shaped, memory } = plan;
  const vanishing = (memory?.keys ?? []).filter((key) => !shaped.has(key));
  if (output.deletionPolicy === "Retain") {
    const retained = retainedKeys(plan, vanishing);
    const lacking = resolved.missing.filter(({ key }) =>
      key === undefined ? vanishing.length === 0 : !retained.includes(key),
    );
    if (lacking.length > 0 || (resolved.missing.length > 0 && output.shape !== undefined))
      throw notFound(lacking.length > 0 ? lacking : resolved.missing);
    if (shaped.size + retained.length === 0) throw nothingFound();
    return { entries: shaped, retained, deletes: false };
  }
  if (memory === undefined) {
    if (resolved.missing.length > 0) throw notFound(resolved.missing);
    if (shaped.size === 0) throw nothingFound();
  }
  if (resolved.missing.length > 0 && output.shape !== undefined && shaped.size > 0)
    // A text is made of all its values; one that lacks is no reason to write half of it.
    throw notFound(resolved.missing);
  const retained = unexplained(plan, vanishing);
  const deletes = resolved.missing.length > 0 && vanishing.length > retained.length;
  return { entries: shaped, retained, deletes };
}

function retainedKeys({ isSameSpec, resolved }: EntriesToPlan, vanishing: readonly string[]): string[] {
  if (isSameSpec || resolved.missing.some(({ key }) => key === undefined)) return Array.from(vanishing);
  const missing = new Set(resolved.missing.map(({ key }) => key));
  return vanishing.filter((key) => missing.has(key));
}

/** Keys that go for no reason we know: what a search found before is not known, so it was not asked whether it is gone. */
function unexplained({ isSameSpec, spec, resolved }: EntriesToPlan, vanishing: readonly string[]): string[] {
  const kinds = new Set(spec.inputs.map(({ kind }) => kind));
  if (!isSameSpec || !kinds.has("search") || kinds.has("fields")) return [];
  const missing = new Set(resolved.missing.map(({ key }) => key));
  return vanishing.filter((key) => !missing.has(key) && !resolved.unfit.has(key));
}

function notFound(missing: readonly MissingSecret[]): SyncFailure {
  const [first] = missing;
  const { reference, message = "is not there", remedy } = first?.outcome ?? { reference: "A secret" };
  const others = missing.length > 1 ? ` (and ${missing.length - 1} more)` : "";
  return new SyncFailure(
    "NotFound",
    `${reference} ${message}${others}${remedy === undefined ? "" : `. ${remedy}`}`,
    "store",
  );
}

function nothingFound(): SyncFailure {
  return new SyncFailure("NotFound", "nothing fits what is searched", "store");
}
