import { createSecretKey, randomBytes } from "node:crypto";
import {
  type DelegatedIdentity,
  type Failure,
  formatReference,
  type Identity,
  type ListedSecret,
  type ReferenceOutcome,
  type SecretReference,
  SELF,
  StoreError,
} from "@sluice/core";
import { type Store, type StoreCatalogue, storeId, type StoreKey } from "@sluice/kubernetes/stores";
import { failureOfStore, SyncFailure } from "../source/sync-failure.js";
import type { AccountTokens } from "./account-tokens.js";
import { tellsNothing } from "./followed-secrets.js";
import { assertAllowed, mayRead, StoreAccess } from "./store-access.js";
import type { StorePool } from "./store-pool.js";
import { StoreFollower, type Wanted } from "./store-follower.js";

/** Who asks: a sync of a namespace, by a service account. */
export interface Reader {
  readonly user: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

export interface StoreReaderOptions {
  readonly catalogue: Pick<StoreCatalogue, "find">;
  readonly pool: Pick<StorePool, "get" | "drop">;
  readonly onChange: (users: ReadonlySet<string>) => void;
  /** See {@link SyncControllerOptions.tokenAudiencesInNamespaces}. */
  readonly tokenAudiencesInNamespaces: readonly string[];
  /** Of service accounts, for stores that log in as one. */
  readonly tokens: Pick<AccountTokens, "get">;
  readonly signal: AbortSignal;
}

/** Reads stores for syncs: who may read what, one follower for each store and identity. */
export class StoreReader {
  readonly #options: StoreReaderOptions;
  readonly #followers = new Map<string, { readonly version: string; readonly follower: StoreFollower }>();
  readonly #followedBy = new Map<string, readonly string[]>();
  readonly #names = new Map<string, { readonly namespace: string; readonly names: readonly string[] }>();
  readonly #key = createSecretKey(randomBytes(32));
  readonly #access: StoreAccess;

  constructor(options: StoreReaderOptions) {
    this.#options = options;
    this.#access = new StoreAccess(options.catalogue, options.tokenAudiencesInNamespaces);
  }

  /** Notes which stores a sync names, known or not, so that it is told of each change of them. */
  note({ user, namespace }: Reader, names: ReadonlySet<string>): void {
    this.#names.set(user, { namespace, names: Array.from(names) });
  }

  /** What became of each reference, by its canonical form. @throws {SyncFailure} when one may not be read. */
  async settle(
    reader: Reader,
    references: readonly SecretReference[],
    signal: AbortSignal,
    { fresh = false }: { readonly fresh?: boolean } = {},
  ): Promise<Map<string, ReferenceOutcome>> {
    const settled = new Map<string, ReferenceOutcome>();
    const byStore = Map.groupBy(references, ({ store }) => store);
    await Promise.all(
      Array.from(byStore, async ([name, wanted]) => {
        const store = this.#access.find(reader, name);
        for (const { path } of wanted) assertAllowed(store, reader, path);
        const identity = this.#identityFor(store, reader);
        const opened = await this.#options.pool.get(store);
        const labelled = Object.fromEntries(wanted.map((each) => [formatReference(each), each]));
        const outcomes = await opened.use(async (resolver) =>
          resolver.settle(labelled, { identity, signal, fresh }),
        );
        for (const [label, outcome] of Object.entries(outcomes)) settled.set(label, outcome);
      }),
    );
    return settled;
  }

  /** What a store lists under a prefix, without what the reader may not read. @throws {SyncFailure} */
  async search(
    reader: Reader,
    name: string,
    prefix: string,
    maxAgeMs: number,
  ): Promise<readonly ListedSecret[]> {
    const store = this.#access.find(reader, name);
    try {
      const items = await this.#follower(reader, store).search(prefix, maxAgeMs);
      return items.filter(({ path, enabled }) => enabled !== false && mayRead(store, reader, path));
    } catch (thrown) {
      if (!StoreError.isInstance(thrown)) throw thrown;
      if (tellsNothing(thrown.failure)) this.#follower(reader, store).await(reader.user);
      throw failureOfStore(`store "${name}"`, thrown.failure);
    }
  }

  /** Follows what a sync wants from now on, by store; `outcomes` is what it was given. */
  follow(
    reader: Reader,
    wanted: ReadonlyMap<string, Wanted>,
    outcomes: readonly ReferenceOutcome[] = [],
  ): void {
    const followers = new Set<string>();
    for (const [name, want] of wanted) {
      const found = this.#options.catalogue.find(reader.namespace, name);
      if (found.status !== "found") continue;
      followers.add(this.#idOf(found.store, reader));
      const follower = this.#follower(reader, found.store);
      follower.follow(reader.user, want);
      for (const outcome of outcomes.filter(({ store }) => store === name))
        if (tellsNothing(outcome)) follower.await(reader.user);
        else follower.note(outcome);
    }
    for (const id of this.#followedBy.get(reader.user) ?? [])
      if (!followers.has(id)) this.#leave(reader.user, id);
    if (followers.size > 0) this.#followedBy.set(reader.user, Array.from(followers));
    else this.#followedBy.delete(reader.user);
  }

  /** The sync is gone. */
  forget(user: string): void {
    for (const id of this.#followedBy.get(user) ?? []) this.#leave(user, id);
    this.#followedBy.delete(user);
    this.#names.delete(user);
  }

  /** Why a store has not answered for some time. */
  problemOf(reader: Reader, name: string): Failure | undefined {
    const found = this.#options.catalogue.find(reader.namespace, name);
    if (found.status !== "found") return undefined;
    return this.#followers.get(this.#idOf(found.store, reader))?.follower.problem;
  }

  /**
   * Holds that these are gone against how much of their store is gone, and takes it for meant, or not.
   *
   * @throws {SyncFailure} `DeletionStopped`
   */
  async assertPlausible(reader: Reader, missing: readonly SecretReference[]): Promise<void> {
    for (const [name, references] of Map.groupBy(missing, ({ store }) => store)) {
      const store = this.#access.find(reader, name);
      const follower = this.#follower(reader, store);
      const { known, gone, isPlausible } = await follower.census().catch((thrown: unknown) => {
        if (StoreError.isInstance(thrown)) throw failureOfStore(`store "${name}"`, thrown.failure);
        throw thrown;
      });
      const isAllowedAnyway = Date.now() < (store.deletionsAllowedUntil ?? 0);
      if (!isPlausible && !isAllowedAnyway)
        throw new SyncFailure(
          "DeletionStopped",
          `${gone} of ${known} known secrets of ${storeId(store)} are gone at once, so nothing is deleted. ` +
            "If that is meant, annotate the store with sluice.dev/allow-deletions-until, see docs/sync.md",
          "cluster",
        );
      follower.accept(references.map((reference) => formatReference(reference)));
    }
  }

  /** A store was added or changed, or is gone. Tells which syncs name it. */
  drop(key: StoreKey): ReadonlySet<string> {
    this.#options.pool.drop(key);
    return this.usersOf(key);
  }

  /** Which syncs name a store, of all namespaces or of these. */
  usersOf(key: StoreKey, namespaces?: ReadonlySet<string>): ReadonlySet<string> {
    const users = new Set<string>();
    for (const [user, { namespace, names }] of this.#names) {
      if (namespaces?.has(namespace) === false) continue;
      if (names.includes(key.name) && (key.namespace ?? namespace) === namespace) users.add(user);
    }
    return users;
  }

  #follower(reader: Reader, store: Store): StoreFollower {
    const id = this.#idOf(store, reader);
    const known = this.#followers.get(id);
    if (known !== undefined && known.version === store.version) return known.follower;
    const follower = new StoreFollower({
      store,
      identity: this.#identityFor(store, reader),
      open: async () => this.#options.pool.get(store),
      onChange: this.#options.onChange,
      key: this.#key,
      signal: this.#options.signal,
    });
    this.#followers.set(id, { version: store.version, follower });
    // Its users are told to come back, for the store has changed.
    if (known !== undefined) for (const user of this.#followedBy.keys()) known.follower.forget(user);
    return follower;
  }

  #leave(user: string, id: string): void {
    const entry = this.#followers.get(id);
    entry?.follower.forget(user);
    if (entry?.follower.isIdle === true) this.#followers.delete(id);
  }

  #idOf(store: Store, reader: Reader): string {
    const { namespace, serviceAccount } = accountOf(store, reader);
    const who = store.identity.as === "pod" ? `${namespace}/${serviceAccount}` : "";
    return `${storeId(store)}\n${who}`;
  }

  #identityFor(store: Store, reader: Reader): Identity {
    const { identity, name } = store;
    if (identity.as !== "pod") return SELF;
    const { namespace, serviceAccount } = accountOf(store, reader);
    const delegated: DelegatedIdentity = {
      kind: "delegated",
      cacheKey: JSON.stringify([namespace, serviceAccount]),
      subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
      getToken: async (audience, signal) => {
        if (audience !== identity.audience)
          throw new StoreError(name, {
            status: "invalid",
            reason: "wrong-audience",
            message: `logs in with a token for "${audience}", and the store names the audience "${identity.audience}"`,
            remedy: `Set tokenAudience: ${audience} in the store`,
          });
        return this.#options.tokens.get({ namespace, serviceAccount, audience }, signal);
      },
    };
    return delegated;
  }
}

/** Whose token a store is shown. */
function accountOf({ identity }: Store, reader: Reader): Pick<Reader, "namespace" | "serviceAccount"> {
  return (identity.as === "pod" ? identity.account : undefined) ?? reader;
}
