import { field, type KubernetesClient, type KubernetesObject, type ObjectEvent } from "@sluice/kubernetes";
import {
  type StoreCatalogue,
  type StoreChange,
  storeId,
  type StoreKey,
  type StoreKind,
  StoreTable,
} from "@sluice/kubernetes/stores";
import { aborted } from "@sluice/mode";
import { followObjects } from "../engine/follow-objects.js";
import { watchProblem } from "../engine/watch-problem.js";
import { externalStoreName } from "./external-store-name.js";
import { isExternalStore } from "./external-store.js";
import { areLabelsSelected, isNamespaceAllowed } from "./namespace-conditions.js";
import { NamespaceTable } from "./namespace-table.js";
import { EXTERNAL_GROUP, parseExternalStore } from "./parse-external-store.js";

export interface WatchExternalStoresOptions {
  readonly version: "v1" | "v1beta1";
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly brokerIdentityInNamespaces: readonly string[];
  readonly timeoutMs?: number;
  readonly idleMs?: number;
  readonly onProblem: (what: string, message: string) => void;
}

/** Their stores, as a catalogue that knows their objects too. */
export interface ExternalCatalogue extends StoreCatalogue {
  /** The object of a store as it was seen last. */
  readonly objectOf: (key: StoreKey) => KubernetesObject | undefined;
  /**
   * Tells, apart from changes of stores, which namespaces may use one now, or may no more, for their labels have
   * changed. Dispose the result to stop.
   */
  onNamespaces(listener: (change: StoreChange) => void): Disposable;
}

export const EXTERNAL_PLURALS = {
  SecretStore: "secretstores",
  ClusterSecretStore: "clustersecretstores",
} as const;

const REMEDIES = {
  rights:
    "Bind the ClusterRole sluice-sync-eso of deploy/kustomize/components/sync-eso, see docs/external-secrets.md",
  kind: "Install its CustomResourceDefinition, see docs/external-secrets.md",
};

/** All stores of the External Secrets Operator, watched until it is disposed. A kind that is missing has no objects. */
export function watchExternalStores(
  client: KubernetesClient,
  { version, onProblem, timeoutMs = 30_000, idleMs, ...parsing }: WatchExternalStoresOptions,
): ExternalCatalogue {
  const table = new StoreTable();
  const stopped = new AbortController();
  const objects: Record<StoreKind, Map<string, KubernetesObject>> = {
    SecretStore: new Map(),
    ClusterSecretStore: new Map(),
  };
  const namespaces = new NamespaceTable();
  const labelsKnown = Promise.withResolvers<void>();
  const listeners = new Set<(change: StoreChange) => void>();
  const apiVersion = `${EXTERNAL_GROUP}/${version}`;
  const missing = new Set<string>();
  const call = { signal: stopped.signal, timeoutMs };
  const idle = idleMs === undefined ? {} : { idleMs };

  const parse = (kind: StoreKind, object: KubernetesObject) =>
    parseExternalStore(kind, object, { ...parsing, apiVersion });
  const note = (kind: StoreKind, object: KubernetesObject): void => {
    objects[kind].set(storeId(keyOf(kind, object)), object);
  };

  function take(kind: StoreKind, event: ObjectEvent): void {
    switch (event.kind) {
      case "synced": {
        objects[kind].clear();
        for (const object of event.objects) note(kind, object);
        return table.replace(
          kind,
          event.objects.map((object) => parse(kind, object)),
        );
      }
      case "changed":
        note(kind, event.object);
        return table.set(parse(kind, event.object));
      case "deleted": {
        const key = keyOf(kind, event.object);
        objects[kind].delete(storeId(key));
        return table.remove(key);
      }
      case "progress":
    }
  }

  for (const kind of ["SecretStore", "ClusterSecretStore"] as const) {
    const resource = { group: EXTERNAL_GROUP, version, plural: EXTERNAL_PLURALS[kind] };
    const what = `${kind}s of ${apiVersion}`;
    void followObjects(
      client,
      { resource, pageSize: 50, keep: keepStore, ...idle },
      {
        ...call,
        onEvent: (event) => {
          missing.delete(what);
          take(kind, event);
        },
        onProblem: (thrown) => {
          const problem = thrown === undefined ? undefined : watchProblem(thrown, REMEDIES);
          table.report(kind, problem === undefined ? undefined : `${what}: ${problem}`);
          if (problem !== undefined) onProblem(what, problem);
        },
        onMissing: () => {
          table.report(kind, undefined);
          objects[kind].clear();
          table.replace(kind, []);
          if (missing.has(what)) return;
          missing.add(what);
          onProblem(what, "the cluster has no such kind: install its CustomResourceDefinition");
        },
      },
    );
  }

  function takeNamespace(event: ObjectEvent): void {
    const changes = namespaces.take(event);
    if (event.kind === "synced") labelsKnown.resolve();
    if (changes.length === 0) return;
    for (const entry of table.entries()) {
      if (entry.status !== "found" || !isExternalStore(entry.store)) continue;
      const { store } = entry;
      const others = changes.filter(
        ({ before, now }) =>
          areLabelsSelected(store.conditions, before) !== areLabelsSelected(store.conditions, now),
      );
      if (others.length === 0) continue;
      const change = {
        kind: "changed",
        key: store,
        namespaces: new Set(others.map(({ name }) => name)),
      } as const;
      for (const listener of listeners) listener(change);
    }
  }
  void followObjects(
    client,
    { resource: { version: "v1", plural: "namespaces" }, metadataOnly: true, keep: keepLabels, ...idle },
    {
      ...call,
      onEvent: takeNamespace,
      onProblem: (thrown) => {
        // Then nothing that asks for labels fits.
        if (thrown !== undefined) onProblem("namespaces", watchProblem(thrown, REMEDIES));
        labelsKnown.resolve();
      },
    },
  );

  return {
    objectOf: (key) => objects[key.kind].get(storeId(key)),
    find: (namespace, name) => {
      const found = table.find(namespace, name);
      if (found.status !== "found" || !isExternalStore(found.store)) return found;
      const { store } = found;
      if (isNamespaceAllowed(store.conditions, namespace, namespaces.labelsOf(namespace))) return found;
      const problem = `its spec.conditions do not let namespace ${namespace} use it: add the namespace there, or use another store`;
      return { status: "invalid", key: store, version: store.version, problem };
    },
    entries: () => table.entries(),
    ready: async (signal) => {
      await table.ready(signal);
      await Promise.race([labelsKnown.promise, aborted(signal)]);
    },
    health: () => table.health(),
    onChange: (listener) => table.onChange(listener),
    onNamespaces: (listener) => {
      const own = (change: StoreChange): void => listener(change);
      listeners.add(own);
      return { [Symbol.dispose]: () => listeners.delete(own) };
    },
    [Symbol.dispose]: () => stopped.abort(),
  };
}

/** By what references call it. */
function keyOf(kind: StoreKind, { metadata: { name, namespace } }: KubernetesObject): StoreKey {
  const isOfNamespace = kind === "SecretStore" && namespace !== undefined;
  return { kind, name: externalStoreName({ kind, name }), ...(isOfNamespace && { namespace }) };
}

function keepStore(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { metadata, spec: field(object, "spec"), status: field(object, "status") } as KubernetesObject;
}

function keepLabels({
  metadata: { name, resourceVersion, labels = {} },
}: KubernetesObject): KubernetesObject {
  return { metadata: { name, resourceVersion, labels } };
}
