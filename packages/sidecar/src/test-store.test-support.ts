import {
  createEventBus,
  createSecretResolver,
  defineProvider,
  type EventBus,
  type Failure,
  type SecretFound,
  type SecretLease,
  type SecretResolver,
  SecretValue,
} from "@sluice/core";

/** A store whose secrets a test changes, that can be away, and that issues what is below `issue/`. */
export class TestStore {
  readonly secrets = new Map<string, string>();
  readonly reads: string[] = [];
  /** When it was asked, in milliseconds since the epoch. */
  readonly askedAt: number[] = [];
  readonly revoked: string[] = [];
  isAway = false;
  /** How long what is issued lives, and until when it can be renewed, in milliseconds. */
  lease = { ttlMs: 60_000, maxTtlMs: 3_600_000 };
  #issued = 0;
  #held: Promise<void> = Promise.resolve();

  readonly definition = defineProvider<object>({
    id: "test",
    optionsSchema: {},
    capabilities: {
      batchSize: 100,
      fields: "extracted",
      versions: { exact: false, label: false },
      leases: { renew: true, revoke: true },
    },
    create: () => ({
      resolve: async (requests) => {
        this.askedAt.push(Date.now());
        await this.#held;
        return requests.map(({ id, path }) => {
          this.reads.push(path);
          return { id, ...this.#answer(path) };
        });
      },
      renewLease: async (): Promise<SecretLease | Failure> =>
        this.isAway ? AWAY : { id: "", ttlMs: this.lease.ttlMs, renewable: true },
      revokeLease: async (id) => {
        this.revoked.push(id);
        return { status: "revoked" };
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  })({});

  /** How often something was issued. */
  get issued(): number {
    return this.#issued;
  }

  /** Answers nothing until it is let go. */
  hold(): { readonly resolve: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return { resolve };
  }

  /** A resolver as a sidecar has one, and its events. */
  open(): { readonly resolver: SecretResolver; readonly events: EventBus } {
    const events = createEventBus();
    const resolver = createSecretResolver({
      stores: { test: this.definition },
      cache: false,
      retry: { attempts: 1 },
      leases: { renew: true },
      events,
    });
    return { resolver: resolver as SecretResolver, events };
  }

  #answer(path: string): Omit<SecretFound, "id"> | Failure {
    if (this.isAway) return AWAY;
    if (path.startsWith("issue/")) {
      this.#issued += 1;
      const lease = { id: `lease-${this.#issued}`, renewable: true, ...this.lease };
      const pair = { user: `u${this.#issued}`, password: `p${this.#issued}` };
      return { status: "found", value: SecretValue.fromText(JSON.stringify(pair)), lease };
    }
    const value = this.secrets.get(path);
    return value === undefined
      ? { status: "not-found", reason: "absent" }
      : { status: "found", value: SecretValue.fromText(value) };
  }
}

const AWAY: Failure = { status: "unavailable", reason: "away" };
