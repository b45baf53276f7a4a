import { type Container, containersOf, type Pod } from "@sluice/core/pod";
import { type AdmissionAnswer, createAdmission } from "@sluice/webhook";
import * as fc from "fast-check";
import { applyPatch, type Operation } from "rfc6902";
import { describe, expect, it } from "vitest";
import { arbitraryPod, ODD_MEMBER } from "./arbitrary-pod.js";
import { serverPodCheck } from "./server-openapi.js";
import { lookupsOf, optionsOf, OBJECTS, PODS, requestOf } from "./support.js";

const RUNS = { numRuns: PODS };
const ENABLED = { "azure-key-vault-env-injection": "enabled" };
const admission = createAdmission({
  ...optionsOf({ lookups: lookupsOf(OBJECTS, ENABLED) }),
  commands: { commandOf: async () => Promise.resolve({ entrypoint: ["/entry"], cmd: ["$(A)$$"] }) },
});
const { signal } = new AbortController();
const checkPod = await serverPodCheck();

function patched(pod: Pod, answer: AdmissionAnswer): Pod {
  if (!answer.allowed) throw new Error("It was denied");
  const copy = JSON.parse(JSON.stringify(pod)) as Pod;
  const operations = JSON.parse(JSON.stringify(answer.patch)) as Operation[];
  expect(applyPatch(copy, operations)).toEqual(operations.map(() => null));
  return copy;
}

const OURS = new Set(["command", "args", "env", "volumeMounts"]);

function othersOf(container: Container): Record<string, unknown> {
  return Object.fromEntries(Object.entries(container).filter(([member]) => !OURS.has(member)));
}

const byName = (pod: Pod) => new Map(Array.from(containersOf(pod), ([one]) => [one.name, one] as const));
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** Without what the generator adds for nobody, which no server knows. */
function withoutOddMembers(pod: Pod): unknown {
  return JSON.parse(JSON.stringify(pod), (member, value: unknown) =>
    member === ODD_MEMBER ? undefined : value,
  );
}

describe("any pod", () => {
  it("is denied with a reason, or changed once, where it must be and nowhere else", async () => {
    const outcomes = { denied: 0, changed: 0, left: 0 };
    await fc.assert(
      fc.asyncProperty(arbitraryPod, async (generated) => {
        const pod = json(generated);
        const answer = await admission.mutate(requestOf(pod), signal);
        expect(answer.message).not.toBe("");
        expect(JSON.stringify(answer)).not.toContain("hunter2");
        if (!answer.allowed) {
          outcomes.denied += 1;
          return;
        }
        outcomes[answer.patch.length > 0 ? "changed" : "left"] += 1;
        const changed = patched(pod, answer);
        const wrong = [pod, changed].map((each) => checkPod?.(withoutOddMembers(each)));
        expect(wrong).toEqual([undefined, undefined]);

        const again = await admission.mutate(requestOf(changed), signal);
        expect(again).toMatchObject({ allowed: true, patch: [] });
        expect((await admission.validate(requestOf(changed), signal)).allowed).toBe(true);
        const isPlain = answer.patch.length === 0;
        expect((await admission.validate(requestOf(pod), signal)).allowed).toBe(isPlain);

        const now = byName(changed);
        for (const [name, before] of byName(pod)) {
          const after = now.get(name) as Container;
          expect(othersOf(after)).toEqual(othersOf(before));
          const isGiven = (after.env ?? []).some(({ name }) => name === "SLUICE_PLAN");
          const kept = isGiven ? after.env?.slice(0, before.env?.length ?? 0) : after;
          expect(kept).toEqual(isGiven ? (before.env ?? []) : before);
        }
        expect(changed.metadata).toEqual(pod.metadata);
      }),
      RUNS,
    );
    // The generator reaches all three.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(RUNS.numRuns / 50);
  }, 3_600_000);

  it.runIf(checkPod)("is not what the server describes where it is none", () => {
    const container = { name: "web", image: "x", command: "sh" };
    expect(checkPod?.({ spec: { containers: [container] } })).toContain("must be array");
    expect(checkPod?.({ spec: { containers: [], volume: [] } })).toContain("additional properties");
  });

  it("is answered with a message even when it is no pod", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (object) => {
        for (const answer of [
          await admission.mutate(requestOf({ metadata: {}, spec: object }), signal),
          await admission.validate(requestOf(object), signal),
        ])
          expect(answer.message).not.toBe("");
      }),
      RUNS,
    );
  });
});
