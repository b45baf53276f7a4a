import { describe, expect, it } from "vitest";
import { FAILURE_STATUSES, type FailureStatus } from "../provider/secret-outcome.js";
import { failureKind } from "./failure-kind.js";
import { ResolutionError, type ResolutionFailure } from "./resolution-error.js";
import type { ErrorKind } from "./sluice-error.js";
import { StoreError } from "./store-error.js";
import { UnknownStoreError } from "./unknown-store-error.js";

const failure = (status: FailureStatus, more: Partial<ResolutionFailure> = {}): ResolutionFailure => ({
  status,
  reason: "why",
  label: "db",
  reference: "secret://prod/db",
  ...more,
});

describe("failureKind", () => {
  it.each<[FailureStatus, string, ErrorKind]>([
    ["not-found", "", "not-found"],
    ["denied", "", "denied"],
    ["disabled", "", "denied"],
    ["expired", "", "denied"],
    ["throttled", "", "deadline"],
    ["unavailable", "ECONNREFUSED", "unavailable"],
    ["unavailable", "deadline", "deadline"],
    ["invalid", "", "configuration"],
    ["invalid", "provider-contract", "bug"],
    ["conflict", "", "configuration"],
    ["unsupported", "", "configuration"],
  ])("of %s (%s) is %s", (status, reason, kind) => {
    expect(failureKind({ status, reason })).toBe(kind);
  });

  it("knows every status", () => {
    for (const status of FAILURE_STATUSES) expect(failureKind({ status, reason: "" })).toBeTypeOf("string");
  });
});

describe("ResolutionError", () => {
  it("lists every failure", () => {
    const error = new ResolutionError([
      failure("not-found", { label: "a", message: "does not exist" }),
      failure("denied", { label: "secret://prod/db" }),
    ]);
    expect(error.message).toBe(
      "2 references could not be resolved: a: secret://prod/db does not exist; secret://prod/db is denied (why). Correct each",
    );
    expect(error.failures).toHaveLength(2);
  });

  it("gives the remedy of a single failure", () => {
    expect(new ResolutionError([failure("denied", { remedy: "Ask for the right" })]).remedy).toBe(
      "Ask for the right",
    );
    expect(new ResolutionError([failure("denied")]).problem).toMatch(/^A reference could not be resolved/);
  });

  it.each<[FailureStatus[], ErrorKind]>([
    [["throttled", "unavailable", "not-found", "denied", "unsupported"], "configuration"],
    [["throttled", "unavailable", "not-found", "denied"], "denied"],
    [["throttled", "unavailable", "not-found"], "not-found"],
    [["throttled", "unavailable"], "unavailable"],
    [["throttled"], "deadline"],
  ])("is of the kind to mend first: %j is %s", (statuses, kind) => {
    expect(new ResolutionError(statuses.map((status) => failure(status))).kind).toBe(kind);
  });

  it("takes a hundred thousand failures", () => {
    expect(new ResolutionError(Array.from({ length: 100_000 }, () => failure("denied"))).kind).toBe("denied");
  });
});

describe("StoreError and UnknownStoreError", () => {
  it("say what is known and what to do", () => {
    expect(new StoreError("prod", { status: "denied", reason: "why" }).message).toBe(
      `Store "prod": denied (why). Check the store's configuration, and that it can be reached`,
    );
    expect(new StoreError("prod", { ...failure("denied"), message: "refuses", remedy: "Ask" }).message).toBe(
      'Store "prod": refuses. Ask',
    );
    expect(new UnknownStoreError("prd", ["dev", "prod"]).remedy).toBe('Did you mean "prod"?');
    expect(new UnknownStoreError("x", ["dev", "prod"]).remedy).toBe(
      'Add it under "stores:"; configured are: dev, prod',
    );
    expect(new UnknownStoreError("x", []).remedy).toMatch(/configured are: none$/);
  });
});
