import { SecretValue } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { examineClock } from "./examine-clock.js";
import { examineReferences } from "./examine-references.js";

const DAY = 24 * 3_600_000;
const NOW = Date.UTC(2026, 0, 10);

describe("examineClock", () => {
  it.each([
    [0, "ok", /0 s/],
    [-20_000, "ok", /20 s/],
    [60_000, "warning", /60 s behind/],
    [-60_000, "warning", /60 s ahead of/],
    [600_000, "failed", /600 s behind/],
  ])("takes a difference of %d ms for %s", (difference, status, message) => {
    const finding = examineClock("dev", NOW + difference, NOW);
    expect(finding).toMatchObject({ status, message: expect.stringMatching(message) });
    expect(finding.remedy === undefined).toBe(status === "ok");
  });
});

describe("examineReferences", () => {
  const found = (reference: string, expiresAt?: number) => ({
    status: "found" as const,
    reference,
    store: "dev",
    value: SecretValue.fromText("x"),
    source: "provider" as const,
    ...(expiresAt !== undefined && { expiresAt }),
  });

  it("mentions what expires within two weeks", () => {
    const outcomes = [
      found("secret://dev/a", NOW + 13 * DAY),
      found("secret://dev/b", NOW + 15 * DAY),
      found("secret://dev/c"),
    ];
    expect(examineReferences("dev", outcomes, NOW)).toMatchObject([
      { aspect: "readable", status: "ok", message: "3 of the 3 references to it can be read" },
      { aspect: "expiry", status: "warning", message: "secret://dev/a expires on 2026-01-23" },
    ]);
  });

  it("tells of what cannot be read, and why", () => {
    const denied = { status: "denied", reason: "403", reference: "secret://dev/d", store: "dev" } as const;
    expect(examineReferences("dev", [found("secret://dev/a"), denied], NOW)).toEqual([
      {
        store: "dev",
        aspect: "readable",
        status: "failed",
        message: "secret://dev/d is denied (403)",
        remedy: "Check the reference and what the store grants",
        kind: "denied",
      },
    ]);
  });
});
