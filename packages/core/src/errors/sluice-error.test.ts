import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { DisposedError } from "./disposed-error.js";
import { ERROR_CODES } from "./error-code.js";
import { ReferenceSyntaxError } from "./reference-syntax-error.js";
import { ResolutionError } from "./resolution-error.js";
import type * as Derived from "./secret-value-error.js";
import { SecretValueError } from "./secret-value-error.js";
import type * as Base from "./sluice-error.js";
import { SluiceError } from "./sluice-error.js";
import { StoreError } from "./store-error.js";
import { UnknownStoreError } from "./unknown-store-error.js";

const FAILURE = { status: "denied", reason: "forbidden" } as const;

const EXAMPLES = [
  { type: DisposedError, error: new DisposedError(), code: "SLU3003", kind: "bug" },
  {
    type: ReferenceSyntaxError,
    error: new ReferenceSyntaxError({ input: "secret://", position: 9, reason: "it ends", remedy: "Go on" }),
    code: "SLU1001",
    kind: "configuration",
  },
  {
    type: ResolutionError,
    error: new ResolutionError([{ ...FAILURE, label: "db", reference: "secret://prod/db" }]),
    code: "SLU2001",
    kind: "denied",
  },
  {
    type: SecretValueError,
    error: new SecretValueError("It is not", "Be"),
    code: "SLU2002",
    kind: "configuration",
  },
  { type: StoreError, error: new StoreError("prod", FAILURE), code: "SLU2003", kind: "denied" },
  {
    type: UnknownStoreError,
    error: new UnknownStoreError("prd", ["prod"]),
    code: "SLU1002",
    kind: "configuration",
  },
];

describe.each(EXAMPLES)("$type.name", ({ type, error, code, kind }) => {
  it("has a code, a kind and a message that ends in the remedy", () => {
    expect(error).toMatchObject({ name: type.name, code, kind });
    expect(Object.keys(ERROR_CODES)).toContain(code);
    expect(error.message).toBe(`${error.problem}. ${error.remedy}`);
    expect(error.remedy).not.toBe("");
    expect(inspect(error)).toContain(`${type.name}: ${error.problem}`);
  });

  it("is an instance of itself, of SluiceError and of none of the others", () => {
    expect(type.isInstance(error)).toBe(true);
    expect(SluiceError.isInstance(error)).toBe(true);
    for (const other of EXAMPLES) expect(other.type.isInstance(error)).toBe(other.type === type);
  });
});

describe("SluiceError.isInstance", () => {
  it("holds across copies of the package", async () => {
    const [basePath, derivedPath] = ["./sluice-error.js?copy=2", "./secret-value-error.js?copy=2"];
    const base = (await import(basePath ?? "")) as typeof Base;
    const derived = (await import(derivedPath ?? "")) as typeof Derived;
    const theirs = new base.SluiceError({ code: "SLU1103", kind: "usage", problem: "P", remedy: "R" });
    expect(theirs).not.toBeInstanceOf(SluiceError);
    expect(SluiceError.isInstance(theirs)).toBe(true);
    expect(base.SluiceError.isInstance(new DisposedError())).toBe(true);
    expect(SecretValueError.isInstance(new derived.SecretValueError("P", "R"))).toBe(true);
    expect(new derived.SecretValueError("P", "R")).not.toBeInstanceOf(SecretValueError);
  });

  it("takes nothing else for one", () => {
    for (const other of [undefined, null, "SLU3003", {}, new Error("SLU3003"), { code: "SLU3003" }])
      expect(SluiceError.isInstance(other)).toBe(false);
    expect(DisposedError.isInstance(new SecretValueError("P", "R"))).toBe(false);
  });

  it("keeps a cause where there is one", () => {
    const cause = new Error("inner");
    const init = { code: "SLU1103", kind: "usage", problem: "P", remedy: "R" } as const;
    expect(new SluiceError({ ...init, cause }).cause).toBe(cause);
    expect("cause" in new SluiceError(init)).toBe(false);
  });
});
