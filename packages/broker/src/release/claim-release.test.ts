import { expect, it } from "vitest";
import { claimRelease, type OnReplay } from "./claim-release.js";
import { createMemoryLedger } from "./memory-ledger.js";
import type { ObservedContainer } from "./observed-container.js";

const workload = {
  namespace: "shop",
  serviceAccount: "web",
  serviceAccountUid: "s",
  pod: "web-1",
  podUid: "u",
  container: "web",
};
const waiting: ObservedContainer = { state: "waiting", restarts: 0, ranBefore: false, ephemeral: false };

function claims(onReplay: OnReplay, ledger = createMemoryLedger()) {
  return async (nonce: string, observed = waiting, container = "web") => {
    const claim = { workload: { ...workload, container }, observed, nonce, onReplay };
    return (await claimRelease(ledger, claim)).kind;
  };
}

it("gives a start to the first who asks, whoever else asks at the same time", async () => {
  const claim = claims("refuse");
  const kinds = await Promise.all(["a", "b", "c", "a"].map(async (nonce) => claim(nonce)));
  expect(kinds).toEqual(["first", "replay", "replay", "retry"]);
});

it("keeps the claim of the first when another one is let through", async () => {
  const claim = claims("audit");
  expect([await claim("a"), await claim("b"), await claim("b"), await claim("a")]).toEqual([
    "first",
    "replay",
    "replay",
    "retry",
  ]);
});

it("keeps containers of a pod apart", async () => {
  const claim = claims("refuse");
  expect([await claim("a"), await claim("b", waiting, "sidecar")]).toEqual(["first", "first"]);
});

it("gives a late one no claim where it is refused, and one where it is not", async () => {
  const late: ObservedContainer = { ...waiting, state: "running", startedAt: 0 };
  const [refusing, auditing] = [claims("refuse"), claims("audit")];
  expect([await refusing("a", late), await refusing("a", late)]).toEqual(["replay", "replay"]);
  expect([await auditing("a", late), await auditing("a", late)]).toEqual(["replay", "retry"]);
});

it("is bounded, and allows a start when its ticket is lost", async () => {
  const claim = claims("refuse", createMemoryLedger(1));
  expect([await claim("a"), await claim("x", waiting, "sidecar"), await claim("b")]).toEqual([
    "first",
    "first",
    "first",
  ]);
});

it("keeps the tickets of many containers", async () => {
  const claim = claims("refuse");
  const names = Array.from({ length: 1_000 }, (_, number) => `c-${number}`);
  for (const name of names) await claim("a", waiting, name);
  expect(await claim("b", waiting, names[0])).toBe("replay");
});
