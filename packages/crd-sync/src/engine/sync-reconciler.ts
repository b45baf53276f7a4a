import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import { type Describe, inSpan } from "@sluice/core/telemetry";
import { resolveInputs } from "../inputs/resolve-inputs.js";
import type { OutputTable } from "../output/output-table.js";
import type { OutputWriter } from "../output/output-writer.js";
import { RepairLimit } from "../output/repair-limit.js";
import { sourceId, type SyncOwner } from "../output/source-mark.js";
import { failureOfStore, failureOfThrown, SyncFailure } from "../source/sync-failure.js";
import type { SyncMemory, SyncReport } from "../source/sync-report.js";
import type { SyncSpec } from "../source/sync-spec.js";
import type { Reader, StoreReader } from "../stores/store-reader.js";
import type { OutputReleaser } from "./output-releaser.js";
import { SyncAttempt } from "./sync-attempt.js";
import { syncOutput } from "./sync-output.js";
import { type KnownSync, ownerOf, type SyncTable } from "./sync-table.js";
import type { SyncTeller } from "./sync-teller.js";

export interface ReconcilerDependencies {
  readonly syncs: SyncTable;
  readonly outputs: OutputTable;
  readonly writer: OutputWriter;
  readonly reader: StoreReader;
  readonly releaser: OutputReleaser;
  readonly teller: SyncTeller;
  readonly hashKey: KeyObject;
  readonly events: EventBus;
  /** Whether every sync there is was looked at once: before, nobody knows how much of a store is wanted. */
  readonly isWarm: () => boolean;
  readonly now: () => number;
}

/** When a sync is to be looked at again, if nothing tells of a change before. */
export type NextLook = { readonly kind: "told" | "retry" } | { readonly kind: "at"; readonly at: number };

const REASON = "sluice.sync.reason";
const SPAN = { scope: "@sluice/crd-sync", labels: [REASON] };

/** Makes what syncs ask for so, one sync at a time. */
export class SyncReconciler {
  readonly #given: ReconcilerDependencies;
  readonly #verified = new Map<string, string>();
  readonly #repairs = new RepairLimit();

  constructor(given: ReconcilerDependencies) {
    this.#given = given;
  }

  /** Rejects only when the signal aborts. */
  async reconcile(id: string, signal: AbortSignal): Promise<NextLook> {
    const work = async (describe: Describe): Promise<NextLook> => this.#reconcile(id, signal, describe);
    return inSpan("sluice.sync.reconcile", { "sluice.sync": id }, work, SPAN);
  }

  async #reconcile(id: string, signal: AbortSignal, describe: Describe): Promise<NextLook> {
    const startedAt = performance.now();
    const known = this.#given.syncs.find(id);
    try {
      if (known === undefined) {
        const wasHere = this.#given.teller.knows(id);
        this.#forget(id);
        await this.#given.releaser.releaseAll(id, wasHere, signal);
        return { kind: "told" };
      }
      const { report, next } = await this.#sync(known, signal);
      const told = await this.#given.teller.tell(known, report, signal);
      const { ready, synced } = report;
      describe({ [REASON]: synced.reason, ...(!synced.holds && { "error.type": synced.reason }) });
      this.#given.events.emit("sync-reconciled", {
        sync: id,
        reason: synced.reason,
        ready: ready.holds,
        synced: synced.holds,
        durationMs: performance.now() - startedAt,
        told,
        ...(!synced.holds && { message: synced.message }),
      });
      return next;
    } catch (thrown) {
      signal.throwIfAborted();
      const { message, reason } = failureOfThrown(thrown);
      describe({ [REASON]: reason, "error.type": reason });
      this.#given.events.emit("sync-problem", { what: id, message });
      return { kind: "retry" };
    }
  }

  async #sync(known: KnownSync, signal: AbortSignal): Promise<{ report: SyncReport; next: NextLook }> {
    const { source, object, id } = known;
    const memory = source.recall(object);
    const owner = ownerOf(known);
    const attempt = new SyncAttempt(memory, this.#given.now());
    try {
      const { sync, problem } = source.read(object);
      if (sync === undefined) throw new SyncFailure("InvalidSpec", problem);
      if (sync.suspended) {
        this.#given.reader.forget(id);
        throw new SyncFailure("Suspended", "Nothing is read or written while spec.suspend is true");
      }
      await this.#syncAll({ owner, sync, attempt, memory }, signal);
      const down = this.#storeProblem(readerOf(id, owner, sync), sync);
      if (down !== undefined) throw down;
      const { waitsUntil } = attempt;
      const next: NextLook = waitsUntil === undefined ? { kind: "told" } : { kind: "at", at: waitsUntil };
      return { report: attempt.succeeded(), next };
    } catch (thrown) {
      signal.throwIfAborted();
      const failure = failureOfThrown(thrown);
      const areThere = memory.outputs.every(
        ({ kind, name }) =>
          this.#given.outputs.find({ kind, namespace: owner.namespace, name }) !== undefined,
      );
      return { report: attempt.failed(failure, areThere), next: nextLookAfter(failure) };
    }
  }

  async #syncAll({ owner, sync, attempt, memory }: SyncToDo, signal: AbortSignal): Promise<void> {
    const { reader, outputs, writer, hashKey, releaser, teller, now } = this.#given;
    const who = readerOf(sourceId(owner), owner, sync);
    const isOther = memory.outputs.some(({ generation }) => generation !== owner.generation);
    const fresh = sync.rereads === true && isOther;
    const resolved = await resolveInputs(reader, who, sync, memory, signal, { fresh });
    const assertPlausible = async (): Promise<void> => {
      if (!this.#given.isWarm())
        throw new SyncFailure("DeletionStopped", "Not every sync is known yet: deletions wait", "cluster");
      await reader.assertPlausible(
        who,
        resolved.missing.map(({ reference }) => reference),
      );
    };
    for (const output of sync.outputs) {
      const before = memory.outputs.find(({ kind, name }) => kind === output.kind && name === output.name);
      const synced = await syncOutput(
        { owner, spec: sync, output, resolved, memory: before },
        {
          table: outputs,
          writer,
          hashKey,
          verified: this.#verified,
          repairs: this.#repairs,
          assertPlausible,
          now,
        },
        signal,
      );
      attempt.add(synced, before);
      const key = { kind: output.kind, namespace: owner.namespace, name: output.name };
      if (synced.what !== undefined) await teller.written(owner, key, synced.what, signal);
    }
    await releaser.releaseOthers(owner, sync.outputs, signal);
    attempt.forgetOthers(sync.outputs);
    attempt.observe(resolved);
  }

  /** It is gone, or another replica is in charge of it. */
  #forget(id: string): void {
    this.#given.reader.forget(id);
    this.#given.teller.forget(id);
    for (const key of this.#verified.keys()) if (key.startsWith(`${id}\n`)) this.#verified.delete(key);
    this.#repairs.forget((key) => key.startsWith(`${id}\n`));
  }

  #storeProblem(who: Reader, sync: SyncSpec): SyncFailure | undefined {
    for (const input of sync.inputs) {
      const store = "store" in input ? input.store : input.reference.store;
      const problem = this.#given.reader.problemOf(who, store);
      if (problem !== undefined) return failureOfStore(`store "${store}"`, problem);
    }
    return undefined;
  }
}

function nextLookAfter({ nextTry }: SyncFailure): NextLook {
  if (typeof nextTry === "object") return { kind: "at", at: nextTry.at };
  return { kind: nextTry === "cluster" ? "retry" : "told" };
}

interface SyncToDo {
  readonly owner: SyncOwner;
  readonly sync: SyncSpec;
  readonly attempt: SyncAttempt;
  readonly memory: SyncMemory;
}

function readerOf(id: string, { namespace }: SyncOwner, { serviceAccount }: SyncSpec): Reader {
  return { user: id, namespace, serviceAccount };
}
