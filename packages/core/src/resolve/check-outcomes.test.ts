import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAILURE_STATUSES } from "../provider/secret-outcome.js";
import { SecretValue } from "../value/secret-value.js";
import { checkFailure, checkOutcomes } from "./check-outcomes.js";
import {
  type MemoryStoreOptions,
  memoryStore,
  resolverOf,
  type Step,
} from "./memory-provider.test-support.js";

type Resolve = NonNullable<NonNullable<MemoryStoreOptions["verbs"]>["resolve"]>;
const value = SecretValue.fromText("hunter2");

describe("a provider that breaks its contract", () => {
  it.each<[string, (id: string) => unknown, string]>([
    ["answers nothing", () => undefined, "gave no single outcome"],
    ["answers something else", () => "hunter2", "gave no single outcome"],
    ["answers an empty list", () => [], "gave no single outcome"],
    [
      "answers for somebody else",
      (id) => [{ id: `${id}x`, status: "found", value }],
      "gave no single outcome",
    ],
    ["answers without an identifier", () => [{ status: "found", value }], "gave no single outcome"],
    ["answers with null", (id) => [null, undefined, { id, status: "nonsense" }], "an unknown status"],
    [
      "answers twice",
      (id) => [
        { id, status: "found", value },
        { id, status: "found", value },
      ],
      "gave no single outcome",
    ],
    ["answers with an unknown status", (id) => [{ id, status: "ok", value: "hunter2" }], "an unknown status"],
    ["answers without a status", (id) => [{ id, value }], "an unknown status"],
    ["finds text", (id) => [{ id, status: "found", value: "hunter2" }], "not a SecretValue"],
    ["finds nothing", (id) => [{ id, status: "found" }], "not a SecretValue"],
    ["finds bytes", (id) => [{ id, status: "found", value: Buffer.from("hunter2") }], "not a SecretValue"],
    [
      "finds a record of texts",
      (id) => [{ id, status: "found", value: new Map([["a", "hunter2"]]) }],
      "not a SecretValue",
    ],
  ])("that %s fails, and is not asked again", async (_name, answer, message) => {
    let calls = 0;
    const resolve = (async ([request]) => {
      calls += 1;
      return answer(request?.id ?? "");
    }) as Resolve;
    await using secrets = resolverOf(memoryStore({}, { verbs: { resolve } }));
    const { db: outcome } = await secrets.settle({ db: "secret://prod/db" });
    expect(outcome).toMatchObject({
      status: "invalid",
      reason: "provider-contract",
      message: expect.stringContaining(message) as string,
      remedy: "This is a fault of the provider; report it to its authors",
    });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
    expect(calls).toBe(1);
    await expect(secrets.get("secret://prod/db")).rejects.toMatchObject({ kind: "bug" });
  });

  it("harms only the requests concerned", async () => {
    const nonsense: Step = () => ({ status: "nonsense" });
    await using secrets = resolverOf(memoryStore({ a: "1", b: nonsense, c: "3" }));
    const outcomes = await secrets.settle(["secret://prod/a", "secret://prod/b", "secret://prod/c"]);
    expect(outcomes.map(({ status }) => status)).toEqual(["found", "invalid", "found"]);
  });

  it("has none of what else it attached passed on", async () => {
    const failure: Step = () => ({
      status: "denied",
      reason: 403,
      message: Buffer.from("hunter2"),
      response: { body: "hunter2" },
      retryAfterMs: Number.NaN,
    });
    await using secrets = resolverOf(memoryStore({ db: failure }));
    const { db } = await secrets.settle({ db: "secret://prod/db" });
    expect(db).toEqual({
      status: "denied",
      reason: "denied",
      reference: "secret://prod/db",
      store: "prod",
    });
  });
});

describe("checkOutcomes", () => {
  const request = (id: string): Parameters<typeof checkOutcomes>[0][number] => ({
    id,
    path: id,
    selector: { kind: "whole" },
    version: { kind: "latest" },
    volatile: false,
  });

  it("gives one known outcome per request, in order, whatever was answered", () => {
    const answer = fc.oneof(
      fc.anything(),
      fc.record({
        id: fc.constantFrom("a", "b", "c"),
        status: fc.constantFrom("found", ...FAILURE_STATUSES, "x"),
      }),
      fc.record({
        id: fc.constantFrom("a", "b", "c"),
        status: fc.constant("found"),
        value: fc.constant(value),
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(answer), fc.anything()), (answers) => {
        const outcomes = checkOutcomes(["a", "b", "c"].map(request), answers, 0);
        expect(outcomes.map(({ id }) => id)).toEqual(["a", "b", "c"]);
        for (const outcome of outcomes) expect(["found", ...FAILURE_STATUSES]).toContain(outcome.status);
        const found = outcomes.filter((outcome) => outcome.status === "found");
        expect(found.every((outcome) => SecretValue.isInstance(outcome.value))).toBe(true);
      }),
    );
  });

  it("keeps of a failure what the contract knows", () => {
    const answer = { id: "a", status: "denied", reason: "r", response: "hunter2" };
    expect(checkOutcomes([request("a")], [answer], 0)).toEqual([{ id: "a", status: "denied", reason: "r" }]);
  });

  it("lets nothing pass that has expired", () => {
    const answer = { id: "a", status: "found", value, expiresAt: Date.UTC(2026, 0, 1) };
    expect(checkOutcomes([request("a")], [answer], answer.expiresAt - 1)).toEqual([answer]);
    expect(checkOutcomes([request("a")], [answer], answer.expiresAt)).toEqual([
      {
        id: "a",
        status: "expired",
        reason: "expired",
        message: "has expired at 2026-01-01T00:00:00.000Z",
        remedy: "Renew it in its store",
      },
    ]);
  });
});

describe("checkFailure", () => {
  it("keeps what the contract knows", () => {
    const failure = {
      status: "throttled",
      reason: "r",
      message: "m",
      remedy: "do",
      retryAfterMs: 5,
    } as const;
    expect(checkFailure(failure)).toEqual(failure);
    expect(checkFailure({ ...failure, retryAfterMs: -5 })).toEqual({ ...failure, retryAfterMs: 0 });
    expect(checkFailure({ ...failure, retryAfterMs: Infinity })).not.toHaveProperty("retryAfterMs");
    expect(checkFailure(null)).toMatchObject({ status: "invalid" });
  });
});
