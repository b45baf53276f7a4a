import { createEventBus, type EventBus, SluiceError, thrownName } from "@sluice/core";
import type { Describe } from "@sluice/core/telemetry";
import { readStoreOptions, type Store, type StoreCheck } from "@sluice/kubernetes/stores";
import type { Caller, EnvironmentAnswer, EnvironmentRequest, ProblemError, Source } from "@sluice/protocol";
import { type Answering, answerRequest } from "./answer-request.js";
import type { BrokerOptions } from "./broker-options.js";
import { createBrokerCluster } from "./cluster/create-broker-cluster.js";
import { PodReader } from "./cluster/pod-reader.js";
import { tracedCluster } from "./cluster/traced-cluster.js";
import { DeliveredVersions } from "./delivered/delivered-versions.js";
import { TokenMint } from "./identity/token-mint.js";
import { PodLeases } from "./leases/pod-leases.js";
import { InFlight } from "./limits/in-flight.js";
import { DEFAULT_RATE, NamespaceRate } from "./limits/namespace-rate.js";
import type { BrokerState } from "./metrics/broker-metrics.js";
import { DEFAULT_REVIEW_BUDGET, ReviewBudget } from "./limits/review-budget.js";
import { createMemoryLedger } from "./release/memory-ledger.js";
import { refuse } from "./refusals.js";
import { RequestTrail } from "./request-trail.js";
import { PlanReader } from "./rules/plan-reader.js";
import { checkStore } from "./stores/check-store.js";
import { StorePool } from "./stores/store-pool.js";
import {
  describeRefused,
  describeReleased,
  describeWorkload,
  inAnswerSpan,
} from "./telemetry/in-answer-span.js";
import { toProblem } from "./to-problem.js";

/** The source behind a broker's server. Dispose it when the last request is answered. */
export interface Broker extends AsyncDisposable {
  readonly source: Source;
  readonly events: EventBus;
  readonly state: BrokerState;
  /** Why it cannot answer at present, for those who run it. */
  notReady(): string | undefined;
  /** Looks whether a store can be read from. What it says may be shown to anybody who may see the store. */
  readonly check: (store: Store, signal: AbortSignal) => Promise<StoreCheck>;
  /** Answers nothing new from now on. */
  drain(): void;
}

declare module "@sluice/core" {
  interface SluiceEvents {
    /** Something failed that never should; for the log. */
    "broker-failed": BrokerFailedEvent;
  }
}

/** A failure inside the broker that no rule foresees. */
export interface BrokerFailedEvent {
  readonly requestId: string;
  /** Code or class of what was thrown. */
  readonly errorName: string;
  /** Where; without its message, which may quote anything. */
  readonly frames: readonly string[];
}

const DEFAULT_IN_FLIGHT = 256;
const DEFAULT_TIMEOUT_MS = 25_000;

/** Wires a broker. Nothing is read or connected before its first request, but what the catalogue does by itself. */
export function createBroker(options: BrokerOptions): Broker {
  const { client, catalogue, events = createEventBus(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const cluster = tracedCluster(createBrokerCluster(client, events));
  const pool = new StorePool(catalogue, {
    providers: options.providers,
    environment: options.environment,
    baseDirectory: options.baseDirectory,
    ...(options.tenants !== undefined && { tenants: options.tenants }),
    events,
    readOptions: async (store) => readStoreOptions(client, store, { signal: AbortSignal.timeout(timeoutMs) }),
  });
  const inFlight = new InFlight(options.mostInFlight ?? DEFAULT_IN_FLIGHT);
  const answering: Answering = {
    inFlight,
    cluster,
    catalogue,
    pool,
    events,
    pods: new PodReader(cluster),
    plans: new PlanReader(),
    mint: new TokenMint(cluster),
    ledger: options.ledger ?? createMemoryLedger(),
    rate: new NamespaceRate(options.rate ?? DEFAULT_RATE),
    reviews: new ReviewBudget(options.badTokens ?? DEFAULT_REVIEW_BUDGET),
    onReplay: options.onReplay ?? "audit",
  };
  const leases = new PodLeases(cluster, options.podPollMs);
  const delivered = options.recordVersions === false ? undefined : new DeliveredVersions(client, events);
  let draining = false;

  async function answer(
    request: EnvironmentRequest,
    caller: Caller,
    describe: Describe,
  ): Promise<EnvironmentAnswer> {
    const trail = new RequestTrail(events, caller, request.container);
    const tooSlow = AbortSignal.timeout(timeoutMs);
    try {
      if (draining) throw refuse("draining", "This broker is being stopped", { retryAfterSeconds: 1 });
      using _entered = inFlight.enter();
      const signal = AbortSignal.any([caller.signal, tooSlow]);
      const answered = await answerRequest(answering, request, caller, trail, signal);
      // What comes of leases given back is told by events; nobody waits for it.
      void leases.keep(answered.workload, answered.start, answered.leases);
      delivered?.record(answered.pod, answered.workload, answered.references);
      trail.released(answered.workload, request.planDigest, answered.references);
      describeReleased(describe, answered.references.length);
      return answered.answer;
    } catch (thrown) {
      const problem = problemOf(thrown, caller.signal, tooSlow);
      if (problem.detail.kind === "bug") tellOfBug(events, trail.requestId, thrown);
      trail.refused(problem);
      describeRefused(describe, problem);
      throw problem;
    } finally {
      if (trail.workload !== undefined) describeWorkload(describe, trail.workload);
    }
  }

  function notReady(): string | undefined {
    if (draining) return "The broker is being stopped";
    const { ready, problems } = catalogue.health();
    const why = problems.map(({ problem }) => `: ${problem}`).join("");
    return ready ? undefined : `Not all stores are known yet${why}`;
  }

  return {
    events,
    notReady,
    check: async (store, signal) => checkStore(pool, store, signal),
    state: {
      inFlight: () => inFlight.count,
      storesReady: () => catalogue.entries().filter(({ status }) => status === "found").length,
      storesInvalid: () => catalogue.entries().filter(({ status }) => status === "invalid").length,
      storeProblems: () => catalogue.health().problems.length,
      leasesKept: () => leases.size,
    },
    drain: () => void (draining = true),
    source: {
      answer: async (request, caller) =>
        inAnswerSpan(request.container, async (describe) => answer(request, caller, describe)),
      isReady: () => notReady() === undefined,
      onRefused: (problem, caller, thrown) => {
        const trail = new RequestTrail(events, caller);
        if (thrown !== undefined) tellOfBug(events, trail.requestId, thrown);
        trail.refused(problem);
      },
    },
    [Symbol.asyncDispose]: async () => {
      leases[Symbol.dispose]();
      await delivered?.[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

function problemOf(thrown: unknown, gone: AbortSignal, tooSlow: AbortSignal): ProblemError {
  const problem = toProblem(thrown);
  if (problem.detail.kind !== "bug") return problem;
  if (gone.aborted) return refuse("caller-gone", "The launcher went before it had its answer");
  if (tooSlow.aborted) return refuse("too-slow", "The environment was not complete in time");
  return problem;
}

function tellOfBug(events: EventBus, requestId: string, thrown: unknown): void {
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const frames = (stack.match(/^\s+at .*$/gm) ?? []).map((frame) => frame.trim());
  const errorName = SluiceError.isInstance(thrown) ? thrown.code : thrownName(thrown);
  events.emit("broker-failed", { requestId, errorName, frames });
}
