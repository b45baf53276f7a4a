import { ProblemError } from "@sluice/protocol";
import { expect, it } from "vitest";
import { explainConnection } from "./explain-connection.js";

const failure = (code?: string): Error => Object.assign(new Error("SECRET-77aa"), { code });

it.each([
  ["ECONNREFUSED", "unavailable"],
  ["ECONNRESET", "unavailable"],
  ["ENOENT", "unavailable"],
  [undefined, "unavailable"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "denied"],
  ["CERT_HAS_EXPIRED", "denied"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "denied"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "denied"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "denied"],
])("takes %s for %s, and quotes no more of it", (code, kind) => {
  const error = explainConnection(failure(code));
  expect(error.kind).toBe(kind);
  expect(error.message).toContain(code ?? "ended early");
  expect(error.message).not.toContain("SECRET-77aa");
});

it("leaves what the source itself said", () => {
  const problem = new ProblemError({ kind: "denied", reason: "x", message: "No" });
  expect(explainConnection(problem)).toBe(problem);
});
