import { describe, expect, it } from "vitest";
import { OLD_PREFIX, PREFIX, readAll, type Surroundings } from "./bank-vaults.test-support.js";

describe("vault-from-path", () => {
  const spreadOf = (paths: string, around: Surroundings = {}, name = `${PREFIX}vault-from-path`) =>
    readAll({}, { ...around, annotations: { ...around.annotations, [name]: paths } });

  it.each([
    ["secret/data/a", [{ from: "secret://vault/secret/data/a" }]],
    [
      "secret/data/a#1, secret/b,",
      [{ from: "secret://vault/secret/data/a?version=1" }, { from: "secret://vault/secret/b" }],
    ],
    ["database/creds/app", [{ from: "secret://vault/database/creds/app?volatile=true" }]],
  ])("%s is %j", (paths, spread) => {
    expect(spreadOf(paths)).toMatchObject({ spread, problems: [], env: {} });
  });

  it.each([`${OLD_PREFIX}vault-env-from-path`, `${OLD_PREFIX}vault-from-path`])("is also %s", (name) => {
    expect(spreadOf("a/b", {}, name).spread).toEqual([{ from: "secret://vault/a/b" }]);
  });

  it("is read for every container that starts with its pod", () => {
    for (const kind of ["app", "init", "sidecar"] as const)
      expect(spreadOf("a/b", { kind }).spread).toHaveLength(1);
    expect(spreadOf("a/b", { kind: "ephemeral" }).spread).toEqual([]);
  });

  it("may be missing, and goes to its own server", () => {
    const annotations = { [`${PREFIX}bao-ignore-missing-secrets`]: "true" };
    expect(spreadOf("a/b", { annotations }, `${PREFIX}bao-from-path`).spread).toEqual([
      { from: "secret://bao/a/b", optional: true },
    ]);
    expect(spreadOf("a/b", { annotations: { [`${PREFIX}vault-addr`]: "x" } }).problems).toHaveLength(1);
  });

  it.each(["a/../b", "#1", "a#x", "a?b=c"])("refuses %s", (paths) => {
    expect(spreadOf(paths)).toMatchObject({
      spread: [],
      problems: [{ problem: expect.stringContaining("no path of a secret") }],
    });
  });
});
