import { formatReference } from "@sluice/core";
import type { ResolvedInputs } from "../inputs/resolve-inputs.js";
import type { SyncFailure } from "../source/sync-failure.js";
import type { OutputMemory, SyncMemory, SyncReport, Verdict } from "../source/sync-report.js";
import type { OutputSpec } from "../source/sync-spec.js";
import type { SyncedOutput } from "./sync-output.js";

/** What one attempt came to so far. */
export class SyncAttempt {
  waitsUntil: number | undefined;
  readonly #outputs = new Map<string, OutputMemory>();
  readonly #retained: string[] = [];
  #lastSyncAt: number | undefined;

  #observed: SyncMemory["observed"];

  constructor(
    memory: SyncMemory,
    private readonly now: number,
  ) {
    this.#observed = memory.observed;
    this.#lastSyncAt = memory.lastSyncAt;
    for (const output of memory.outputs) this.#outputs.set(`${output.kind} ${output.name}`, output);
  }

  add({ memory, what, retained, waitsUntil }: SyncedOutput, before: OutputMemory | undefined): void {
    const { kind, name } = memory ?? before ?? {};
    if (kind !== undefined) this.#outputs.delete(`${kind} ${name ?? ""}`);
    if (memory !== undefined) this.#outputs.set(`${memory.kind} ${memory.name}`, memory);
    this.#retained.push(...retained);
    if (waitsUntil !== undefined) this.waitsUntil = Math.min(waitsUntil, this.waitsUntil ?? Infinity);
    else if (what !== undefined || this.#lastSyncAt === undefined) this.#lastSyncAt = this.now;
  }

  /** What was written into others was taken back. */
  forgetOthers(outputs: readonly OutputSpec[]): void {
    for (const [id, { kind, name }] of this.#outputs)
      if (!outputs.some((output) => output.kind === kind && output.name === name)) this.#outputs.delete(id);
  }

  /** Everything was done with what was read. What is gone and stays is remembered: it was there once. */
  observe({ observed, missing }: Pick<ResolvedInputs, "observed" | "missing">): void {
    const gone = new Set(
      this.#retained.length === 0 ? [] : missing.map(({ reference }) => formatReference(reference)),
    );
    this.#observed = [...observed, ...this.#observed.filter(({ reference }) => gone.has(reference))];
  }

  succeeded(): SyncReport {
    const { waitsUntil } = this;
    const ready: Verdict = { holds: true, reason: "Synced", message: "The output is what the stores hold" };
    if (waitsUntil !== undefined) {
      const message = "New values wait for the window";
      return {
        ...this.#memory(),
        nextSyncAt: waitsUntil,
        ready: { ...ready, message: "The output is what the stores held last" },
        synced: { holds: true, reason: "WaitingForWindow", message },
      };
    }
    if (this.#retained.length > 0) {
      const message = `Keys stay whose secrets are gone: ${this.#retained.join(", ")}`;
      const verdict: Verdict = { holds: true, reason: "Retained", message };
      return { ...this.#memory(), ready: verdict, synced: verdict };
    }
    return { ...this.#memory(), ready, synced: ready };
  }

  /** @param areThere whether what was written before is there still */
  failed({ reason, message }: SyncFailure, areThere: boolean): SyncReport {
    const synced: Verdict = { holds: false, reason, message };
    // What is in it is somebody else's.
    if (reason === "Contested") return { ...this.#memory(), ready: synced, synced };
    const holds = areThere && this.#outputs.size > 0;
    const ready: Verdict = holds
      ? { holds, reason: "Synced", message: "The output is what the stores gave last" }
      : { holds, reason: "NeverSynced", message: "There is no output, or it was deleted" };
    return { ...this.#memory(), ready, synced };
  }

  #memory(): SyncMemory {
    return {
      observed: this.#observed,
      outputs: Array.from(this.#outputs.values()),
      ...(this.#lastSyncAt !== undefined && { lastSyncAt: this.#lastSyncAt }),
    };
  }
}
