import { SecretValue } from "@sluice/core";
import { expect, it } from "vitest";
import { requestToken, secretInput } from "./secret-input.js";

it("writes text as text and anything else as bytes", () => {
  expect(secretInput(SecretValue.fromText("ä"))).toEqual({ SecretString: "ä" });
  const bytes = Uint8Array.of(0xff);
  expect(secretInput(SecretValue.fromBytes(bytes))).toEqual({ SecretBinary: bytes });
});

it("makes tokens that AWS takes, one for each secret and key", () => {
  const value = SecretValue.fromText("x");
  const token = (path: string, idempotencyKey: string) => requestToken({ path, value, idempotencyKey });
  expect(token("a", "k")).toMatch(/^[0-9a-f]{64}$/);
  expect(token("a", "k")).toBe(token("a", "k"));
  expect(new Set([token("a", "k"), token("b", "k"), token("a", "l")]).size).toBe(3);
  expect(requestToken({ path: "a", value })).toBeUndefined();
});
