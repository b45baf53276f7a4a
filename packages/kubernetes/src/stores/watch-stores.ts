import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesClient } from "../client/kubernetes-client.js";
import { noAnswer } from "../errors/no-answer.js";
import { watchDelay } from "../watch/watch-delay.js";
import type { ObjectEvent } from "../watch/watch-event.js";
import { watchObjects } from "../watch/watch-objects.js";
import { entryOfObject, keyOfObject, type StorePolicy } from "./entry-of-object.js";
import type { StoreCatalogue } from "./store-catalogue.js";
import { storeResource } from "./store-resource.js";
import { StoreTable } from "./store-table.js";
import type { StoreKind } from "./store.js";

/** Which stores of a cluster may do what. */
export interface WatchStoresOptions {
  /**
   * Providers that a `SecretStore` may use with `identity: broker`; none by default. Whoever may create one decides
   * where the broker then sends its credentials, and which of its files and variables a provider reads.
   */
  readonly brokerIdentityInNamespaces?: readonly string[];
  /**
   * Audiences that a `SecretStore` may name with `tokenSource: tokenRequest`; none by default. Whoever may create one
   * decides where the tokens go that the broker creates for pods: with the audience of the API server their service
   * accounts would be the author's.
   */
  readonly tokenAudiencesInNamespaces?: readonly string[];
  /**
   * Takes every store for what it declares, whatever an operator allows a broker: for those who ask of stores and
   * never read from them; `false` by default.
   */
  readonly asDeclared?: boolean;
  /** Time for one call of the API, in milliseconds; 30 seconds by default. */
  readonly timeoutMs?: number;
  /** Milliseconds of silence after which a watch is begun anew; 75 seconds by default. */
  readonly idleMs?: number;
}

// A store may be some 100 KiB; a page stays far below what is read of an answer.
const PAGE_SIZE = 50;

/**
 * All `SecretStore`s and `ClusterSecretStore`s of a cluster, watched until the catalogue is disposed. It tries again
 * whatever fails, and keeps what it knows meanwhile; {@link StoreCatalogue.health} tells.
 */
export function watchStores(client: KubernetesClient, options: WatchStoresOptions = {}): StoreCatalogue {
  const table = new StoreTable();
  const stopped = new AbortController();
  const { brokerIdentityInNamespaces = [], tokenAudiencesInNamespaces = [], asDeclared = false } = options;
  const policy = asDeclared ? undefined : { brokerIdentityInNamespaces, tokenAudiencesInNamespaces };
  for (const kind of ["SecretStore", "ClusterSecretStore"] as const)
    void follow(client, kind, { ...options, table, policy, signal: stopped.signal });
  return {
    find: (namespace, name) => table.find(namespace, name),
    entries: () => table.entries(),
    ready: async (signal) => table.ready(signal),
    health: () => table.health(),
    onChange: (listener) => table.onChange(listener),
    [Symbol.dispose]: () => stopped.abort(),
  };
}

interface Following extends WatchStoresOptions {
  readonly table: StoreTable;
  readonly policy: StorePolicy | undefined;
  readonly signal: AbortSignal;
}

async function follow(client: KubernetesClient, kind: StoreKind, following: Following): Promise<void> {
  const { table, policy, signal, timeoutMs, idleMs } = following;
  const query = {
    resource: storeResource({ kind }),
    pageSize: PAGE_SIZE,
    // Every failure comes here, where all begins anew: also when the server's history was set back.
    mostFailures: 0,
    ...(idleMs !== undefined && { idleMs }),
  };
  const call = { signal, ...(timeoutMs !== undefined && { timeoutMs }) };
  for (let failures = 0; !signal.aborted;) {
    try {
      for await (const event of watchObjects(client, query, call)) {
        take(table, kind, event, policy);
        failures = 0;
        table.report(kind, undefined);
      }
    } catch (thrown) {
      failures++;
      if (!signal.aborted) table.report(kind, `${kind}: ${noAnswer(thrown).message}`);
    }
    // Its rejection is the abort, which ends the loop.
    await sleep(watchDelay(failures), undefined, { signal }).catch(() => undefined);
  }
}

function take(table: StoreTable, kind: StoreKind, event: ObjectEvent, policy: StorePolicy | undefined): void {
  switch (event.kind) {
    case "synced":
      return table.replace(
        kind,
        event.objects.map((object) => entryOfObject(kind, object, policy)),
      );
    case "changed":
      return table.set(entryOfObject(kind, event.object, policy));
    case "deleted":
      return table.remove(keyOfObject(kind, event.object));
    case "progress":
  }
}
