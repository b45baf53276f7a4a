import pLimit from "p-limit";
import type { EventBus } from "../events/event-bus.js";
import { type Identity, identityKey } from "../provider/identity.js";
import type { TraceContext } from "../provider/provider-context.js";
import type { SecretOutcome } from "../provider/secret-outcome.js";
import { callWithRetries } from "./call-with-retries.js";
import { failureOfThrown } from "./failure-of-thrown.js";
import { Flight } from "./flight.js";
import type { ProviderHandle } from "./provider-handle.js";
import { requestKey, type RequestTemplate } from "./request-key.js";
import type { RetryOptions } from "./resolver-options.js";
import { Seats } from "./seats.js";

/** On whose behalf reads are made. */
export interface Reader {
  readonly identity: Identity;
  readonly trace: TraceContext;
}

/** The reads of one call, by the identifiers of their requests. */
interface Batch extends Reader {
  readonly flights: Map<string, Flight>;
  readonly seats: Seats;
}

/**
 * The reads of one store. Those asked for in the same turn of the event loop leave in common batches, and
 * the same read is under way only once. What nobody waits for any more is aborted.
 */
export class ReadQueue {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #flights = new Map<string, Flight>();
  /** The batch of each identity that still takes reads. */
  readonly #boarding = new Map<string, Batch>();
  #requests = 0;

  constructor(
    private readonly handle: ProviderHandle,
    private readonly retry: Required<RetryOptions>,
    private readonly events: EventBus,
    concurrency: number,
  ) {
    this.#limit = pLimit(Math.min(concurrency, handle.definition.capabilities.maxConcurrency ?? Infinity));
  }

  /** Reads under way that may be joined: 0 when nobody waits for anything. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * The flight that reads this: one under way already, or a new one in the next batch. The caller joins it
   * before it yields to the event loop.
   *
   * @param scope keeps the read apart from those of other scopes, for what must not be shared
   */
  flight(template: RequestTemplate, reader: Reader, scope: string): { flight: Flight; shared: boolean } {
    const identity = identityKey(reader.identity);
    const key = requestKey(identity, template) + scope;
    const existing = this.#flights.get(key);
    if (existing !== undefined) return { flight: existing, shared: true };
    const batch = this.#batchFor(identity, reader);
    this.#requests += 1;
    const request = { ...template, id: String(this.#requests) };
    const flight = new Flight(key, request, batch.seats);
    batch.flights.set(request.id, flight);
    this.#flights.set(key, flight);
    return { flight, shared: false };
  }

  /** Lets nobody join what is under way: it may have been read before what happened just now. */
  seal(): void {
    this.#flights.clear();
  }

  #batchFor(identity: string, { identity: of, trace }: Reader): Batch {
    const boarding = this.#boarding.get(identity);
    if (boarding !== undefined && boarding.flights.size < this.handle.definition.capabilities.batchSize)
      return boarding;
    const batch: Batch = { identity: of, trace, flights: new Map(), seats: new Seats() };
    const close = (): void => {
      if (this.#boarding.get(identity) === batch) this.#boarding.delete(identity);
    };
    this.#boarding.set(identity, batch);
    batch.seats.signal.addEventListener("abort", () => {
      close();
      for (const flight of batch.flights.values()) this.#land(flight);
    });
    // A tick asked for by a microtask comes after all others of this turn, those not yet queued included.
    queueMicrotask(() =>
      process.nextTick(() => {
        close();
        void this.#fly(batch);
      }),
    );
    return batch;
  }

  /** Carries out one call. Never rejects: it is aborted only when nobody waits. */
  async #fly({ flights, seats, identity, trace }: Batch): Promise<void> {
    const deliver = (outcome: SecretOutcome): void => {
      const flight = flights.get(outcome.id);
      if (flight === undefined) return;
      this.#land(flight);
      flight.deliver(outcome);
    };
    try {
      await callWithRetries({
        requests: Array.from(flights.values(), ({ request }) => request),
        retry: this.retry,
        signal: seats.signal,
        deadline: () => seats.deadline,
        limit: this.#limit,
        board: (requests) => requests.filter(({ id }) => this.#board(flights.get(id))),
        attempt: (requests, attempt, signal) =>
          this.handle.resolve(requests, attempt, { signal, deadline: seats.deadline, identity, trace }),
        deliver,
        onRetry: (requests, attempt, delayMs) => {
          const { store } = this.handle;
          this.events.emit("retry-scheduled", { store, requests, attempt, delayMs, traceId: trace.id });
        },
      });
    } catch (thrown) {
      if (seats.signal.aborted) return;
      for (const id of flights.keys()) deliver({ id, ...failureOfThrown(thrown) });
    }
  }

  /** Whether a flight still goes: one that nobody waits for is off, above all if it would issue something. */
  #board(flight: Flight | undefined): boolean {
    if (flight?.wanted === false) this.#land(flight);
    return flight?.wanted === true;
  }

  #land(flight: Flight): void {
    // Its key may already be that of a later flight.
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
  }
}
