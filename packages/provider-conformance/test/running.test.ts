import { defineProvider } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { describeConformance, runConformance, SECTIONS, type Subject } from "../src/index.js";
import { memorySubject } from "./reference/memory-subject.js";

const ALL = SECTIONS.flatMap(({ requirements }) => requirements);

/** Nothing but reading plain secrets. */
const plain = defineProvider<object>({
  id: "plain",
  optionsSchema: { type: "object", additionalProperties: false },
  capabilities: {
    batchSize: 1,
    fields: "extracted",
    versions: { exact: false, label: false },
    maxConcurrency: 1,
  },
  create: () => ({
    resolve: async (requests) =>
      requests.map(({ id }) => ({ id, status: "not-found" as const, reason: "absent" })),
  }),
});

const plainSubject = (): Subject => ({
  provider: plain,
  store: plain({}),
  path: (label) => label,
  write: async () => undefined,
  remove: async () => undefined,
});

/** A runner that keeps what it is told. */
function recordingRunner() {
  const tests = new Map<string, () => Promise<void>>();
  const excluded = new Map<string, string>();
  const groups: string[] = [];
  return {
    tests,
    groups,
    excluded: (title: string, reason: string) => void excluded.set(title, reason),
    reasons: excluded,
    describe: (title: string, define: () => void) => {
      groups.push(title);
      define();
    },
    test: (title: string, run: () => Promise<void>) => void tests.set(title, run),
  };
}

describe("describeConformance", () => {
  it("registers what applies, and tells what does not, and why", async () => {
    const runner = recordingRunner();
    const returned = await describeConformance(runner, plainSubject);
    expect(runner.tests.size + runner.reasons.size).toBe(ALL.length);
    expect(returned).toHaveLength(runner.reasons.size);
    const reasonOf = (id: string): string | undefined => returned.find((each) => each.id === id)?.reason;
    expect(reasonOf("2.5")).toBe("the subject cannot bring this about: add `writeBytes` to it");
    expect(reasonOf("2.10")).toBe('capability not declared: fields: "native"');
    expect(reasonOf("2.12")).toBe("capability not declared: batchSize above 1");
    expect(reasonOf("6.2")).toBe("capability not declared: list");
    expect(reasonOf("1.1")).toBeUndefined();
    expect(Array.from(runner.tests.keys())).toContain("1.4 " + ALL[3]?.title);
    expect(runner.groups).toEqual(expect.arrayContaining(["2 Reading"]));
    expect(runner.groups).not.toContain("6 Listing");
  });

  it("tests on a subject that is disposed of, whatever comes of it", async () => {
    const runner = recordingRunner();
    const dispose = vi.fn<() => Promise<void>>(async () => undefined);
    const createSubject = (): Subject => ({ ...plainSubject(), [Symbol.asyncDispose]: dispose });
    await describeConformance(runner, createSubject, { title: "mine" });
    expect(runner.groups[0]).toBe("provider specification v1: mine");
    expect(dispose).toHaveBeenCalledTimes(1);
    const run = (id: string) => Array.from(runner.tests).find(([title]) => title.startsWith(`${id} `))?.[1]();
    await run("1.1");
    expect(dispose).toHaveBeenCalledTimes(2);
    await expect(run("2.2")).rejects.toThrow("the secret must be `found`, and is `not-found`");
    expect(dispose).toHaveBeenCalledTimes(3);
  });
});

describe("runConformance", () => {
  it("reports what passed, what failed and what is excluded, in the specification's order", async () => {
    const { provider, results } = await runConformance(plainSubject);
    expect(provider).toBe("plain");
    expect(results.map(({ id }) => id)).toEqual(ALL.map(({ id }) => id));
    const statusOf = (id: string): string | undefined => results.find((each) => each.id === id)?.status;
    expect(["1.1", "2.2", "2.5", "9.1"].map(statusOf)).toEqual(["passed", "failed", "excluded", "excluded"]);
  });

  it("tests only some, and knows what there is", async () => {
    const { results } = await runConformance(() => memorySubject(), { only: ["12.2", "2.13"] });
    expect(results).toEqual([
      expect.objectContaining({ id: "2.13", status: "passed" }),
      expect.objectContaining({ id: "12.2", status: "passed" }),
    ]);
    await expect(runConformance(plainSubject, { only: ["2.99"] })).rejects.toThrow(RangeError);
  });

  it("does not wait longer than it is told to", async () => {
    const hanging = { ...plainSubject(), write: async () => new Promise<void>(() => undefined) };
    const { results } = await runConformance(() => hanging, { only: ["2.2"], timeoutMs: 50 });
    expect(results).toMatchObject([{ status: "failed", error: { message: "not done after 50 ms" } }]);
  });
});
