import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  bundleOf,
  type CertificateState,
  type CertificateStep,
  formatState,
  nextStep,
  parseState,
} from "./certificate-state.js";

const DAY = 86_400_000;
const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const PLAN = { names: ["sluice-webhook.sluice-system.svc"], addresses: ["127.0.0.1"] };

function written(step: CertificateStep): CertificateState {
  if (step.kind === "write") return step.state;
  throw new Error("There was nothing to write");
}

const isUnder = (cert: string, root: string): boolean =>
  new X509Certificate(cert).verify(new X509Certificate(root).publicKey);

describe("certificates", () => {
  it("begin with a root of ten years and a leaf of a day", async () => {
    const step = await nextStep(undefined, PLAN, BEGIN, false);
    const state = written(step);
    const root = new X509Certificate(state.root);
    const leaf = new X509Certificate(state.cert);
    expect(root.ca).toBe(true);
    expect(Date.parse(root.validTo)).toBe(BEGIN + 3_650 * DAY);
    expect(Date.parse(leaf.validTo)).toBe(BEGIN + DAY);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkHost(PLAN.names[0] ?? "")).toBe(PLAN.names[0]);
    expect(leaf.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(leaf.checkIssued(root) && isUnder(state.cert, state.root)).toBe(true);
    expect(await nextStep(state, PLAN, BEGIN + DAY / 2, true)).toEqual({ kind: "nothing" });
    expect(parseState(formatState(state))).toEqual(state);
  });

  it("are renewed when two thirds of a leaf's time are over, or its names are others", async () => {
    const state = written(await nextStep(undefined, PLAN, BEGIN, false));
    const renewed = await nextStep(state, PLAN, BEGIN + 0.7 * DAY, true);
    expect(renewed).toMatchObject({ kind: "write", what: "leaf", state: { root: state.root } });
    const named = { names: [...PLAN.names, "other.svc"] };
    expect(await nextStep(state, named, BEGIN, true)).toMatchObject({ what: "leaf" });
  });

  it("go over to a new root without a moment in which what is served is not trusted", async () => {
    const old = written(await nextStep(undefined, PLAN, BEGIN, false));
    const alive = written(await nextStep(old, PLAN, BEGIN + 1_824.5 * DAY, true));
    expect(alive.root).toBe(old.root);
    // When half of its time is over.
    const now = BEGIN + 1_825.1 * DAY;
    const both = await nextStep(alive, PLAN, now, true);
    expect(both).toMatchObject({ kind: "write", what: "root" });
    const overlapping = written(both);
    expect(isUnder(overlapping.cert, old.root)).toBe(true);
    expect(bundleOf(overlapping)).toBe(overlapping.root + old.root);
    expect(await nextStep(overlapping, PLAN, now, false)).toEqual({ kind: "nothing" });
    const over = await nextStep(overlapping, PLAN, now, true);
    expect(over).toMatchObject({ what: "leaf" });
    expect(isUnder(written(over).cert, overlapping.root)).toBe(true);
    expect(bundleOf(written(over))).toContain(old.root);
    expect(await nextStep(written(over), PLAN, now + DAY / 2, true)).toEqual({ kind: "nothing" });
  });

  it("are trusted by whoever knows an old root alone, as long as that holds", async () => {
    const first = written(await nextStep(undefined, PLAN, BEGIN, false));
    // Two more while the first holds, and one when it has ended.
    const states = [first];
    for (const [years, rootYears] of [
      [5, 10],
      [6, 20],
      [14, 30],
    ] as const) {
      const now = BEGIN + (years * 365 + 1) * DAY;
      const plan = { ...PLAN, rootMs: rootYears * 365 * DAY };
      const state = written(await nextStep(states.at(-1), plan, now, true));
      expect(state.root).not.toBe(states.at(-1)?.root);
      expect(isUnder(state.cert, state.root)).toBe(true);
      expect(state.cert).toContain(state.bridges.join(""));
      expect(parseState(formatState(state))).toEqual(state);
      states.push(state);
    }
    const [, second, third, fourth] = states as [
      CertificateState,
      CertificateState,
      CertificateState,
      CertificateState,
    ];
    expect(isUnder(second.bridges[0] ?? "", first.root)).toBe(true);
    expect(third.bridges.map((bridge, index) => isUnder(bridge, [second, first][index]?.root ?? ""))).toEqual(
      [true, true],
    );
    for (const bridge of third.bridges) expect(new X509Certificate(bridge).ca).toBe(true);
    expect(new X509Certificate(second.bridges[0] ?? "").validTo).toBe(
      new X509Certificate(first.root).validTo,
    );
    // What has ended is not served any more.
    expect(fourth.bridges).toHaveLength(2);
  });

  it("drop the root before when no leaf of it can be served any more", async () => {
    const old = written(await nextStep(undefined, PLAN, BEGIN, false));
    const other = written(await nextStep(undefined, PLAN, BEGIN, false));
    const state = { ...other, formerRoots: [old.root] };
    const day = { ...PLAN, leafMs: DAY / 4 };
    expect(await nextStep(state, PLAN, BEGIN + DAY / 2, true)).toEqual({ kind: "nothing" });
    expect(await nextStep(state, day, BEGIN + DAY / 2, true)).toMatchObject({
      what: "former-roots",
      state: { formerRoots: [], cert: state.cert },
    });
  });

  it("are made anew when what is kept is broken", async () => {
    const state = written(await nextStep(undefined, PLAN, BEGIN, false));
    const data = formatState(state);
    const other = formatState(written(await nextStep(undefined, PLAN, BEGIN, false)));
    for (const broken of [
      {},
      { ...data, "tls.key": other["tls.key"] ?? "" },
      { ...data, "root.crt": "AAAA" },
    ])
      expect(parseState(broken)).toBeUndefined();
    const wrongRoot = { ...data, "root.key": other["root.key"] ?? "" };
    expect(parseState(wrongRoot)).toBeUndefined();
  });
});
