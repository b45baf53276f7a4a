import { formatPlan, type InjectionPlan, planDigest, planReferences } from "@sluice/core/plan";
import type { ReviewedToken } from "../cluster/broker-cluster.js";
import { describe, expect, it } from "vitest";
import { authorizePlan } from "./authorize-plan.js";
import { checkCaller } from "./check-caller.js";
import { checkPod } from "./check-pod.js";
import { findContainer } from "./find-container.js";
import { PlanReader } from "./plan-reader.js";
import { catalogueOf, CONTAINER, POD, refusalOf, STORE, WORKLOAD } from "./rules.test-support.js";

const PLAN: InjectionPlan = {
  version: 1,
  minReader: 1,
  critical: [],
  container: "web",
  env: { A: "secret://prod/app/a", B: "x${secret://prod/app/b}y" },
};
const signal = new AbortController().signal;

describe("7.1", () => {
  const check = async (token: string | undefined, reviewed?: ReviewedToken) => {
    const asked: string[][] = [];
    const cluster = {
      reviewToken: async (...[shown, audience]: string[]) => {
        asked.push([shown ?? "", audience ?? ""]);
        return reviewed;
      },
    };
    const caller = token === undefined ? {} : { token };
    return { asked, result: checkCaller(cluster as never, caller, "web", signal) };
  };

  it("reviews the token for the container that is claimed, and for nothing else", async () => {
    const serviceAccount = { namespace: "shop", name: "web", uid: "sa-1" };
    const { asked, result } = await check("a.b.c", { serviceAccount, pod: { name: "web-1", uid: "pod-1" } });
    expect(await result).toEqual(WORKLOAD);
    expect(asked).toEqual([["a.b.c", "sluice/web"]]);
  });

  it("holds the token of one container against no other", async () => {
    const reviewToken = async (_: string, audience: string) =>
      audience === "sluice/db"
        ? {
            serviceAccount: { namespace: "shop", name: "web", uid: "sa-1" },
            pod: { name: "web-1", uid: "pod-1" },
          }
        : undefined;
    const of = async (container: string) =>
      checkCaller({ reviewToken }, { token: "a.b.c" }, container, signal);
    expect(await of("db")).toEqual({ ...WORKLOAD, container: "db" });
    for (const other of ["web", "db-2", "d"])
      expect((await refusalOf(async () => of(other))).detail.reason).toBe("token-refused");
  });

  it.each([undefined, "CANARY", "a.b", "a.b.c.d", "a.b.", "a.b c.d"])(
    "does not ask about %j",
    async (token) => {
      const { asked, result } = await check(token);
      const { status, detail } = await refusalOf(async () => result);
      expect(status).toBe(401);
      expect(JSON.stringify(detail)).not.toContain("CANARY");
      expect(asked).toEqual([]);
    },
  );

  it.each([
    [undefined, "token-refused"],
    [{}, "token-not-bound"],
    [{ serviceAccount: { namespace: "shop", name: "web", uid: "u" } }, "token-not-bound"],
    [{ pod: { name: "web-1", uid: "pod-1" } }, "token-not-bound"],
    [
      { serviceAccount: { namespace: "shop", name: "web" }, pod: { name: "web-1", uid: "pod-1" } },
      "token-not-bound",
    ],
  ])("refuses one that is reviewed as %j", async (reviewed, reason) => {
    const { result } = await check("a.b.c", reviewed);
    expect(await refusalOf(async () => result)).toMatchObject({ status: 401, detail: { reason } });
  });
});

describe("7.2", () => {
  const now = 1_800_000_000_000;
  it.each([
    ["as it was", POD],
    ["running", { ...POD, phase: "Running" }],
    ["being deleted within its grace", { ...POD, deletionTime: now + 1 }],
    ["being deleted, within what clocks may differ", { ...POD, deletionTime: now - 2_000 }],
  ])("takes a pod %s", (_, pod) => {
    expect(checkPod(pod, WORKLOAD, now)).toBe(pod);
  });

  it.each([
    ["that is gone", undefined, "pod-gone"],
    ["that was made anew", { ...POD, uid: "pod-2" }, "another-pod"],
    ["of another account", { ...POD, serviceAccountName: "other" }, "another-pod"],
    ["past its grace", { ...POD, deletionTime: now - 2_001 }, "pod-ending"],
    ["that succeeded", { ...POD, phase: "Succeeded" }, "pod-finished"],
    ["that failed", { ...POD, phase: "Failed" }, "pod-finished"],
  ])("refuses a pod %s", async (_, pod, reason) => {
    expect(await refusalOf(() => checkPod(pod, WORKLOAD, now))).toMatchObject({
      status: 403,
      detail: { reason },
    });
  });
});

describe("7.3", () => {
  const text = formatPlan(PLAN);
  const holding = (value: string | undefined) => ({
    ...CONTAINER,
    env: [{ name: "SLUICE_PLAN", ...(value !== undefined && { value }) }],
  });
  const request = (value: string) => ({ planDigest: planDigest(value) });

  it("reads the plan that stands in the pod", () => {
    const reader = new PlanReader();
    const { plan, references } = reader.read(holding(text), request(text));
    expect(plan).toEqual(PLAN);
    // That of an equal pod is the same, and still none of another container's.
    expect(reader.read(holding(text), request(text)).plan).toBe(plan);
    expect(() => reader.read({ ...holding(text), name: "other" }, request(text))).toThrow(/is for "web"/);
    expect(Array.from(references.keys())).toEqual(["secret://prod/app/a", "secret://prod/app/b"]);
  });

  const other = formatPlan({ ...PLAN, container: "sidecar" });
  const later = text.replace('"minReader":1', '"minReader":9');
  const malformed = JSON.stringify({ ...PLAN, env: { A: "secret://prod/" } });
  const many = Array.from({ length: 1_001 }, (_, number) => `\${secret://prod/${number}}`);
  const large = JSON.stringify({ ...PLAN, env: { A: many.join("") } });
  it.each([
    ["none", undefined, text, 403, "no-plan"],
    ["one from elsewhere", undefined, text, 403, "no-plan"],
    ["another one than the launcher", text, `${text} `, 403, "plan-changed"],
    ["one for another container", other, other, 403, "plan-of-another-container"],
    ["one that is none", "{", "{", 422, "plan-invalid"],
    ["one that needs a later reader", later, later, 422, "plan-invalid"],
    ["one with a reference that is none", malformed, malformed, 422, "plan-invalid"],
    ["more than 1,000 references (8.1)", large, large, 422, "plan-invalid"],
  ])("refuses a container that has %s", async (_, held, shown, status, reason) => {
    const refusal = await refusalOf(() => new PlanReader().read(holding(held), request(shown)));
    expect(refusal).toMatchObject({ status, detail: { reason } });
  });

  it("finds containers of every kind, with what is reported of them", () => {
    const status = { state: { kind: "running", startedAt: 5 }, restartCount: 2, containerId: "c" } as const;
    const containers = [
      CONTAINER,
      { ...CONTAINER, name: "init", kind: "init", status },
      { ...CONTAINER, name: "debug", kind: "ephemeral" },
      {
        ...CONTAINER,
        name: "crashed",
        status: { state: { kind: "waiting" }, restartCount: 0, containerId: "c" },
      },
    ] as const;
    const found = (name: string) => findContainer({ ...POD, containers }, name)?.observed;
    const fresh = { state: "waiting", restarts: 0, ranBefore: false, ephemeral: false };
    expect(found("web")).toEqual(fresh);
    expect(found("debug")).toEqual({ ...fresh, ephemeral: true });
    expect(found("init")).toEqual({
      state: "running",
      startedAt: 5,
      restarts: 2,
      ranBefore: true,
      instance: "c",
      ephemeral: false,
    });
    expect(found("crashed")).toMatchObject({ state: "waiting", ranBefore: true });
    expect(found("ghost")).toBeUndefined();
  });
});

describe("7.5 and 7.7", () => {
  const authorize = (plan: InjectionPlan, stores: Parameters<typeof catalogueOf>[0], workload = WORKLOAD) =>
    authorizePlan(plan, planReferences(plan), workload, catalogueOf(stores));
  const found = (store = STORE) => ({ status: "found", store }) as const;

  it("finds the store of every reference", () => {
    const authorized = authorize(PLAN, { prod: found() });
    expect(Array.from(authorized, ([written, { store }]) => [written, store.name])).toEqual([
      ["secret://prod/app/a", "prod"],
      ["secret://prod/app/b", "prod"],
    ]);
  });

  it("names what is refused of a secret that is spread, whose variables nobody knows", async () => {
    const plan = { ...PLAN, env: {}, critical: ["spread"], spread: [{ from: "secret://prod/app/all" }] };
    const refused = { prod: found({ ...STORE, access: [] }) };
    const { detail, status } = await refusalOf(() => authorize(plan, refused));
    expect([status, detail.kind]).toEqual([403, "denied"]);
    expect(detail.failures).toMatchObject([{ variable: "*", reference: "secret://prod/app/all" }]);
  });

  it.each([
    ["a store that does not exist", {}, 422, "unknown-store"],
    ["stores that are not known yet", { prod: { status: "unknown", problem: "p" } }, 503, "stores-unknown"],
    [
      "a store that cannot be used",
      { prod: { status: "invalid", key: STORE, version: "1", problem: "p" } },
      422,
      "store-invalid",
    ],
    ["a path that is not allowed", { prod: found({ ...STORE, access: [] }) }, 403, "not-authorized"],
    ["a store that is suspended", { prod: found({ ...STORE, suspended: true }) }, 503, "store-suspended"],
  ] as const)("refuses %s", async (_, stores, status, reason) => {
    const refusal = await refusalOf(() => authorize(PLAN, stores));
    expect(refusal).toMatchObject({ status, detail: { reason } });
    expect(refusal.detail.failures?.map(({ variable }) => variable)).toEqual(["A", "B"]);
    expect(refusal.detail.remedy).toBeDefined();
  });

  it("tells nobody who may not read a store whether it is suspended", async () => {
    const closed = found({ ...STORE, suspended: true, access: [] });
    expect(await refusalOf(() => authorize(PLAN, { prod: closed }))).toMatchObject({ status: 403 });
  });

  it("refuses another account and another namespace", async () => {
    for (const change of [{ serviceAccount: "web2" }, { namespace: "shop2" }])
      expect(
        await refusalOf(() => authorize(PLAN, { prod: found() }, { ...WORKLOAD, ...change })),
      ).toMatchObject({ detail: { reason: "not-authorized" } });
  });

  it("refuses all for one, and lists each", async () => {
    const plan = { ...PLAN, env: { ...PLAN.env, C: "${secret://prod/x}-${secret://gone/y}" } };
    const { detail } = await refusalOf(() => authorize(plan, { prod: found() }));
    expect(detail.failures?.map(({ variable, reference, reason }) => [variable, reference, reason])).toEqual([
      ["C", "secret://prod/x", "not-authorized"],
      ["C", "secret://gone/y", "unknown-store"],
    ]);
  });

  it("reads nothing that issues something where nobody would keep its lease", async () => {
    const plan = { ...PLAN, env: { A: "secret://prod/app/a?volatile=true" } };
    const refusal = await refusalOf(() => authorize(plan, { prod: found() }));
    expect(refusal).toMatchObject({ status: 422, detail: { reason: "lease-refused" } });
    expect(authorize(plan, { prod: found({ ...STORE, leases: "broker" }) }).size).toBe(1);
  });
});
