import pLimit from "p-limit";
import type { EventBus } from "../events/event-bus.js";
import { type Identity, identityKey } from "../provider/identity.js";
import type { TraceContext } from "../provider/provider-context.js";
import { callWithRetries } from "./call-with-retries.js";
import { failureOfThrown } from "./check-outcomes.js";
import { Flight } from "./flight.js";
import type { ProviderHandle } from "./provider-handle.js";
import { requestKey, type RequestTemplate } from "./request-key.js";
import type { RetryOptions } from "./resolver-options.js";

/** On whose behalf reads are made. */
export interface Reader {
  readonly identity: Identity;
  readonly trace: TraceContext;
}

interface Batch extends Reader {
  readonly flights: Flight[];
}

/**
 * The reads of one store. Those asked for in the same turn of the event loop leave in common batches, and
 * the same read is under way only once. What nobody waits for any more is aborted.
 */
export class ReadQueue {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #flights = new Map<string, Flight>();
  readonly #departing = new Map<string, Batch>();

  constructor(
    private readonly handle: ProviderHandle,
    private readonly retry: Required<RetryOptions>,
    private readonly events: EventBus,
    concurrency: number,
  ) {
    this.#limit = pLimit(Math.min(concurrency, handle.definition.capabilities.maxConcurrency ?? Infinity));
  }

  /** Reads under way: 0 when nobody waits for anything. */
  get size(): number {
    return this.#flights.size;
  }

  /**
   * The flight that reads this: one under way already, or a new one in the next batch. The caller joins it
   * before it yields to the event loop.
   *
   * @param scope keeps the read apart from those of other scopes, for what must not be shared
   */
  flight(request: RequestTemplate, reader: Reader, scope: string): { flight: Flight; shared: boolean } {
    const identity = identityKey(reader.identity);
    const key = requestKey(identity, request) + scope;
    const existing = this.#flights.get(key);
    if (existing !== undefined) return { flight: existing, shared: true };
    const flight = new Flight({ ...request, id: key });
    this.#flights.set(key, flight);

    const batch = this.#departing.get(identity);
    if (batch !== undefined) batch.flights.push(flight);
    else {
      this.#departing.set(identity, { ...reader, flights: [flight] });
      queueMicrotask(() => this.#depart(identity));
    }
    return { flight, shared: false };
  }

  #depart(identity: string): void {
    const batch = this.#departing.get(identity);
    if (batch === undefined) return;
    this.#departing.delete(identity);
    const { batchSize } = this.handle.definition.capabilities;
    for (let start = 0; start < batch.flights.length; start += batchSize)
      void this.#fly({ ...batch, flights: batch.flights.slice(start, start + batchSize) });
  }

  /** Carries out one call. Never rejects: it is aborted only when nobody waits. */
  async #fly({ flights, identity, trace }: Batch): Promise<void> {
    const abandoned = new AbortController();
    const byId = new Map(flights.map((flight) => [flight.request.id, flight]));
    const land = (flight: Flight): void => {
      // Its key may already be that of a later flight.
      if (this.#flights.get(flight.request.id) === flight) this.#flights.delete(flight.request.id);
    };
    for (const flight of flights)
      flight.onAbandoned = () => {
        if (flights.some(({ waiting }) => waiting > 0)) return;
        flights.forEach(land);
        abandoned.abort(new DOMException("Nobody waits for the answer", "AbortError"));
      };
    const deadline = (): number => Math.max(...flights.map((flight) => flight.deadline));
    try {
      await callWithRetries({
        requests: flights.map(({ request }) => request),
        retry: this.retry,
        signal: abandoned.signal,
        deadline,
        limit: this.#limit,
        attempt: (requests, attempt, signal) =>
          this.handle.resolve(requests, attempt, { signal, deadline: deadline(), identity, trace }),
        deliver: (outcome) => {
          const flight = byId.get(outcome.id);
          if (flight === undefined) return;
          land(flight);
          flight.deliver(outcome);
        },
        onRetry: (requests, attempt, delayMs) => {
          const { store } = this.handle;
          this.events.emit("retry-scheduled", { store, requests, attempt, delayMs, traceId: trace.id });
        },
      });
    } catch (thrown) {
      if (abandoned.signal.aborted) return;
      for (const flight of flights) flight.deliver({ id: flight.request.id, ...failureOfThrown(thrown) });
    } finally {
      flights.forEach(land);
    }
  }
}
