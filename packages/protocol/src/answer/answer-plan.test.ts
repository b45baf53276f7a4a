import {
  createSecretResolver,
  defineProvider,
  type Failure,
  type SecretOutcome,
  SecretValue,
} from "@sluice/core";
import { formatPlan, type InjectionPlan, parsePlan } from "@sluice/core/plan";
import { describe, expect, it } from "vitest";
import { ProblemError } from "../problem-error.js";
import { answerPlan } from "./answer-plan.js";

type Content = Readonly<Record<string, string | Uint8Array | Failure>>;

function resolverOf(content: Content, calls: string[][] = []) {
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) => {
        calls.push(requests.map(({ path }) => path));
        return requests.map(({ id, path }): SecretOutcome => {
          const held = content[path] ?? { status: "not-found", reason: "no-such-secret" };
          if (typeof held === "string" || held instanceof Uint8Array) {
            const value = typeof held === "string" ? SecretValue.fromText(held) : SecretValue.fromBytes(held);
            return { id, status: "found", value, version: "7" };
          }
          return { id, ...held };
        });
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  });
  return createSecretResolver({ stores: { prod: provider({}) }, retry: { attempts: 1 } });
}

const plan = (env: InjectionPlan["env"], optional?: readonly string[]): InjectionPlan => ({
  version: 1,
  minReader: 1,
  critical: [],
  container: "web",
  env,
  ...(optional && { optional }),
});

async function refusal(work: Promise<unknown>): Promise<ProblemError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (ProblemError.isInstance(thrown)) return thrown;
  throw new Error("It was not refused", { cause: thrown });
}

describe("the answer to a plan", () => {
  it("is one read of each secret, put together", async () => {
    const calls: string[][] = [];
    await using secrets = resolverOf({ db: '{"user":"u","password":"p$"}', api: "k" }, calls);
    const env = {
      URL: ["pg://${secret://prod/db#user}:${secret://prod/db#password}@", { var: "HOST" }, "/x"],
      KEY: "secret://prod/api",
      PLAIN: "no $${secret://reference}",
    };
    const { answer, delivered } = await answerPlan(plan(env), secrets);
    expect(answer).toEqual({
      protocol: 1,
      critical: [],
      env: {
        URL: ["pg://", "u", ":", "p$", "@", { var: "HOST" }, "/x"],
        KEY: "k",
        PLAIN: "no ${secret://reference}",
      },
    });
    expect(calls).toEqual([["db", "api"]]);
    expect(delivered.map(({ reference, version }) => [reference, version])).toEqual([
      ["secret://prod/db#user", "7"],
      ["secret://prod/db#password", "7"],
      ["secret://prod/api", "7"],
    ]);
  });

  it("3.2 carries bytes that are not text, and refuses a NUL", async () => {
    await using secrets = resolverOf({
      raw: Uint8Array.of(0xff, 0x41),
      nul: "a\0b",
      rawNul: Uint8Array.of(0xff, 0),
    });
    const { answer } = await answerPlan(
      plan({ RAW: "secret://prod/raw", MIXED: "=${secret://prod/raw}" }),
      secrets,
    );
    expect(answer.env).toEqual({ RAW: { base64: "/0E=" }, MIXED: ["=", { base64: "/0E=" }] });
    for (const path of ["nul", "rawNul"]) {
      const { detail } = await refusal(answerPlan(plan({ A: `secret://prod/${path}` }), secrets));
      expect(detail).toMatchObject({
        kind: "configuration",
        failures: [{ variable: "A", reason: "has-nul" }],
      });
    }
  });

  it("3.5 is all or nothing, and lists every variable that cannot be given, without a value", async () => {
    const denied: Failure = { status: "denied", reason: "forbidden", message: "is not for you" };
    await using secrets = resolverOf({ ok: "SECRET-7f3a", no: denied });
    const env = { A: "secret://prod/ok", B: "x${secret://prod/no}", C: "secret://prod/gone" };
    const { detail, status } = await refusal(answerPlan(plan(env), secrets));
    expect(status).toBe(403);
    expect(detail.message).toBe('2 variables of container "web" cannot be given');
    expect(detail.failures).toEqual([
      {
        variable: "B",
        reference: "secret://prod/no",
        status: "denied",
        reason: "forbidden",
        message: "is not for you",
      },
      expect.objectContaining({ variable: "C", reference: "secret://prod/gone", status: "not-found" }),
    ]);
    expect(JSON.stringify(detail)).not.toContain("SECRET-7f3a");
  });

  it("leaves out what is optional and does not exist, and nothing else", async () => {
    const away: Failure = { status: "unavailable", reason: "down" };
    await using secrets = resolverOf({ ok: "v", away });
    const env = { A: "secret://prod/ok", B: "${secret://prod/ok}/${secret://prod/gone}" };
    const { answer } = await answerPlan(plan(env, ["B"]), secrets);
    expect(answer).toMatchObject({ env: { A: "v" }, unset: ["B"] });
    const { detail } = await refusal(answerPlan(plan({ A: "secret://prod/away" }, ["A"]), secrets));
    expect(detail.kind).toBe("unavailable");
  });

  it("takes away what the plan says, but what it sets", async () => {
    await using secrets = resolverOf({ ok: "v" });
    const wanted = { ...plan({ A: "secret://prod/ok" }), remove: ["MARK_A", "A"] };
    expect((await answerPlan(wanted, secrets)).answer.unset).toEqual(["MARK_A"]);
  });

  it("gives every field of a secret that is spread, over the variables, a later secret over an earlier", async () => {
    const calls: string[][] = [];
    await using secrets = resolverOf(
      { a: '{"A":"1","B":"x","N":18446744073709551615}', b: '{"B":"2"}', k: "k" },
      calls,
    );
    const spread = [{ from: "secret://prod/a" }, { from: "secret://prod/b" }];
    const wanted: InjectionPlan = {
      ...plan({ A: "secret://prod/k", C: "${secret://prod/k}" }),
      critical: ["spread"],
      remove: ["B", "OLD"],
      spread,
    };
    const { answer, delivered } = await answerPlan(parsePlan(formatPlan(wanted)), secrets);
    expect(answer).toMatchObject({
      env: { A: "1", B: "2", C: "k", N: "18446744073709551615" },
      unset: ["OLD"],
    });
    expect(calls).toEqual([["k", "a", "b"]]);
    expect(delivered.map(({ reference }) => reference)).toContain("secret://prod/b");
  });

  it("leaves out a secret to spread that may be missing and is, and fails with any other", async () => {
    await using secrets = resolverOf({
      text: "SECRET-7f3a",
      odd: '{"ok":"1","SLUICE_PLAN":"SECRET-7f3a","":""}',
      nul: '{"a":"\\u0000","b":null}',
    });
    const spread = (...from: readonly string[]): InjectionPlan => ({
      ...plan({}),
      critical: ["spread"],
      spread: from.map((path) => ({ from: `secret://prod/${path}`, optional: true })),
    });
    expect((await answerPlan(spread("gone"), secrets)).answer.env).toEqual({});
    const { detail } = await refusal(answerPlan(spread("text", "odd", "nul"), secrets));
    expect(detail.failures?.map(({ variable, reason }) => [variable, reason])).toEqual([
      ["*", "not-an-object"],
      ["*", "not-a-variable-name"],
      ["*", "not-a-variable-name"],
      ["a", "has-nul"],
      ["b", "field-null"],
    ]);
    expect(JSON.stringify(detail)).not.toContain("SECRET-7f3a");
    const must: InjectionPlan = {
      ...plan({}),
      critical: ["spread"],
      spread: [{ from: "secret://prod/gone" }],
    };
    expect((await refusal(answerPlan(must, secrets))).detail).toMatchObject({
      kind: "not-found",
      failures: [{ variable: "*", reference: "secret://prod/gone" }],
    });
  });

  it("3.7 tells how long a store asked to wait, of several the longest time", async () => {
    const throttled = { status: "throttled", reason: "rate" } as const;
    await using secrets = resolverOf({
      soon: { ...throttled, retryAfterMs: 1 },
      busy: { ...throttled, retryAfterMs: 2500 },
    });
    const env = { A: "secret://prod/soon", B: "secret://prod/busy" };
    const { detail, status } = await refusal(answerPlan(plan(env), secrets));
    expect([status, detail.kind, detail.retryAfterSeconds]).toEqual([429, "deadline", 3]);
  });

  it("8.2 is refused as soon as it is too large, however often a plan repeats a value", async () => {
    await using secrets = resolverOf({
      big: "x".repeat(1_000_000),
      bytes: new Uint8Array(600_000).fill(0xff),
    });
    // As a text of 600 MB no string could hold it.
    const repeated = "${secret://prod/big}".repeat(600);
    for (const env of [
      { A: repeated },
      { A: [repeated, { var: "B" }] },
      { A: "x${secret://prod/bytes}".repeat(4) },
    ]) {
      const { detail, status } = await refusal(answerPlan(plan(env), secrets));
      expect([status, detail.kind, detail.reason]).toEqual([422, "configuration", "answer-too-large"]);
      expect(detail.message).toBe('The environment of container "web" has more than 2097152 bytes');
    }
    // Nor may what JSON adds to it make it so.
    const quotes = await refusal(
      answerPlan(plan({ A: "${secret://prod/q}".repeat(2) }), resolverOf({ q: '"'.repeat(600_000) })),
    );
    expect(quotes.detail.reason).toBe("answer-too-large");
    expect((await answerPlan(plan({ A: "secret://prod/big" }), secrets)).answer.env).toHaveProperty("A");
  });

  it("names a reference that cannot be given once for each variable", async () => {
    await using secrets = resolverOf({});
    const env = { A: "${secret://prod/a}${secret://prod/a}", B: "secret://prod/a" };
    const { detail } = await refusal(answerPlan(plan(env), secrets));
    expect(detail.failures?.map(({ variable }) => variable)).toEqual(["A", "B"]);
  });

  it("leaves out no variable, whatever its name", async () => {
    await using secrets = resolverOf({ a: "v" });
    const text = '{"__proto__":"secret://prod/a","constructor":["x",{"var":"Y"}]}';
    const { answer } = await answerPlan(plan(JSON.parse(text) as InjectionPlan["env"]), secrets);
    expect(JSON.stringify(answer.env)).toBe('{"__proto__":"v","constructor":["x",{"var":"Y"}]}');
  });
});
