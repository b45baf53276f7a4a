import { type Failure, formatReference, parseFields, parseReference, SecretValue } from "@sluice/core";
import type { PlannedEntries, PlannedSpread } from "@sluice/core/plan";
import { type Fault, type Filling, fillText } from "./filling.js";
import type { SecretReads } from "./secret-reads.js";

/** A fault, and the entry that it keeps from being written; none where a secret is spread. */
export type EntryFault = Fault & { readonly entry?: string };

/** Names with their values, and what keeps some from having one. */
export interface FilledEntries {
  readonly values: ReadonlyMap<string, SecretValue>;
  readonly faults: readonly EntryFault[];
}

/** Names and their values, in the order of secrets spread and then of entries; a name keeps its first place. */
export function fillEntries(
  { entries = {}, optional = [], spread = [] }: PlannedEntries,
  reads: SecretReads,
): FilledEntries {
  const values = new Map<string, SecretValue>();
  const faults: EntryFault[] = [];
  for (const each of spread) {
    const filled = fillSpread(each, reads);
    if (filled.faults !== undefined) faults.push(...filled.faults);
    else for (const [name, value] of filled.result) values.set(name, value);
  }
  for (const [name, text] of Object.entries(entries)) {
    const filled = fillText(text, reads);
    if (filled.result !== undefined) values.set(name, filled.result);
    else if (!optional.includes(name) || !areMissing(filled.faults))
      faults.push(...filled.faults.map((fault) => ({ ...fault, entry: name })));
  }
  return { values, faults };
}

/** Whether all there is to say is that secrets do not exist. */
export function areMissing(faults: readonly Fault[]): boolean {
  return faults.every(({ status }) => status === "not-found");
}

function fillSpread(
  { from, optional = false }: PlannedSpread,
  reads: SecretReads,
): Filling<ReadonlyMap<string, SecretValue>> {
  const filled = fillText(from, reads);
  if (filled.faults !== undefined)
    return optional && areMissing(filled.faults) ? { result: new Map() } : filled;
  const reference = formatReference(parseReference(from));
  const fields = parseFields(filled.result);
  if (isFailure(fields)) return { faults: [{ ...fields, reference }] };
  const faults: Fault[] = [];
  const values = new Map<string, SecretValue>();
  for (const [name, field] of fields)
    if (SecretValue.isInstance(field)) values.set(name, field);
    else faults.push({ ...field, reference });
  return faults.length > 0 ? { faults } : { result: values };
}

function isFailure(fields: Failure | ReadonlyMap<string, unknown>): fields is Failure {
  return "status" in fields;
}
