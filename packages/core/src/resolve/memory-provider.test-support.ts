import { ResolutionError } from "../errors/resolution-error.js";
import { createEventBus, type EventBus } from "../events/event-bus.js";
import { defineProvider, type StoreDefinition } from "../provider/define-provider.js";
import type { DelegatedIdentity } from "../provider/identity.js";
import type { ProviderCapabilities } from "../provider/provider-capabilities.js";
import type { ProviderContext } from "../provider/provider-context.js";
import type { Failure, SecretFound, SecretOutcome } from "../provider/secret-outcome.js";
import type { SecretProvider } from "../provider/secret-provider.js";
import type { SecretRequest } from "../provider/secret-request.js";
import { unlessAborted } from "../util/unless-aborted.js";
import { SecretValue } from "../value/secret-value.js";
import { createSecretResolver } from "./create-secret-resolver.js";
import type { ResolverOptions } from "./resolver-options.js";
import type { SecretResolver } from "./secret-resolver.js";

/** What one request for a path is answered: a found text, an outcome without its identifier, or a decision. */
export type Step =
  | string
  | Omit<SecretFound, "id">
  | Failure
  | ((request: SecretRequest, context: ProviderContext) => unknown);

/** The answers to successive requests for a path; the last one stays. */
export type Script = Step | readonly Step[];

export interface MemoryStoreOptions {
  readonly capabilities?: Partial<ProviderCapabilities>;
  /** What has to happen before a call is answered: nothing by default. */
  readonly latency?: (call: RecordedCall) => PromiseLike<unknown> | undefined;
  /** Goes on when its signal aborts, as a careless provider does. */
  readonly ignoresSignal?: boolean;
  /** Further verbs, or another `resolve`. */
  readonly verbs?: Partial<SecretProvider>;
}

export interface RecordedCall {
  readonly requests: readonly SecretRequest[];
  readonly paths: readonly string[];
  readonly context: ProviderContext;
}

/** A store for tests that answers by script and remembers everything it was asked. */
export class MemoryStore {
  readonly calls: RecordedCall[] = [];
  readonly scripts: Map<string, Script>;
  created = 0;
  closed = 0;
  /** Calls under way now, and at most so far. */
  active = 0;
  highWater = 0;
  readonly #asked = new Map<string, number>();

  constructor(
    scripts: Readonly<Record<string, Script>>,
    private readonly options: MemoryStoreOptions,
  ) {
    this.scripts = new Map(Object.entries(scripts));
  }

  get definition(): StoreDefinition {
    const provider: SecretProvider = {
      resolve: (requests, context) => this.#resolve(requests, context),
      ...this.options.verbs,
      [Symbol.asyncDispose]: async () => {
        this.closed += 1;
      },
    };
    return defineProvider<object>({
      id: "memory",
      optionsSchema: {},
      capabilities: {
        batchSize: 10,
        fields: "extracted",
        versions: { exact: true, label: true },
        ...this.options.capabilities,
      },
      create: () => {
        this.created += 1;
        return provider;
      },
    })({});
  }

  /** Paths in the order they were asked for, each as often as it was. */
  get asked(): string[] {
    return this.calls.flatMap(({ paths }) => paths);
  }

  async #resolve(
    requests: readonly SecretRequest[],
    context: ProviderContext,
  ): Promise<readonly SecretOutcome[]> {
    const call = { requests, paths: requests.map(({ path }) => path), context };
    this.calls.push(call);
    this.active += 1;
    this.highWater = Math.max(this.highWater, this.active);
    try {
      const latency = Promise.resolve(this.options.latency?.(call));
      await (this.options.ignoresSignal ? latency : unlessAborted(context.signal, latency));
      return await Promise.all(requests.map((request) => this.#answer(request, context)));
    } finally {
      this.active -= 1;
    }
  }

  async #answer(request: SecretRequest, context: ProviderContext): Promise<SecretOutcome> {
    const script = this.scripts.get(request.path) ?? NOT_FOUND;
    const steps = (Array.isArray(script) ? script : [script]) as readonly Step[];
    const asked = this.#asked.get(request.path) ?? 0;
    this.#asked.set(request.path, asked + 1);
    const step = steps[Math.min(asked, steps.length - 1)] ?? NOT_FOUND;
    const outcome: unknown = typeof step === "function" ? await step(request, context) : step;
    return (
      typeof outcome === "string" ? { id: request.id, ...found(outcome) } : withId(outcome, request.id)
    ) as SecretOutcome;
  }
}

export function memoryStore(
  scripts: Readonly<Record<string, Script>> = {},
  options: MemoryStoreOptions = {},
): MemoryStore {
  return new MemoryStore(scripts, options);
}

export const NOT_FOUND: Failure = { status: "not-found", reason: "absent" };
export const DENIED: Failure = { status: "denied", reason: "forbidden" };
export const THROTTLED: Failure = { status: "throttled", reason: "rate" };
export const UNAVAILABLE: Failure = { status: "unavailable", reason: "down" };

export function found(text: string, more: Partial<SecretFound> = {}): Omit<SecretFound, "id"> {
  return { status: "found", value: SecretValue.fromText(text), ...more };
}

export function delegated(cacheKey: string): DelegatedIdentity {
  return {
    kind: "delegated",
    cacheKey,
    subject: `subject-${cacheKey}`,
    getToken: async () => `token-${cacheKey}`,
  };
}

/** Retries without pauses, as tests want them. */
export const QUICK = { baseDelayMs: 0, maxDelayMs: 0 } as const;

/** A resolver of the one store `prod`, without pauses between tries. */
export function resolverOf(
  store: MemoryStore,
  options: Omit<ResolverOptions<never>, "stores"> = {},
): SecretResolver<"prod"> {
  return createSecretResolver({ stores: { prod: store.definition }, retry: QUICK, ...options });
}

/** A bus that keeps what is said on it. */
export function recordingBus(): { readonly bus: EventBus; readonly said: { name: string; event: object }[] } {
  const bus = createEventBus();
  const said: { name: string; event: object }[] = [];
  bus.onAny((name, event) => said.push({ name, event }));
  return { bus, said };
}

function withId(outcome: unknown, id: string): unknown {
  return typeof outcome === "object" && outcome !== null ? { id, ...outcome } : outcome;
}

/** The one error that a read rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<ResolutionError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!ResolutionError.isInstance(thrown)) throw new Error("It was no ResolutionError", { cause: thrown });
  return thrown;
}
