import { StoreError } from "@sluice/core";
import { expect, it } from "vitest";
import { failedCheck, storeCheckOf, tidyCheck } from "./store-check.js";

const ok = { aspect: "reachable", status: "ok", message: "fine" } as const;
const warning = { aspect: "clock", status: "warning", message: "is off", remedy: "Set it" } as const;
const failed = {
  aspect: "authenticated",
  status: "failed",
  failure: "denied",
  message: "was refused",
  remedy: "Log in",
} as const;

it("a provider's findings are ready unless one failed", () => {
  expect(storeCheckOf({ findings: [ok] })).toEqual({
    ready: true,
    reason: "Checked",
    message: "The store answers",
  });
  expect(storeCheckOf({ findings: [ok, warning] })).toEqual({
    ready: true,
    reason: "Warnings",
    message: "clock: is off. Set it",
  });
  expect(storeCheckOf({ findings: [warning, failed] })).toEqual({
    ready: false,
    reason: "CheckFailed",
    message: "authenticated: was refused. Log in",
  });
});

it("what a check threw is told in our own words only", () => {
  const ours = new StoreError("prod", { status: "denied", reason: "x", message: "was refused" });
  expect(failedCheck(ours).message).toContain('Store "prod": was refused');
  expect(failedCheck(Object.assign(new Error("CANARY"), { code: "ECONNREFUSED" })).message).toBe(
    "The check failed (ECONNREFUSED)",
  );
});

it("what ends in a cluster fits there", () => {
  const tidy = tidyCheck({ ready: false, reason: "not a word", message: `a\n\u0000b${"x".repeat(2000)}` });
  expect(tidy.reason).toBe("Unspecified");
  expect(tidy.message).toMatch(/^a bx+$/);
  expect(tidy.message).toHaveLength(1024);
});
