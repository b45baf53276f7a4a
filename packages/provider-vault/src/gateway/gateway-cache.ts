import { Readable } from "node:stream";
import type { GatewayAnswer, GatewayRequest } from "@sluice/core";
import { LRUCache } from "lru-cache";
import { CacheKeys, shownToken } from "./cache-key.js";
import { endedBy, type Ending } from "./ended-by.js";
import { bodyAgain, type KeptAnswer, keptAnswer, mayBeKept, spentAt } from "./kept-answer.js";
import { readAhead } from "./read-ahead.js";

/** Bounds of what is kept. */
const MOST = { answers: 500, bytes: 4 * 1024 * 1024, answerBytes: 256 * 1024 } as const;

/** What an answer takes beside its body, about. */
const OVERHEAD_BYTES = 1024;

/** What Node's timers can wait for, in milliseconds: 24 days. An answer is kept no longer. */
const LONGEST_MS = 2 ** 31 - 1000;

interface Entry {
  readonly answer: KeptAnswer;
  /** Who asked, and the token that was given, by what stands for them. */
  readonly asker: string;
  readonly gave?: string;
}

/** How asking the server came out for those who wait for the same: `left` when who asked went away. */
type Flight = "kept" | "not-kept" | "left";

/** Asks the server. */
type Ask = () => Promise<GatewayAnswer>;

/**
 * Answers that issued a lease or a token, for whoever asks the same again with the same token while it lives. In memory
 * only. Equal requests at a time are asked once. It renews nothing.
 */
export class GatewayCache implements Disposable {
  readonly #keys = new CacheKeys();
  readonly #entries = new LRUCache<string, Entry>({
    max: MOST.answers,
    maxSize: MOST.bytes,
    // What is over leaves the memory by itself.
    ttlAutopurge: true,
  });
  readonly #flights = new Map<string, Promise<Flight>>();
  /** Stands for our own token, when it was last used. */
  #own = "";
  /** Grows when something is evicted: an answer that was under way then is not kept. */
  #evictions = 0;

  /** @param broken what a failure is, to read an answer that had begun. */
  constructor(private readonly broken: (thrown: unknown) => Error) {}

  /** Answers a request that is asked with our token, or with what it shows itself. Rejects as `ask` does. */
  async answer(
    request: GatewayRequest,
    own: string | undefined,
    ask: Ask,
    signal: AbortSignal,
  ): Promise<GatewayAnswer> {
    const asker = this.#askerOf(request, own);
    const ending = endedBy(request);
    if (ending !== undefined) return this.#ended(ending, asker, ask);
    if (!mayBeKept(request)) return missed(await ask());
    const key = this.#keys.ofRequest(request, asker);
    for (;;) {
      const entry = this.#entries.get(key);
      if (entry !== undefined && Date.now() < spentAt(entry.answer)) return given(entry.answer);
      const flight = this.#flights.get(key);
      if (flight === undefined) return this.#asked(key, asker, ask, signal);
      if ((await orLeft(flight, signal)) === "not-kept") return missed(await ask());
    }
  }

  [Symbol.dispose](): void {
    this.#evict({ of: "all" }, "");
  }

  #askerOf(request: GatewayRequest, own: string | undefined): string {
    const token = own ?? shownToken(request);
    const asker = token === undefined ? "" : this.#keys.ofToken(token);
    if (own !== undefined && asker !== this.#own) {
      if (this.#own !== "") this.#evictToken(this.#own);
      this.#own = asker;
    }
    return asker;
  }

  /** Evicted before, and after whatever comes of it: an answer that never came may have done it all the same. */
  async #ended(ending: Ending, asker: string, ask: Ask): Promise<GatewayAnswer> {
    this.#evict(ending, asker);
    try {
      return missed(await ask());
    } finally {
      this.#evict(ending, asker);
    }
  }

  async #asked(key: string, asker: string, ask: Ask, signal: AbortSignal): Promise<GatewayAnswer> {
    const flight = Promise.withResolvers<Flight>();
    this.#flights.set(key, flight.promise);
    const evictions = this.#evictions;
    let outcome: Flight = "not-kept";
    try {
      const answer = await ask();
      if (!isShortJson(answer)) return missed(answer);
      const read = await readAhead(answer.body, MOST.answerBytes).catch((thrown: unknown) => {
        signal.throwIfAborted();
        throw this.broken(thrown);
      });
      if ("streamed" in read) return missed({ ...answer, body: read.streamed });
      if (evictions === this.#evictions && this.#keep(key, asker, answer, read.whole)) outcome = "kept";
      return missed({ ...answer, body: Readable.from([read.whole]) });
    } finally {
      this.#flights.delete(key);
      flight.resolve(signal.aborted ? "left" : outcome);
    }
  }

  #keep(key: string, asker: string, answer: GatewayAnswer, whole: Uint8Array): boolean {
    const kept = keptAnswer(answer, whole, Date.now());
    if (kept === undefined) return false;
    const askerEndsAt = this.#endOf(asker);
    // Of a token that we know nothing of, nobody would tell us the end.
    if (askerEndsAt === undefined && kept.token?.isOrphan !== true) return false;
    const bounded =
      kept.token?.isOrphan === true ? kept : { ...kept, endsAt: Math.min(kept.endsAt, askerEndsAt ?? 0) };
    const ttl = Math.min(spentAt(bounded) - bounded.at, LONGEST_MS);
    if (ttl < 1) return false;
    const gave = kept.token && this.#keys.ofToken(kept.token.text.text());
    const size = whole.byteLength + OVERHEAD_BYTES;
    this.#entries.set(key, { answer: bounded, asker, ...(gave && { gave }) }, { ttl: Math.ceil(ttl), size });
    return true;
  }

  /** When a token ends that is ours, or that came through us. The session sees to the end of our own. */
  #endOf(asker: string): number | undefined {
    if (asker === "") return undefined;
    if (asker === this.#own) return Infinity;
    return Array.from(this.#entries.values()).find(({ gave }) => gave === asker)?.answer.endsAt;
  }

  #evict(ending: Ending, asker: string): void {
    this.#evictions += 1;
    if (ending.of === "all") return this.#entries.clear();
    if (ending.of === "asker") return this.#evictToken(asker);
    const { of, name } = ending;
    if (of === "token") return this.#evictToken(this.#keys.ofToken(name));
    for (const [key, { answer, gave }] of Array.from(this.#entries.entries())) {
      if (of === "lease" && answer.lease === name) this.#entries.delete(key);
      if (of === "accessor" && answer.token?.accessor === name && gave !== undefined) this.#evictToken(gave);
    }
  }

  /** With a token ends all that was issued to it. */
  #evictToken(token: string): void {
    this.#evictions += 1;
    for (const [key, { asker, gave }] of Array.from(this.#entries.entries())) {
      if (asker !== token && gave !== token) continue;
      this.#entries.delete(key);
      if (asker === token && gave !== undefined) this.#evictToken(gave);
    }
  }
}

function isShortJson({ headers }: GatewayAnswer): boolean {
  return (
    /^application\/json\b/i.test(String(headers["content-type"])) &&
    !(Number(headers["content-length"]) > MOST.answerBytes)
  );
}

function missed(answer: GatewayAnswer): GatewayAnswer {
  return { ...answer, cache: { hit: false } };
}

function given(kept: KeptAnswer): GatewayAnswer {
  const now = Date.now();
  return {
    status: kept.status,
    headers: kept.headers,
    body: Readable.from([bodyAgain(kept, now)]),
    cache: { hit: true, ageSeconds: Math.max(0, Math.floor((now - kept.at) / 1000)) },
  };
}

/** Rejects with the signal's reason as soon as that aborts. */
async function orLeft<Result>(awaited: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([awaited, left.promise]);
  } finally {
    signal.removeEventListener("abort", leave);
  }
}
