import {
  createEventBus,
  createSecretResolver,
  defineProvider,
  SecretValue,
  type StoreDefinition,
} from "@sluice/core";
import { formatPlan, type InjectionPlan, planDigest } from "@sluice/core/plan";
import type { Pod } from "@sluice/kubernetes";
import type { Store } from "@sluice/kubernetes/stores";
import type { EnvironmentRequest } from "@sluice/protocol";
import { describe, expect, it, vi } from "vitest";
import { type Answering, answerRequest } from "./answer-request.js";
import type { BrokerCluster } from "./cluster/broker-cluster.js";
import { PodReader } from "./cluster/pod-reader.js";
import { TokenMint } from "./identity/token-mint.js";
import { InFlight } from "./limits/in-flight.js";
import { NamespaceRate } from "./limits/namespace-rate.js";
import { ReviewBudget } from "./limits/review-budget.js";
import type { OnReplay } from "./release/claim-release.js";
import { createMemoryLedger } from "./release/memory-ledger.js";
import { RequestTrail } from "./request-trail.js";
import { catalogueOf, CONTAINER, POD, refusalOf, STORE, WORKLOAD } from "./rules/rules.test-support.js";
import { PlanReader } from "./rules/plan-reader.js";
import { SharedResolver } from "./stores/shared-resolver.js";
import type { StorePool } from "./stores/store-pool.js";

const PLAN: InjectionPlan = {
  version: 1,
  minReader: 1,
  critical: [],
  container: "web",
  env: { A: "secret://prod/app/a" },
};
const TEXT = formatPlan(PLAN);

const REQUEST: EnvironmentRequest = {
  protocol: 1,
  reader: 1,
  features: [],
  container: "web",
  nonce: "0".repeat(32),
  planDigest: planDigest(TEXT),
};

const memory = defineProvider<object>({
  id: "memory",
  optionsSchema: {},
  capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
  create: () => ({
    resolve: async (requests) =>
      requests.map(({ id, path }) => ({
        id,
        status: "found",
        value: SecretValue.fromText(`value of ${path}`),
      })),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

interface Situation {
  readonly text?: string;
  readonly store?: Store;
  readonly pod?: Partial<Pod>;
  readonly onReplay?: OnReplay;
}

/** A broker's insides over a pod with this plan; notes in which order they are asked. */
function open({ text = TEXT, store = STORE, pod = {}, onReplay = "audit" }: Situation = {}) {
  const asked: string[] = [];
  const events = createEventBus();
  const stores: Readonly<Record<string, StoreDefinition>> = { prod: memory({}) };
  const shared = new SharedResolver(createSecretResolver({ stores, events }));
  const containers = [{ ...CONTAINER, env: [{ name: "SLUICE_PLAN", value: text }] }];
  const reviewToken = vi.fn<BrokerCluster["reviewToken"]>(async () => {
    asked.push("token");
    return {
      serviceAccount: { namespace: "shop", name: "web", uid: "sa-1" },
      pod: { name: "web-1", uid: "pod-1" },
    };
  });
  const readPod = async (): Promise<Pod> => {
    asked.push("pod");
    return { ...POD, containers, ...pod };
  };
  const ledger = createMemoryLedger();
  const cluster = { reviewToken, readPod } as unknown as BrokerCluster;
  const answering: Answering = {
    cluster,
    catalogue: catalogueOf({ prod: { status: "found", store } }),
    pods: new PodReader(cluster),
    plans: new PlanReader(),
    pool: {
      borrow: async () => {
        asked.push("store");
        return shared.borrow();
      },
    } as unknown as StorePool,
    mint: new TokenMint(cluster),
    ledger: {
      update: async (key, change) => {
        asked.push("ledger");
        return ledger.update(key, change);
      },
    },
    rate: new NamespaceRate({ perSecond: 1, burst: 2 }),
    reviews: new ReviewBudget({ perSecond: 0.1, burst: 2 }),
    inFlight: new InFlight(4),
    onReplay,
    events,
  };
  const trail = new RequestTrail(events, { remoteAddress: "10.0.0.1" }, "web");
  const ask = async (request: object = {}, caller: { token?: string } = { token: "a.b.c" }) =>
    answerRequest(
      answering,
      { ...REQUEST, ...request },
      { remoteAddress: "10.0.0.1", ...caller },
      trail,
      AbortSignal.timeout(10_000),
    );
  return { ask, asked, trail, reviewToken };
}

describe("a request", () => {
  it("is asked about in the order of the rules, and the store last", async () => {
    const { ask, asked, trail } = open();
    const { answer, workload, references } = await ask();
    expect(answer).toEqual({ protocol: 1, critical: [], env: { A: "value of app/a" } });
    expect(workload).toEqual(WORKLOAD);
    expect(references).toEqual([{ reference: "secret://prod/app/a", store: "ClusterSecretStore prod" }]);
    expect(asked).toEqual(["token", "pod", "ledger", "store"]);
    expect(trail.release).toEqual({ kind: "first" });
  });

  it("2.4 counts for nothing in what it says of references, variables and stores", async () => {
    const { ask } = open();
    const env = { B: "secret://prod/app/b" };
    const { answer, references } = await ask({
      env,
      plan: { ...PLAN, env },
      references: ["secret://prod/app/b"],
    });
    expect(answer.env).toEqual({ A: "value of app/a" });
    expect(references.map(({ reference }) => reference)).toEqual(["secret://prod/app/a"]);
  });

  it("7.5 that is not allowed asks no store and claims no start", async () => {
    const env = { A: "secret://prod/app/a", B: "secret://prod/other" };
    const text = formatPlan({ ...PLAN, env });
    const { ask, asked, trail } = open({ text });
    const refusal = await refusalOf(async () => ask({ planDigest: planDigest(text) }));
    expect(refusal.detail).toMatchObject({ reason: "not-authorized", failures: [{ variable: "B" }] });
    expect(asked).toEqual(["token", "pod"]);
    // All that was asked for is written down, not only what is in the way.
    expect(trail.references).toEqual(["secret://prod/app/a", "secret://prod/other"]);
  });

  it("counts against the namespace of its token, which is reviewed before the pod is read", async () => {
    const { ask, asked } = open();
    await ask();
    await ask();
    expect((await refusalOf(ask)).detail.reason).toBe("too-many-requests");
    expect(asked.slice(-1)).toEqual(["token"]);
    expect((await refusalOf(async () => ask({}, {}))).detail.reason).toBe("no-token");
  });

  it("7.10 from an address with too many bad tokens asks nothing of the cluster, whoever's token it shows", async () => {
    const { ask, asked, reviewToken } = open();
    reviewToken.mockResolvedValue(undefined);
    for (const _ of [1, 2]) expect((await refusalOf(ask)).detail.reason).toBe("token-refused");
    // The pod that they claim was read meanwhile.
    asked.splice(0);
    for (const token of ["a.b.c", "d.e.f"])
      expect(await refusalOf(async () => ask({}, { token }))).toMatchObject({
        status: 429,
        detail: { reason: "too-many-bad-tokens", kind: "deadline", retryAfterSeconds: 10 },
      });
    expect(asked).toEqual([]);
    expect(reviewToken).toHaveBeenCalledTimes(2);
  });

  it("is refused for a container that the pod has not", async () => {
    const { ask, asked } = open({ pod: { containers: [{ ...CONTAINER, name: "other" }] } });
    expect((await refusalOf(ask)).detail.reason).toBe("container-unknown");
    expect(asked).toEqual(["token", "pod"]);
  });

  it("7.4 that asks twice is answered and noted, or refused before any store is asked", async () => {
    const nonce = "1".repeat(32);
    const audited = open();
    await audited.ask();
    await audited.ask({ nonce });
    expect(audited.trail.release).toEqual({ kind: "replay", why: "another-nonce" });
    const refusing = open({ onReplay: "refuse" });
    await refusing.ask();
    expect(await refusalOf(async () => refusing.ask({ nonce }))).toMatchObject({
      status: 409,
      detail: { reason: "replay" },
    });
    expect(refusing.asked.filter((what) => what === "store")).toHaveLength(1);
  });

  it("7.6 shows a store that acts as the pod a token of its audience, reviewed as one", async () => {
    const store = { ...STORE, identity: { as: "pod", tokenSource: "projected", audience: "vault" } } as const;
    const { ask, reviewToken } = open({ store });
    expect((await refusalOf(ask)).detail.reason).toBe("pod-token-missing");
    // The store here cannot act as anybody, and says so; what matters is who was asked.
    await refusalOf(async () => ask({ tokens: { vault: "d.e.f", other: "g.h.i" } }));
    expect(reviewToken.mock.calls.map(([token, audience]) => [token, audience])).toEqual([
      ["a.b.c", "sluice/web"],
      ["a.b.c", "sluice/web"],
      ["d.e.f", "vault"],
    ]);
  });

  it("7.9 is accepted with a plan of a later version that a reader of this one may act on", async () => {
    const text = TEXT.replace('"version":1', '"version":2');
    expect(text).not.toBe(TEXT);
    const { ask } = open({ text });
    expect((await ask({ planDigest: planDigest(text), reader: 2 })).answer.env).toHaveProperty("A");
  });
});
