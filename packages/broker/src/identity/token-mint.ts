import { type SecretValue, StoreError } from "@sluice/core";
import type { RequestedToken } from "@sluice/kubernetes";
import { LRUCache } from "lru-cache";
import type { Workload } from "../audit/audit-events.js";
import type { BrokerCluster } from "../cluster/broker-cluster.js";
import { toProblem } from "../to-problem.js";

/** Part of a token's life after which another is created. */
const USED_FOR = 0.8;
const MOST_TOKENS = 5_000;
const TIMEOUT_MS = 10_000;

interface Minted {
  readonly token: SecretValue;
  readonly useUntil: number;
}

/** Creates tokens of pods' service accounts, each bound to its pod, and keeps them while they are good. */
export class TokenMint {
  readonly #tokens = new LRUCache<string, Promise<Minted>>({ max: MOST_TOKENS });

  constructor(private readonly cluster: Pick<BrokerCluster, "requestToken">) {}

  /** A token that proves the pod to `audience`. @throws StoreError */
  async get(workload: Workload, audience: string, signal: AbortSignal): Promise<string> {
    const key = JSON.stringify([workload.podUid, workload.serviceAccountUid, audience]);
    for (;;) {
      signal.throwIfAborted();
      const kept = this.#tokens.get(key);
      const minted = await (kept ?? this.#mint(key, workload, audience));
      if (Date.now() < minted.useUntil || kept === undefined) return minted.token.text();
      if (this.#tokens.get(key) === kept) this.#tokens.delete(key);
    }
  }

  #mint(key: string, workload: Workload, audience: string): Promise<Minted> {
    // Not the caller's signal: others may wait for the same token.
    const minting = this.#request(workload, audience, AbortSignal.timeout(TIMEOUT_MS));
    this.#tokens.set(key, minting);
    minting.catch(() => {
      if (this.#tokens.get(key) === minting) this.#tokens.delete(key);
    });
    return minting;
  }

  async #request(workload: Workload, audience: string, signal: AbortSignal): Promise<Minted> {
    const { namespace, serviceAccount, pod, podUid } = workload;
    const askedAt = Date.now();
    const wanted = { namespace, serviceAccount, audience, pod: { name: pod, uid: podUid } };
    const { token, expiresAt } = await this.#ask(wanted, signal);
    return { token, useUntil: askedAt + (expiresAt - askedAt) * USED_FOR };
  }

  async #ask(
    wanted: Parameters<BrokerCluster["requestToken"]>[0],
    signal: AbortSignal,
  ): Promise<RequestedToken> {
    try {
      return await this.cluster.requestToken(wanted, signal);
    } catch (thrown) {
      const { detail } = toProblem(thrown);
      throw new StoreError(wanted.audience, {
        status: "unavailable",
        reason: "pod-token-unavailable",
        message: `could not create a token of service account ${wanted.namespace}/${wanted.serviceAccount}: ${detail.message}`,
        remedy: "Let the broker create tokens of this service account, see docs/broker.md",
      });
    }
  }
}
