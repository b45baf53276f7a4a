import type { OutputKey } from "../output/desired-output.js";
import type { OutputTable } from "../output/output-table.js";
import { sourceId } from "../output/source-mark.js";
import type { SyncTable } from "./sync-table.js";

/** What an output is at present, by the hashes of all that write into it; `undefined` while one of them is not known. */
export function outputVersion(key: OutputKey, outputs: OutputTable, syncs: SyncTable): string | undefined {
  const { marks = [], namespace = "" } = outputs.find(key) ?? {};
  const hashes: string[] = [];
  for (const { kind, name } of marks) {
    const known = syncs.find(sourceId({ kind, namespace, name }));
    const memory = known?.source.recall(known.object);
    const written = memory?.outputs.find((output) => output.kind === key.kind && output.name === key.name);
    if (written === undefined) return undefined;
    hashes.push(written.hash);
  }
  return hashes.length === 0 ? undefined : hashes.toSorted().join(" ");
}
