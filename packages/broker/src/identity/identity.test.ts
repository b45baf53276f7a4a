import { identityKey, SecretValue } from "@sluice/core";
import * as fc from "fast-check";
import type { Store } from "@sluice/kubernetes/stores";
import { describe, expect, it, vi } from "vitest";
import type { BrokerCluster, ReviewedToken } from "../cluster/broker-cluster.js";
import { refusalOf, STORE, WORKLOAD } from "../rules/rules.test-support.js";
import { checkProjectedTokens } from "./check-projected-tokens.js";
import { isPodStore, podIdentity, type PodStore } from "./pod-identity.js";
import { TokenMint } from "./token-mint.js";

const { signal } = new AbortController();

function podStore(tokenSource: "projected" | "tokenRequest", audience = "vault"): PodStore {
  const store: Store = { ...STORE, identity: { as: "pod", tokenSource, audience } };
  if (!isPodStore(store)) throw new Error("It is none");
  return store;
}

function mint(lifeMs = 600_000) {
  let minted = 0;
  const requestToken = vi.fn<BrokerCluster["requestToken"]>(async () => {
    minted += 1;
    return { token: SecretValue.fromText(`minted-${minted}`), expiresAt: Date.now() + lifeMs };
  });
  return { requestToken, mint: new TokenMint({ requestToken }) };
}

describe("a pod's identity", () => {
  const keyOf = (workload: typeof WORKLOAD) =>
    identityKey(podIdentity(podStore("projected"), workload, new Map(), mint().mint));

  it("is the same for pods of an account, and another for every other account", () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9."\\/:[\]-]{0,8}$/);
    const workloads = fc.record({ namespace: name, serviceAccount: name, serviceAccountUid: name });
    fc.assert(
      fc.property(workloads, workloads, (one, other) => {
        const same = Object.entries(one).every(([key, value]) => Reflect.get(other, key) === value);
        const keys = [one, other].map((account, index) =>
          keyOf({ ...WORKLOAD, ...account, pod: `pod-${index}`, podUid: `uid-${index}` }),
        );
        expect(keys[0] === keys[1]).toBe(same);
      }),
    );
  });

  it.each(["namespace", "serviceAccount", "serviceAccountUid"])("is another where only its %s is", (part) => {
    expect(keyOf({ ...WORKLOAD, [part]: "another" })).not.toBe(keyOf(WORKLOAD));
  });

  it("gives a provider tokens for the audience of its store only", async () => {
    const identity = podIdentity(podStore("projected"), WORKLOAD, new Map([["vault", "t"]]), mint().mint);
    expect(await identity.getToken("vault", signal)).toBe("t");
    await expect(identity.getToken("aws", signal)).rejects.toThrow(/names the audience "vault"/);
  });

  it("lasts no longer than the token that proves it, and so does what was read for it", () => {
    const now = Date.now();
    const token = `a.${Buffer.from(JSON.stringify({ exp: 1_900_000_000 })).toString("base64url")}.c`;
    const end = (tokens: [string, string][], source: "projected" | "tokenRequest" = "projected") =>
      podIdentity(podStore(source), WORKLOAD, new Map(tokens), mint().mint).expiresAt;
    expect(end([["vault", token]])).toBe(1_900_000_000_000);
    expect(end([["vault", "a.b.c"]])).toBe(0);
    expect(end([])).toBe(0);
    expect(end([], "tokenRequest")).toBeGreaterThanOrEqual(now + 600_000);
    expect(end([], "tokenRequest")).toBeLessThan(now + 660_000);
  });

  it("7.11 gives no provider a token that proves a container, whatever its store names", async () => {
    const { mint: minting, requestToken } = mint();
    const store = podStore("tokenRequest");
    const wrong = { ...store, identity: { ...store.identity, audience: "sluice/web" } };
    const identity = podIdentity(wrong, WORKLOAD, new Map([["sluice/web", "t"]]), minting);
    await expect(identity.getToken("sluice/web", signal)).rejects.toThrow(/sluice\/web/);
    expect(requestToken).not.toHaveBeenCalled();
  });

  it("is minted where the store says so", async () => {
    const { mint: minting, requestToken } = mint();
    const identity = podIdentity(podStore("tokenRequest"), WORKLOAD, new Map(), minting);
    expect(await identity.getToken("vault", signal)).toBe("minted-1");
    expect(requestToken).toHaveBeenCalledWith(
      {
        namespace: "shop",
        serviceAccount: "web",
        audience: "vault",
        pod: { name: "web-1", uid: "pod-1" },
      },
      expect.any(AbortSignal),
    );
  });
});

describe("a minted token", () => {
  it("serves its pod for four fifths of its life, and nobody else", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { mint: minting } = mint(100_000);
      const get = async (change = {}, audience = "vault") =>
        minting.get({ ...WORKLOAD, ...change }, audience, signal);
      expect([await get(), await get(), await get({ podUid: "pod-2" }), await get({}, "aws")]).toEqual([
        "minted-1",
        "minted-1",
        "minted-2",
        "minted-3",
      ]);
      vi.setSystemTime(Date.now() + 79_000);
      expect(await get()).toBe("minted-1");
      vi.setSystemTime(Date.now() + 2_000);
      expect(await get()).toBe("minted-4");
    } finally {
      vi.useRealTimers();
    }
  });

  it("is asked for again when it could not be had", async () => {
    const { mint: minting, requestToken } = mint();
    requestToken.mockRejectedValueOnce(new Error("CANARY"));
    const failed = await minting.get(WORKLOAD, "vault", signal).catch((thrown: unknown) => String(thrown));
    expect(failed).toContain("could not create a token of service account shop/web");
    expect(failed).not.toContain("CANARY");
    expect(await minting.get(WORKLOAD, "vault", signal)).toBe("minted-1");
  });
});

describe("7.6 the tokens of a request", () => {
  const mine: ReviewedToken = {
    serviceAccount: { namespace: "shop", name: "web", uid: "sa-1" },
    pod: { name: "web-1", uid: "pod-1" },
  };
  const check = async (
    reviewed: ReviewedToken | undefined,
    tokens?: Record<string, string>,
    stores?: Store[],
  ) => {
    const reviewToken = vi.fn<BrokerCluster["reviewToken"]>(async () => reviewed);
    const request = tokens === undefined ? {} : { tokens };
    const needing = stores ?? [
      podStore("projected"),
      podStore("projected"),
      STORE,
      podStore("tokenRequest", "aws"),
    ];
    const result = await checkProjectedTokens({ reviewToken }, needing, WORKLOAD, request, signal);
    return { result, asked: reviewToken.mock.calls.map(([token, audience]) => [token, audience]) };
  };

  it("are reviewed once each, and only those that are needed", async () => {
    const { result, asked } = await check(mine, { vault: "a.b.c", aws: "d.e.f", other: "g.h.i" });
    expect(Array.from(result)).toEqual([["vault", "a.b.c"]]);
    expect(asked).toEqual([["a.b.c", "vault"]]);
    expect((await check(mine, undefined, [STORE])).asked).toEqual([]);
  });

  it.each([
    ["is missing", mine, {}, "pod-token-missing"],
    ["was not sent, nor any other", mine, undefined, "pod-token-missing"],
    ["is none", mine, { vault: "CANARY" }, "pod-token-refused"],
    ["is refused", undefined, { vault: "a.b.c" }, "pod-token-refused"],
    [
      "is of another pod",
      { ...mine, pod: { name: "web-1", uid: "x" } },
      { vault: "a.b.c" },
      "pod-token-of-another",
    ],
    ["is of no pod", { serviceAccount: mine.serviceAccount }, { vault: "a.b.c" }, "pod-token-of-another"],
    [
      "is of another namespace",
      { ...mine, serviceAccount: { namespace: "other", name: "web", uid: "sa-1" } },
      { vault: "a.b.c" },
      "pod-token-of-another",
    ],
    [
      "is of another account",
      { ...mine, serviceAccount: { namespace: "shop", name: "other", uid: "sa-1" } },
      { vault: "a.b.c" },
      "pod-token-of-another",
    ],
    [
      "is of an account that was made anew",
      { ...mine, serviceAccount: { namespace: "shop", name: "web", uid: "x" } },
      { vault: "a.b.c" },
      "pod-token-of-another",
    ],
  ] as const)("are refused when one %s", async (_, reviewed, tokens, reason) => {
    const refusal = await refusalOf(async () => check(reviewed as ReviewedToken | undefined, tokens));
    expect(refusal.detail.reason).toBe(reason);
    expect(JSON.stringify(refusal.detail)).not.toContain("CANARY");
  });

  it("are those that were sent, not what every object has", async () => {
    const refusal = await refusalOf(async () => check(mine, {}, [podStore("projected", "constructor")]));
    expect(refusal.detail.reason).toBe("pod-token-missing");
  });
});
