import { setTimeout as sleep } from "node:timers/promises";
import { type EventBus, type SecretResolver, thrownName } from "@sluice/core";
import {
  type KubernetesClient,
  KubernetesError,
  listObjects,
  type ObjectEvent,
  watchObjects,
  type WatchQuery,
} from "@sluice/kubernetes";
import { generatedSecretResource } from "@sluice/kubernetes/generated";
import { listenForReport, type GeneratorReport } from "./engine/generator-report.js";
import { Session } from "./engine/session.js";
import type { KeyMaker } from "./keys/key-maker.js";
import type { GenerateRule } from "./wanted/access-rules.js";
import type { ReadPod } from "./wanted/wanted.js";

/** What a generator is made of. */
export interface GeneratorOptions {
  readonly client: KubernetesClient;
  /** Over the stores that secrets are created in; without a cache. */
  readonly resolver: SecretResolver;
  readonly keys: KeyMaker;
  /** Where events go; the resolver's own bus, so that all are on one. */
  readonly events: EventBus;
  /** Reads what a pod asks for. */
  readonly readPod: ReadPod;
  /** Who may have what created. Without a rule nobody may. */
  readonly access: readonly GenerateRule[];
  /** Different for every generator that runs: the name of its pod. No white space. */
  readonly identity: string;
  /** Where the ledgers of leases are: the generator's own namespace. The same for all generators of a cluster. */
  readonly ledgerNamespace: string;
  /** Watch pods and resources of this namespace only; all by default. */
  readonly namespace?: string;
  /** Secrets that are made at the same time; 8 by default. */
  readonly concurrency?: number;
}

/** How a run goes. */
export interface RunOptions {
  readonly signal: AbortSignal;
  /**
   * Whether nobody else generates as long as the signal does not abort: then stores without conditional writes can
   * be written to. False by default.
   */
  readonly soleWriter?: boolean;
}

/** Creates what pods and `GeneratedSecret`s of a cluster ask for. Any number of them may run at the same time. */
export interface Generator {
  /** Watches until the signal aborts, and resolves then. */
  run(options: RunOptions): Promise<void>;
  /**
   * Does what is to be done now and tells what came of it.
   *
   * @throws {KubernetesError} when the cluster cannot be read
   */
  once(options: RunOptions): Promise<GeneratorReport>;
  /** Why it does not do its work at present. */
  notReady(): string | undefined;
  readonly state: GeneratorState;
}

/** What can be looked at. */
export interface GeneratorState {
  /** Secrets that are not known to be whole. */
  readonly pendingSecrets: () => number;
  /** Spaces of leases that have something to be done. */
  readonly pendingLeases: () => number;
  /** Numbers that pods have. */
  readonly leasesHeld: () => number;
}

const DEFAULT_CONCURRENCY = 8;

/** Pause before a watch that failed for good is begun anew, in milliseconds. */
const RESTART_MS = 5_000;

/** Pause before it is looked again whether the cluster knows `GeneratedSecret`, in milliseconds. */
const UNKNOWN_KIND_MS = 60_000;

/** Tries of `once`. */
const TRIES_AT_ONCE = 5;

/** Wires a generator. Nothing is asked before it runs. */
export function createGenerator(options: GeneratorOptions): Generator {
  const { client, events, namespace, concurrency = DEFAULT_CONCURRENCY } = options;
  const pods: WatchQuery = {
    resource: { version: "v1", plural: "pods", ...(namespace !== undefined && { namespace }) },
    metadataOnly: true,
  };
  const resources: WatchQuery = { resource: generatedSecretResource(namespace) };
  let session: Session | undefined;

  function open({ signal, soleWriter = false }: RunOptions, mostAttempts?: number): Session {
    return new Session({
      ...options,
      concurrency,
      soleWriter,
      signal,
      ...(mostAttempts !== undefined && { mostAttempts }),
    });
  }

  async function follow(
    what: "watch-pods" | "watch-resources",
    query: WatchQuery,
    signal: AbortSignal,
    handle: (event: ObjectEvent) => Promise<void> | void,
  ): Promise<void> {
    while (!signal.aborted) {
      let pauseMs = RESTART_MS;
      try {
        for await (const event of watchObjects(client, query, { signal })) await handle(event);
      } catch (thrown) {
        if (signal.aborted) return;
        if (what === "watch-resources" && isMissing(thrown)) pauseMs = UNKNOWN_KIND_MS;
        else events.emit("generator-failed", { what, errorName: thrownName(thrown) });
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function run(run: RunOptions): Promise<void> {
    const { signal } = run;
    const running = open(run);
    session = running;
    await Promise.all([
      follow("watch-pods", pods, signal, async (event) => running.onPods(event)),
      follow("watch-resources", resources, signal, (event) => running.onResources(event)),
    ]);
    if (session === running) session = undefined;
  }

  async function once(run: RunOptions): Promise<GeneratorReport> {
    using report = listenForReport(events);
    const ended = new AbortController();
    const signal = AbortSignal.any([run.signal, ended.signal]);
    try {
      const running = open({ ...run, signal }, TRIES_AT_ONCE);
      running.syncResources(
        await readAll(resources, signal).catch((error: unknown) => {
          if (isMissing(error)) return [];
          throw error;
        }),
      );
      await running.syncPods(await readAll(pods, signal));
      await running.idle();
      run.signal.throwIfAborted();
      return report.read();
    } finally {
      ended.abort();
    }
  }

  async function readAll(query: WatchQuery, signal: AbortSignal) {
    const pages = await Array.fromAsync(listObjects(client, query, { signal }));
    return pages.flatMap(({ objects }) => objects);
  }

  return {
    run,
    once,
    notReady: () => {
      if (session === undefined) return "it waits for its turn";
      return session.isSynced ? undefined : "the pods are not known yet";
    },
    state: {
      pendingSecrets: () => session?.secrets.pending ?? 0,
      pendingLeases: () => session?.leases.pending ?? 0,
      leasesHeld: () => session?.leases.held ?? 0,
    },
  };
}

/** Whether the cluster does not know the kind. */
function isMissing(thrown: unknown): boolean {
  return KubernetesError.isInstance(thrown) && thrown.status === 404;
}
