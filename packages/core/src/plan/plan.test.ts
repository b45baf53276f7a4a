import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlanError } from "../errors/plan-error.js";
import { arbitraryReference } from "../reference/arbitrary-reference.test-support.js";
import { formatReference } from "../reference/format-reference.js";
import { formatPlan } from "./format-plan.js";
import type { InjectionPlan } from "./injection-plan.js";
import { parsePlan } from "./parse-plan.js";
import { planDigest } from "./plan-digest.js";
import { parsePlannedText, planReferences } from "./plan-references.js";

const plan = (more: Partial<InjectionPlan> = {}): InjectionPlan => ({
  version: 1,
  minReader: 1,
  critical: [],
  container: "web",
  env: { KEY: "secret://prod/api#key" },
  ...more,
});

function refusal(work: () => unknown): PlanError {
  try {
    work();
  } catch (thrown) {
    if (PlanError.isInstance(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("It was not refused");
}

describe("a plan", () => {
  it("1.4 is read as it was written, and has no dollar for the kubelet to expand", () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom("$", "(", ")", "{", "}", "A", '"', "\\", "\n", "é") }),
      arbitraryReference.map((reference) => `\${${formatReference(reference)}}`),
    );
    const value = fc.oneof(
      text,
      fc.array(fc.oneof(text, fc.record({ var: fc.constantFrom("POD_IP", "A") }))),
    );
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,12}$/).filter((key) => !key.startsWith("SLUICE_"));
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (env) => {
        const written = formatPlan(plan({ env }));
        expect(written).not.toContain("$");
        expect(parsePlan(written)).toEqual(plan({ env }));
      }),
    );
  });

  it("names the references of what is spread, and is refused by who does not know that", () => {
    const spreading = plan({
      critical: ["spread"],
      spread: [{ from: "secret://prod/all" }, { from: "secret://prod/api", optional: true }],
    });
    expect(parsePlan(formatPlan(spreading))).toEqual(spreading);
    expect([...planReferences(spreading).keys()]).toEqual([
      "secret://prod/api#key",
      "secret://prod/all",
      "secret://prod/api",
    ]);
    expect(refusal(() => parsePlan(formatPlan(spreading), [])).problem).toContain("spread");
    expect(refusal(() => formatPlan(plan({ spread: [{ from: "plain" }] }))).problem).toContain("/spread");
  });

  it("8.1 has no more than 1,000 different references, when it is written and when it is read", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, number) => `\${secret://prod/${number}}`).join("");
    const most = plan({ env: { A: many(1_000), B: many(1_000) } });
    expect(planReferences(parsePlan(formatPlan(most))).size).toBe(1_000);
    const more = plan({ env: { A: many(1_000), B: "secret://prod/one-more" } });
    for (const work of [() => formatPlan(more), () => planReferences(more)])
      expect(refusal(work).problem).toBe('The plan for container "web" has 1001 references, 1000 at most');
  });

  it("7.11 names no audience of tokens that prove containers to the broker", () => {
    const source = (audience: string) => ({ tokens: { [audience]: "/var/run/secrets/sluice/tokens/a" } });
    expect(parsePlan(formatPlan(plan({ source: source("vault") }))).source).toEqual(source("vault"));
    const wrong = plan({ source: source("sluice/db") });
    expect(refusal(() => formatPlan(wrong)).problem).toContain("/source/tokens");
    expect(refusal(() => parsePlan(JSON.stringify(wrong))).problem).toContain("/source/tokens");
  });

  it("is not written with a reference that is none", () => {
    const { problem, remedy } = refusal(() => formatPlan(plan({ env: { A: "secret://prod/" } })));
    expect(problem).toContain("the path is missing");
    expect(remedy).toContain("secret://prod/PATH");
  });

  it("names every reference once, and keeps the container's own variables in their places", () => {
    const text = ["a${secret://prod/db}$${secret://x}", { var: "POD_IP" }, "secret://prod/db"] as const;
    expect(parsePlannedText(text)).toEqual([
      "a",
      { store: "prod", path: "db" },
      "${secret://x}",
      { var: "POD_IP" },
      { store: "prod", path: "db" },
    ]);
    expect([...planReferences(plan({ env: { A: text, B: "secret://prod/db" } })).keys()]).toEqual([
      "secret://prod/db",
    ]);
  });

  it("1.6 has a digest of its text, not of its meaning", () => {
    expect(planDigest("{}")).toBe("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    expect(planDigest("{ }")).not.toBe(planDigest("{}"));
  });
});

describe("what a reader must not act on is refused", () => {
  it("1.1 by a later reader's version, whatever else it holds", () => {
    const { message, kind } = refusal(() => parsePlan('{"minReader":2,"env":7}'));
    expect(kind).toBe("configuration");
    expect(message).toContain("version 2");
    expect(message).toContain("version 1");
  });

  it("1.1 by critical features, but for those it knows", () => {
    const text = JSON.stringify(plan({ critical: ["files", "args"] }));
    expect(refusal(() => parsePlan(text, ["files"])).message).toContain("does not know: args.");
    expect(parsePlan(text, ["files", "args"]).critical).toEqual(["files", "args"]);
  });

  it("1.2 but not for members it does not know", () => {
    const text = JSON.stringify({ ...plan(), later: 1, source: { later: 2, waitSeconds: 3 } });
    expect(parsePlan(text).source?.waitSeconds).toBe(3);
  });

  it("1.3 by size", () => {
    const env = { BIG: "x".repeat(65_536) };
    expect(refusal(() => parsePlan(JSON.stringify(plan({ env })))).message).toMatch(
      /has \d+ bytes, 65536 at most/,
    );
    expect(refusal(() => formatPlan(plan({ env }))).message).toContain('container "web"');
  });

  it("1.3 by number", () => {
    const env = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`V${index}`, "x"]));
    expect(refusal(() => formatPlan(plan({ env }))).message).toContain("/env");
  });

  it.each([
    ["nothing", ""],
    ["half a plan", '{"version":1'],
    ["a list", "[]"],
    ["null", "null"],
    ["no env", '{"version":1,"minReader":1,"critical":[],"container":"web"}'],
    ["a number as text", JSON.stringify({ ...plan(), env: { A: 1 } })],
    ["a part that is neither", JSON.stringify({ ...plan(), env: { A: [{ vars: "X" }] } })],
    ["a token file that is no path", JSON.stringify({ ...plan(), source: { token: "token" } })],
    ["an endless wait", JSON.stringify({ ...plan(), source: { waitSeconds: 3601 } })],
  ])("1.3 by shape: %s", (_, text) => {
    expect(refusal(() => parsePlan(text)).code).toBe("SLU1301");
  });

  it.each(["", "A=B", "SLUICE_PLAN", "SLUICE_X", "A\0B"])("1.5 by the name %j", (name) => {
    expect(refusal(() => parsePlan(JSON.stringify({ ...plan(), env: { [name]: "x" } }))).message).toContain(
      "/env",
    );
  });
});
