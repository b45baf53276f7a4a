import { createHmac, type KeyObject } from "node:crypto";
import { sortedEntries } from "../util/sorted-entries.js";
import type { OutputKind, OutputSpec, SyncedValues } from "../source/sync-spec.js";

/** An object as it should be, as far as one source says. */
export interface DesiredOutput extends Omit<OutputSpec, "shape"> {
  readonly namespace: string;
  readonly entries: SyncedValues;
}

/** What tells an output from every other. */
export interface OutputKey {
  readonly kind: OutputKind;
  readonly namespace: string;
  readonly name: string;
}

/** An output's key as text: `Secret shop/db`. */
export function outputId({ kind, namespace, name }: OutputKey): string {
  return `${kind} ${namespace}/${name}`;
}

/** A keyed hash of all that an output should be. Without the key it tells nothing of a value, however short that is. */
export function hashOutput(desired: DesiredOutput, key: KeyObject): string {
  const { kind, name, type = "", labels, annotations, creationPolicy } = desired;
  const hash = createHmac("sha256", key);
  const texts = [kind, name, type, creationPolicy, sortedEntries(labels), sortedEntries(annotations)];
  // Only where it is so, or every output there is would be another.
  if (desired.immutable === true) texts.push("immutable");
  hash.update(JSON.stringify(texts));
  for (const [entry, value] of Array.from(desired.entries).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  )) {
    // Lengths keep what belongs to one from being read as another's.
    hash.update(`\n${entry} ${value.byteLength}\n`);
    hash.update(value.bytes());
  }
  return hash.digest("hex").slice(0, 40);
}
