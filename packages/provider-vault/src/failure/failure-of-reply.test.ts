import { describe, expect, it } from "vitest";
import { failureOfReply } from "./failure-of-reply.js";

const CANARY = "canary-9d21";
const errors = (...texts: string[]) => ({ body: { errors: [...texts, CANARY] } });

describe("failureOfReply", () => {
  it.each([
    [404, [], "not-found", "no-such-path"],
    [404, ['no handler for route "x/y". route entry not found.'], "not-found", "no-such-mount"],
    [404, ["namespace not found"], "invalid", "no-such-namespace"],
    [413, [], "invalid", "too-large"],
    [400, ["failed to read: http: request body too large"], "invalid", "too-large"],
    [400, ["refused JSON input due to high complexity"], "invalid", "too-large"],
    [403, ["permission denied"], "denied", "permission-denied"],
    [400, [], "invalid", "http-400"],
    [405, ["unsupported operation"], "invalid", "unsupported-operation"],
    [412, [], "throttled", "not-replicated"],
    [429, [], "throttled", "rate-limit"],
    [472, [], "unavailable", "http-472"],
    [473, [], "unavailable", "http-473"],
    [500, [], "unavailable", "http-500"],
    [502, [], "unavailable", "http-502"],
    [503, ["Vault is sealed"], "unavailable", "sealed"],
    [307, [], "unavailable", "redirect"],
  ] as const)("maps HTTP %d with %j to %s (%s)", (status, texts, expected, reason) => {
    const failure = failureOfReply({ status, ...errors(...texts) });
    expect(failure).toMatchObject({ status: expected, reason });
    expect(failure.message).toMatch(/^(?:is|cannot|has|was) /);
    expect(failure.remedy).toBeTypeOf("string");
    expect(JSON.stringify(failure)).not.toContain(CANARY);
  });

  it.each([200, 302, 400, 403, 404])(
    "takes HTTP %d without a JSON object for no answer of Vault",
    (status) => {
      expect(failureOfReply({ status })).toMatchObject({ status: "unavailable", reason: "not-vault" });
    },
  );

  it("says how long to wait where the server does", () => {
    expect(failureOfReply({ status: 429, retryAfterMs: 2000 })).toMatchObject({ retryAfterMs: 2000 });
    expect(failureOfReply({ status: 503, retryAfterMs: 0 })).toMatchObject({ retryAfterMs: 0 });
    expect(failureOfReply({ status: 429 })).not.toHaveProperty("retryAfterMs");
  });
});
