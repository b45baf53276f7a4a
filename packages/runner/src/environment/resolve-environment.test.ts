import {
  createSecretResolver,
  defineProvider,
  ResolutionError,
  SecretValue,
  type StoreDefinition,
} from "@sluice/core";
import { describe, expect, it } from "vitest";
import { planEnvironment } from "./plan-environment.js";
import { resolveEnvironment } from "./resolve-environment.js";

function memory(secrets: Readonly<Record<string, string | Uint8Array>>) {
  const calls: string[][] = [];
  const provider = defineProvider<object>({
    id: "memory",
    optionsSchema: {},
    capabilities: { batchSize: 100, fields: "extracted", versions: { exact: false, label: false } },
    create: () => ({
      resolve: async (requests) => {
        calls.push(requests.map(({ path }) => path));
        return requests.map(({ id, path }) => {
          const secret = secrets[path];
          if (secret === undefined)
            return { id, status: "not-found", reason: "missing", message: "is not there" };
          const value =
            typeof secret === "string" ? SecretValue.fromText(secret) : SecretValue.fromBytes(secret);
          return { id, status: "found", value };
        });
      },
    }),
  });
  const stores: Record<string, StoreDefinition> = { dev: provider({}) };
  return { calls, resolver: createSecretResolver({ stores }) };
}

const planOf = (inherited: Readonly<Record<string, string>>) => planEnvironment({ inherited, added: [] });

describe("resolveEnvironment", () => {
  it("reads everything in one call and puts it together", async () => {
    const { resolver, calls } = memory({ a: "1", b: '{"x":"2","y":3}' });
    const env = {
      A: "secret://dev/a",
      B: "<${secret://dev/a}|${secret://dev/b#x}${secret://dev/b#y}>",
      C: "plain",
    };
    const resolved = await resolveEnvironment(planOf(env), resolver);
    expect(resolved.env).toEqual({ A: "1", B: "<1|23>", C: "plain" });
    expect(resolved.secretNames).toEqual(new Set(["A", "B"]));
    expect(calls).toEqual([["a", "b"]]);
  });

  it("makes no call when there is nothing to read", async () => {
    const { resolver, calls } = memory({});
    expect((await resolveEnvironment(planOf({ A: "1" }), resolver)).env).toEqual({ A: "1" });
    expect(calls).toEqual([]);
  });

  it("lists every variable that fails: missing, not text, malformed", async () => {
    const { resolver } = memory({ nul: "a\0b", bytes: Uint8Array.of(0xff) });
    const env = {
      MISSING: "x${secret://dev/none}y",
      NUL: "secret://dev/nul",
      BYTES: "secret://dev/bytes",
      BAD: "secret://dev",
      FINE: "plain",
    };
    const thrown: unknown = await resolveEnvironment(planOf(env), resolver).catch((error: unknown) => error);
    if (!ResolutionError.isInstance(thrown)) throw new Error("expected a ResolutionError", { cause: thrown });
    expect(Object.fromEntries(thrown.failures.map(({ label, reason }) => [label, reason]))).toEqual({
      BAD: "malformed-reference",
      BYTES: "not-text",
      MISSING: "missing",
      NUL: "not-text",
    });
  });

  it("keeps odd names as they are", async () => {
    const { resolver } = memory({ a: "1" });
    const { env } = await resolveEnvironment(
      planOf({ ["__proto__"]: "secret://dev/a", "a.b": "2" }),
      resolver,
    );
    expect(Object.entries(env)).toEqual([
      ["__proto__", "1"],
      ["a.b", "2"],
    ]);
  });
});
