import { EventEmitter, once } from "node:events";
import { posix } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What a secret holds: bytes, or bytes by name. */
export type Content = Uint8Array | ReadonlyMap<string, Uint8Array>;

/** A refusal, by its status in HTTP; 0 if there was no answer. */
export class ServerError extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, retryAfterMs?: number) {
    super(`status ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Revision {
  readonly version: string;
  readonly content: Content;
  readonly writtenAt: number;
}

/** A secret, and what is the matter with it. */
export interface Secret {
  readonly revisions: Revision[];
  readonly labels: Map<string, string>;
  /** Everybody by default. */
  readers?: readonly string[];
  disabled?: boolean;
  malformed?: boolean;
  issues?: boolean;
  expiresAt?: number;
  throttledMs?: number;
}

/** One change in the order of all. */
export interface Change {
  readonly key: string;
  /** Absent if it was removed. */
  readonly version?: string;
}

export interface Condition {
  readonly ifAbsent?: boolean;
  readonly ifVersion?: string;
}

const LARGEST = 2 * 1024 * 1024;
const PAGE_SIZE = 3;

/** A vendor's server, in memory: it has an API with refusals, and a back door for tests. */
export class MemoryServer {
  readonly secrets = new Map<string, Secret>();
  readonly changes: Change[] = [];
  readonly leases = new Set<string>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #written = new Map<string, { readonly version: string; readonly created: boolean }>();
  reads = 0;
  underWay = 0;
  hangs = false;
  listingBreaks = false;
  #count = 0;

  /** The back door: writes without any check. */
  store(key: string, content: Content, more: Partial<Secret> = {}): string {
    const version = `v${++this.#count}`;
    const { revisions, labels } = this.secrets.get(key) ?? { revisions: [], labels: new Map() };
    const now = Date.now();
    this.secrets.set(key, {
      revisions: [...revisions, { version, content, writtenAt: now }],
      labels,
      ...more,
    });
    this.#changed({ key, version });
    return version;
  }

  /** The back door: removes without any check. */
  drop(key: string): void {
    this.secrets.delete(key);
    this.#changed({ key });
  }

  /** Who a token stands for. */
  async login(token: string, signal: AbortSignal): Promise<string> {
    return this.#call(signal, () => token.replace(/^token of /, ""));
  }

  async read(
    caller: string,
    key: string,
    signal: AbortSignal,
  ): Promise<{ readonly secret: Secret; readonly lease?: string }> {
    this.reads += 1;
    return this.#call(signal, () => {
      const secret = this.#secret(caller, key);
      if (secret.issues !== true) return { secret };
      const lease = `lease-${++this.#count}`;
      this.leases.add(lease);
      return { secret, lease };
    });
  }

  async write(
    caller: string,
    key: string,
    content: Uint8Array,
    {
      ifAbsent,
      ifVersion,
      idempotencyKey = `${++this.#count}`,
    }: Condition & { readonly idempotencyKey?: string },
    signal: AbortSignal,
  ): Promise<{ readonly version: string; readonly created: boolean }> {
    return this.#call(signal, () => {
      const answered = this.#written.get(idempotencyKey);
      if (answered) return answered;
      const present = this.secrets.has(key) ? this.#secret(caller, key) : undefined;
      const version = present?.revisions.at(-1)?.version;
      if ((ifAbsent === true && present) || (ifVersion !== undefined && ifVersion !== version))
        throw new ServerError(412);
      if (content.byteLength > LARGEST) throw new ServerError(413);
      const answer = { version: this.store(key, content), created: !present };
      this.#written.set(idempotencyKey, answer);
      return answer;
    });
  }

  async remove(
    caller: string,
    key: string,
    ifVersion: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#call(signal, () => {
      const { revisions } = this.#secret(caller, key);
      if (ifVersion !== undefined && revisions.at(-1)?.version !== ifVersion) throw new ServerError(412);
      this.drop(key);
    });
  }

  /** The keys under a root after one of them, in order; fewer than all if `more`. */
  async list(
    root: string,
    after: string,
    signal: AbortSignal,
  ): Promise<{ readonly keys: readonly string[]; readonly more: boolean }> {
    return this.#call(signal, () => {
      const keys = Array.from(this.secrets.keys())
        .filter((key) => key.startsWith(root) && key > after)
        .sort();
      if (this.listingBreaks && after !== "") throw new ServerError(500);
      return { keys: keys.slice(0, PAGE_SIZE), more: keys.length > PAGE_SIZE };
    });
  }

  /** Settles once there are more than this many changes. */
  async changedSince(position: number, signal: AbortSignal): Promise<void> {
    if (this.changes.length <= position) await once(this.#events, "changed", { signal });
  }

  async lease(id: string, revoke: boolean, signal: AbortSignal): Promise<void> {
    await this.#call(signal, () => {
      if (!this.leases.has(id)) throw new ServerError(404);
      if (revoke) this.leases.delete(id);
    });
  }

  #changed(change: Change): void {
    this.changes.push(change);
    this.#events.emit("changed");
  }

  /** As servers do, it resolves `.` and `..` in what it is asked for. */
  #secret(caller: string, key: string): Secret {
    const secret = this.secrets.get(posix.normalize(key));
    if (secret === undefined) throw new ServerError(404);
    if (secret.readers && !secret.readers.includes(caller)) throw new ServerError(403);
    if (secret.throttledMs !== undefined) throw new ServerError(429, secret.throttledMs);
    return secret;
  }

  async #call<Answer>(signal: AbortSignal, answer: () => Answer): Promise<Answer> {
    signal.throwIfAborted();
    this.underWay += 1;
    try {
      await nextTurn();
      if (this.hangs) await aborted(signal);
      signal.throwIfAborted();
      return answer();
    } finally {
      this.underWay -= 1;
    }
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}
