import type { KeyObject } from "node:crypto";
import type { EventBus } from "@sluice/core";
import { EventRecorder, requestToken } from "@sluice/kubernetes";
import { readStoreOptions } from "@sluice/kubernetes/stores";
import { OutputTable } from "../output/output-table.js";
import { OutputWriter } from "../output/output-writer.js";
import { Restarts } from "../restart/restarts.js";
import type { SyncSource } from "../source/sync-source.js";
import { AccountTokens } from "../stores/account-tokens.js";
import { StorePool } from "../stores/store-pool.js";
import { StoreReader } from "../stores/store-reader.js";
import type { SyncControllerOptions } from "./controller-options.js";
import { OutputReleaser } from "./output-releaser.js";
import { SyncReconciler } from "./sync-reconciler.js";
import { SyncTable } from "./sync-table.js";
import { SyncTeller } from "./sync-teller.js";

const DEFAULT_TIMEOUT_MS = 30_000;

/** What a session is made of, wired. */
export interface SessionParts {
  readonly syncs: SyncTable;
  readonly outputs: OutputTable;
  readonly pool: StorePool;
  readonly reader: StoreReader;
  readonly reconciler: SyncReconciler;
  /** Absent where no workload is to be restarted. */
  readonly restarts: Restarts | undefined;
  /** Time for one call of the API, in milliseconds. */
  readonly timeoutMs: number;
}

export interface SessionWiring {
  readonly options: SyncControllerOptions;
  readonly sources: readonly SyncSource[];
  readonly events: EventBus;
  readonly hashKey: KeyObject;
  /** Told which syncs may come to something else, for their store has. */
  readonly onChange: (ids: Iterable<string>) => void;
  /** Whether every sync there is was looked at once. */
  readonly isWarm: () => boolean;
  /** Ends watches and looks at stores. */
  readonly watching: AbortSignal;
  /** Ends what is under way as well. */
  readonly working: AbortSignal;
}

/** Wires the parts of a session. Nothing is asked yet. */
export function createSessionParts(wiring: SessionWiring): SessionParts {
  const { options, sources, events, hashKey, onChange, isWarm, watching, working } = wiring;
  const { client, catalogue, identity, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { readOptions = async (store, call) => readStoreOptions(client, store, call) } = options;
  const syncs = new SyncTable();
  const outputs = new OutputTable();
  const pool = new StorePool({
    ...options,
    events,
    readOptions: async (store) => readOptions(store, { signal: working, timeoutMs }),
  });
  const reader = new StoreReader({
    catalogue,
    pool,
    onChange,
    tokenAudiencesInNamespaces: options.tokenAudiencesInNamespaces ?? [],
    tokens: new AccountTokens(async (wanted, signal) => requestToken(client, wanted, { signal, timeoutMs })),
    signal: watching,
  });
  const writer = new OutputWriter(client, timeoutMs);
  const recorder = new EventRecorder(client, { controller: "sluice.dev/sync", instance: identity });
  const now = (): number => Date.now();
  const restarts =
    options.restarts &&
    new Restarts(options.restarts, { client, reader, outputs, syncs, hashKey, recorder, events, timeoutMs });
  const teller = new SyncTeller({ client, syncs, recorder, events, timeoutMs, now });
  const reconciler = new SyncReconciler({
    syncs,
    outputs,
    writer,
    reader,
    releaser: new OutputReleaser({ client, sources, outputs, writer, teller, timeoutMs }),
    teller,
    hashKey,
    events,
    isWarm,
    now,
  });
  return { syncs, outputs, pool, reader, reconciler, restarts, timeoutMs };
}
