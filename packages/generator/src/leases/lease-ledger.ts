import { createHash } from "node:crypto";
import {
  type CallOptions,
  createObject,
  field,
  getObject,
  type KubernetesClient,
  KubernetesError,
  type KubernetesObject,
  listObjects,
  patchObject,
  type Resource,
} from "@sluice/kubernetes";
import type { LeaseSpace } from "./lease-space.js";
import { formatEntry, type LedgerEntry, parseEntry } from "./ledger-entry.js";

/** Label of the ConfigMaps that are ledgers. */
const LEDGER_LABEL = "sluice.dev/lease-ledger";

const STORE = "sluice.dev/store";
const PREFIX = "sluice.dev/prefix";
const KEY = "sluice.dev/key";

/** What a ledger says at one time. */
export interface LedgerState {
  /** Opaque; absent while there is no ledger. */
  readonly version?: string;
  readonly held: ReadonlyMap<number, LedgerEntry>;
}

/** What is to be said of which numbers; nothing any more where it is `undefined`. */
export type LedgerChange = ReadonlyMap<number, LedgerEntry | undefined>;

/**
 * Who of this cluster has which numbers of a space: a ConfigMap. Generators agree by it, for it is written only over
 * the state that was read, and it tells which leases of the store are this cluster's to delete.
 */
export class LeaseLedger {
  readonly space: LeaseSpace;
  readonly #client: KubernetesClient;
  readonly #resource: Resource;
  readonly #name: string;

  constructor(client: KubernetesClient, namespace: string, space: LeaseSpace) {
    this.space = space;
    this.#client = client;
    this.#resource = ledgers(namespace);
    this.#name = ledgerName(space);
  }

  async read(call: CallOptions): Promise<LedgerState> {
    try {
      return stateOf(await getObject(this.#client, this.#resource, this.#name, call));
    } catch (error) {
      if (isStatus(error, 404)) return { held: new Map() };
      throw error;
    }
  }

  /** Changes the state that was read; `undefined` when it is no longer that. */
  async write(
    { version }: LedgerState,
    change: LedgerChange,
    call: CallOptions,
  ): Promise<LedgerState | undefined> {
    const data = Object.fromEntries(
      Array.from(change, ([index, entry]) => [
        String(index),
        entry === undefined ? null : formatEntry(entry),
      ]),
    );
    try {
      if (version === undefined) return stateOf(await this.#create(data, call));
      const patch = { metadata: { resourceVersion: version }, data };
      return stateOf(await patchObject(this.#client, this.#resource, this.#name, patch, call));
    } catch (error) {
      if (isStatus(error, 409) || (version !== undefined && isStatus(error, 404))) return undefined;
      throw error;
    }
  }

  async #create(data: object, call: CallOptions): Promise<KubernetesObject> {
    const { store, prefix, key } = this.space;
    const metadata = {
      name: this.#name,
      labels: { [LEDGER_LABEL]: "true" },
      annotations: { [STORE]: store, [PREFIX]: prefix, ...(key !== undefined && { [KEY]: key }) },
    };
    return createObject(
      this.#client,
      this.#resource,
      { apiVersion: "v1", kind: "ConfigMap", metadata, data },
      call,
    );
  }
}

/** The spaces that have a ledger, whether or not a pod still wants a number of theirs. */
export async function listLedgers(
  client: KubernetesClient,
  namespace: string,
  call: CallOptions,
): Promise<LeaseSpace[]> {
  const query = { resource: ledgers(namespace), labelSelector: `${LEDGER_LABEL}=true`, metadataOnly: true };
  const spaces: LeaseSpace[] = [];
  for await (const page of listObjects(client, query, call))
    for (const { metadata } of page.objects) {
      const { [STORE]: store, [PREFIX]: prefix, [KEY]: key } = metadata.annotations ?? {};
      // A name that does not fit is a copy somebody made; what it says is not ours.
      if (store !== undefined && prefix !== undefined && metadata.name === ledgerName({ store, prefix }))
        spaces.push({ store, prefix, ...(key !== undefined && { key }) });
    }
  return spaces;
}

function ledgers(namespace: string): Resource {
  return { version: "v1", plural: "configmaps", namespace };
}

function ledgerName({ store, prefix }: LeaseSpace): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([store, prefix]))
    .digest("hex");
  return `sluice-leases-${digest.slice(0, 20)}`;
}

function stateOf(object: KubernetesObject): LedgerState {
  const held = new Map<number, LedgerEntry>();
  for (const [key, text] of Object.entries((field(object, "data") ?? {}) as Record<string, unknown>)) {
    const entry = typeof text === "string" ? parseEntry(text) : undefined;
    if (/^\d{1,10}$/.test(key) && entry !== undefined) held.set(Number(key), entry);
  }
  return { version: object.metadata.resourceVersion, held };
}

function isStatus(error: unknown, status: number): boolean {
  return KubernetesError.isInstance(error) && error.status === status;
}
