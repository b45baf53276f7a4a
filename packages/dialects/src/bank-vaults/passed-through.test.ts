import { describe, expect, it } from "vitest";
import { OLD_PREFIX, PREFIX, readAll } from "./bank-vaults.test-support.js";

const A = { A: "vault:a/b#c" };

describe("variables that are passed through", () => {
  it("are those that annotations make, of each notation its own", () => {
    const annotations = {
      [`${PREFIX}vault-passthrough`]: "VAULT_ROLE, VAULT_AUTH_METHOD,BAO_PATH,VAULT_TOKEN,constructor,",
      [`${PREFIX}vault-role`]: "web",
      [`${OLD_PREFIX}vault-auth-method`]: "jwt",
      [`${PREFIX}vault-path`]: "not asked for",
      [`${PREFIX}bao-passthrough`]: "BAO_PATH",
      [`${PREFIX}bao-path`]: "kubernetes",
    };
    expect(readAll(A, { annotations }).env).toEqual({
      VAULT_ROLE: "web",
      VAULT_AUTH_METHOD: "jwt",
      BAO_PATH: "kubernetes",
      A: "secret://vault/a/b#c",
    });
  });

  it("do not take the place of the container's own, and make no plan by themselves", () => {
    const annotations = { [`${PREFIX}vault-passthrough`]: "VAULT_ROLE", [`${PREFIX}vault-role`]: "web" };
    expect(readAll({ ...A, VAULT_ROLE: "own" }, { annotations }).env).toEqual({ A: "secret://vault/a/b#c" });
    expect(readAll({ B: "plain" }, { annotations }).env).toEqual({});
    expect(readAll(A, { annotations, kind: "ephemeral" }).env).toEqual({ A: "secret://vault/a/b#c" });
  });

  it("are text, whatever they say", () => {
    const annotations = {
      [`${PREFIX}vault-passthrough`]: "VAULT_ROLE",
      [`${PREFIX}vault-role`]: "${secret://a/b}",
    };
    expect(readAll(A, { annotations }).env["VAULT_ROLE"]).toBe("$${secret://a/b}");
    expect(
      readAll(A, { annotations: { ...annotations, [`${PREFIX}vault-role`]: "secret://a/b" } }).env,
    ).toEqual({
      A: "secret://vault/a/b#c",
    });
  });
});

describe("mutate-probes", () => {
  const exec = { exec: { command: ["/check"] } };
  const problems = (annotations: Readonly<Record<string, string>>, container: object): readonly string[] =>
    readAll(A, { annotations, container }).problems.map(({ problem }) => problem);

  it.each([PREFIX, OLD_PREFIX])("%s denies probes that run a command, each by its name", (prefix) => {
    const annotations = { [`${prefix}mutate-probes`]: "true" };
    expect(problems(annotations, { livenessProbe: exec, startupProbe: exec })).toEqual([
      expect.stringContaining("its livenessProbe be given secrets"),
      expect.stringContaining("its startupProbe be given secrets"),
    ]);
    expect(problems(annotations, { livenessProbe: { httpGet: { port: 80 } }, readinessProbe: null })).toEqual(
      [],
    );
  });

  it("that is not true, or not there, denies nothing", () => {
    expect(problems({ [`${PREFIX}mutate-probes`]: "false" }, { livenessProbe: exec })).toEqual([]);
    expect(problems({}, { livenessProbe: exec })).toEqual([]);
    for (const source of ["file", "sidecar"]) {
      const local = { [`${PREFIX}mutate-probes`]: "true", "sluice.dev/source": source };
      expect(problems(local, { livenessProbe: exec })).toEqual([]);
    }
  });
});
