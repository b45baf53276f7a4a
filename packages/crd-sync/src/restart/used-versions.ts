import type { EventBus } from "@sluice/core";
import { outputId } from "../output/desired-output.js";
import { failureOfThrown } from "../source/sync-failure.js";
import type { StoreReader } from "../stores/store-reader.js";
import type { UsedReference } from "./used-references.js";
import { type Workload, workloadId } from "./workload.js";

/** A secret of a workload: hashes of what it is now, and of what the workload is known to have been given. */
export interface UsedVersion {
  readonly name: string;
  readonly version: string;
  readonly given?: string;
  /** Whether a broker gives it, which may give the last version for a while. */
  readonly isBrokers: boolean;
}

export interface UsedVersionsDependencies {
  readonly reader: StoreReader;
  /** What an object that syncs write is at present; `undefined` if none does, or it is not known. */
  readonly versionOf: (key: Workload["uses"][number]) => string | undefined;
  readonly events: EventBus;
  readonly hash: (text: string) => string;
  /** Milliseconds after which a change in a store is seen at the latest. */
  readonly intervalMs: number;
}

/** What the secrets of workloads are at present, as far as it can be found out. */
export class UsedVersions {
  readonly #given: UsedVersionsDependencies;

  constructor(given: UsedVersionsDependencies) {
    this.#given = given;
  }

  /** Looks at all that a workload uses, and follows what brokers gave it. Rejects only when the signal aborts. */
  async of(
    workload: Workload,
    references: readonly UsedReference[],
    signal: AbortSignal,
  ): Promise<UsedVersion[]> {
    return [...this.#outputsOf(workload), ...(await this.#referencesOf(workload, references, signal))];
  }

  #outputsOf({ uses }: Workload): UsedVersion[] {
    return uses.flatMap((key) => {
      const version = this.#given.versionOf(key);
      return version === undefined
        ? []
        : [{ name: outputId(key), version: this.#given.hash(version), isBrokers: false }];
    });
  }

  async #referencesOf(
    workload: Workload,
    references: readonly UsedReference[],
    signal: AbortSignal,
  ): Promise<UsedVersion[]> {
    const { reader, events, hash, intervalMs } = this.#given;
    const { namespace, serviceAccount } = workload;
    const who = { user: workloadId(workload), namespace, serviceAccount };
    const byStore = Map.groupBy(references, ({ reference }) => reference.store);
    reader.note(who, new Set(byStore.keys()));
    const wanted = (store: readonly UsedReference[]) => ({
      references: store.map(({ reference }) => reference),
      searches: [],
      intervalMs,
      foundBefore: new Set<string>(),
    });
    const follow = new Map(Array.from(byStore, ([name, store]) => [name, wanted(store)] as const));
    const used: UsedVersion[] = [];
    const outcomes: Awaited<ReturnType<StoreReader["settle"]>>[] = [];
    reader.follow(who, follow);
    for (const store of byStore.values()) {
      try {
        const settled = await reader.settle(who, wanted(store).references, signal);
        outcomes.push(settled);
        for (const { label, version: given } of store) {
          const outcome = settled.get(label);
          if (outcome?.status !== "found" || outcome.lease !== undefined) continue;
          const version = outcome.version ?? outcome.etag;
          if (version === undefined) continue;
          used.push({ name: label, version: hash(version), given: hash(given), isBrokers: true });
        }
      } catch (thrown) {
        signal.throwIfAborted();
        // One store that cannot be looked at is no reason to pass over the others.
        events.emit("sync-problem", { what: who.user, message: failureOfThrown(thrown).message });
      }
    }
    reader.follow(
      who,
      follow,
      outcomes.flatMap((settled) => Array.from(settled.values())),
    );
    return used;
  }
}
