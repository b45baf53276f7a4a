import { createHash } from "node:crypto";
import { type EventBus, thrownName } from "@sluice/core";
import { LRUCache } from "lru-cache";
import { formatSubject, type Subject } from "../audit/generator-events.js";
import { type CreateDependencies, createSecret } from "../secrets/create-secret.js";
import type { GeneratedOutcome } from "../secrets/secret-outcome.js";
import { secretId, type WantedSecret } from "../wanted/wanted-secret.js";
import { WorkQueue } from "./work-queue.js";

export interface SecretWorkOptions extends CreateDependencies {
  readonly events: EventBus;
  /** Secrets that are made at the same time. */
  readonly concurrency: number;
  /** Tries in all; without end by default. */
  readonly mostAttempts?: number;
  /** Told what became of a secret, and who asks for it. */
  readonly onOutcome?: (
    wanted: WantedSecret,
    subjects: readonly Subject[],
    outcome: GeneratedOutcome,
  ) => void;
}

interface Pending {
  readonly wanted: WantedSecret;
  /** By {@link formatSubject}. */
  readonly subjects: Map<string, Subject>;
}

/** Of those who ask for the same, so many are told, beside all resources. */
const MOST_PODS_TOLD = 10;

/** Secrets that are known to be whole; of those beyond, the one longest unheard of is looked at again. */
const MOST_KNOWN = 100_000;

/** How long that is known, in milliseconds: somebody may delete it, and the next pod would miss it. */
const KNOWN_MS = 600_000;

/** Sees to it that each secret that is asked for is whole, looking at each once in a while at most. */
export class SecretWork {
  readonly #options: SecretWorkOptions;
  readonly #pending = new Map<string, Pending>();
  readonly #known = new LRUCache<string, true>({ max: MOST_KNOWN, ttl: KNOWN_MS });
  readonly #queue: WorkQueue;

  constructor(options: SecretWorkOptions) {
    this.#options = options;
    const { concurrency, signal, mostAttempts, events } = options;
    this.#queue = new WorkQueue({
      work: async (key) => this.#work(key),
      concurrency,
      signal,
      ...(mostAttempts !== undefined && { mostAttempts }),
      onThrown: (_, thrown) =>
        events.emit("generator-failed", { what: "secret", errorName: thrownName(thrown) }),
    });
  }

  /** Secrets that are not known to be whole. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Somebody asks for a secret. */
  want(wanted: WantedSecret, subject: Subject): void {
    const key = keyOf(wanted);
    if (this.#known.get(key) === true) {
      // Its status has to be written, whoever made it.
      if (subject.kind === "GeneratedSecret")
        this.#options.onOutcome?.(wanted, [subject], { status: "exists" });
      return;
    }
    const pending = this.#pending.get(key) ?? { wanted, subjects: new Map() };
    this.#pending.set(key, pending);
    if (subject.kind !== "Pod" || pending.subjects.size < MOST_PODS_TOLD)
      pending.subjects.set(formatSubject(subject), subject);
    this.#queue.add(key);
  }

  /** Somebody is gone: what nobody else asks for is not tried again. */
  forget(subject: string): void {
    for (const [key, { subjects }] of this.#pending) {
      if (!subjects.delete(subject) || subjects.size > 0) continue;
      this.#pending.delete(key);
      this.#queue.remove(key);
    }
  }

  /** Resolves when nothing is left to be tried. */
  async idle(): Promise<void> {
    await this.#queue.idle();
  }

  async #work(key: string): Promise<boolean | number> {
    const pending = this.#pending.get(key);
    if (pending === undefined) return true;
    const { wanted, subjects } = pending;
    const startedAt = performance.now();
    const outcome = await createSecret(wanted, this.#options);
    const told = Array.from(subjects.values());
    this.#tell(wanted, told, outcome, performance.now() - startedAt);
    this.#options.onOutcome?.(wanted, told, outcome);
    if (outcome.status === "failed") return outcome.retryAfterMs ?? false;
    this.#known.set(key, true);
    this.#pending.delete(key);
    return true;
  }

  #tell(
    wanted: WantedSecret,
    subjects: readonly Subject[],
    outcome: GeneratedOutcome,
    durationMs: number,
  ): void {
    const { events } = this.#options;
    const { store, name, spec } = wanted;
    const wantedBy = subjects.slice(0, MOST_PODS_TOLD).map(formatSubject);
    const places = wanted.entries.map(({ path }) => path);
    const secret = { store, name, type: spec.type, places, wantedBy };
    if (outcome.status === "created")
      events.emit("secret-generated", { ...secret, paths: outcome.paths, durationMs });
    else if (outcome.status === "exists") events.emit("secret-exists", secret);
    else {
      const { reason, message, paths, store: storeStatus } = outcome;
      const said = storeStatus === undefined ? {} : { storeStatus };
      events.emit("generation-failed", { ...secret, reason, message, paths, ...said });
    }
  }
}

/** Short, for there are many. */
function keyOf(wanted: WantedSecret): string {
  return createHash("sha256").update(secretId(wanted)).digest("base64url");
}
