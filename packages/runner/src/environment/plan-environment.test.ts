import { describe, expect, it } from "vitest";
import type { EnvironmentOptions } from "./environment-layer.js";
import { planEnvironment } from "./plan-environment.js";

const added = (entries: Readonly<Record<string, string>>, origin = "sluice.yaml") =>
  Object.entries(entries).map(([name, text]) => ({ name, text, origin }));

function plan(
  inherited: Readonly<Record<string, string>>,
  layers: Readonly<Record<string, string>>,
  options: EnvironmentOptions = {},
) {
  const { variables, faults } = planEnvironment(
    { inherited, added: added(layers) },
    { platform: "linux", ...options },
  );
  return { variables: Object.fromEntries(variables.map(({ name, ...rest }) => [name, rest])), faults };
}

describe("planEnvironment", () => {
  it("lays later over earlier, and remembers what was replaced", () => {
    const { variables } = planEnvironment({
      inherited: { A: "1" },
      added: [...added({ A: "2" }, "sluice.yaml:3"), ...added({ A: "3" }, ".env:1")],
    });
    expect(variables).toEqual([
      {
        name: "A",
        parts: ["3"],
        origin: ".env:1",
        rule: "added",
        replaces: ["sluice.yaml:3", "environment"],
      },
    ]);
  });

  it("does not read a text that is replaced", () => {
    expect(plan({ A: "secret://broken" }, { A: "fine" })).toMatchObject({
      faults: [],
      variables: { A: { parts: ["fine"] } },
    });
  });

  it("names each variable whose reference is malformed, and quotes nothing else", () => {
    const { faults, variables } = plan({ A: "pw ${secret://dev pw", B: "ok" }, { C: "secret://" });
    expect(faults.map(({ label, origin, status }) => [label, origin, status])).toEqual([
      ["A", "environment", "invalid"],
      ["C", "sluice.yaml", "invalid"],
    ]);
    expect(JSON.stringify(faults)).not.toContain("pw");
    expect(Object.keys(variables)).toEqual(["B"]);
  });

  it("leaves text without references as it is", () => {
    const text = "$$ ${HOME} $(x) %PATH% \\";
    expect(plan({ A: text }, { B: text }).variables).toMatchObject({
      A: { parts: [text] },
      B: { parts: [text] },
    });
  });

  it("keeps an empty value", () => {
    expect(plan({ A: "" }, { B: "" }).variables).toMatchObject({ A: { parts: [] }, B: { parts: [] } });
  });

  it("preserves inherited plain values, through several layers", () => {
    const { variables } = planEnvironment(
      { inherited: { A: "mine" }, added: [...added({ A: "1" }), ...added({ A: "2" })] },
      { preserve: true },
    );
    expect(variables).toMatchObject([{ parts: ["mine"], rule: "preserved", origin: "environment" }]);
  });

  it("lets a preserved environment still replace between layers", () => {
    const { variables } = planEnvironment(
      { inherited: {}, added: [...added({ A: "1" }), ...added({ A: "2" })] },
      { preserve: true },
    );
    expect(variables).toMatchObject([{ parts: ["2"], rule: "added" }]);
  });

  it("is pristine without what is inherited and plain", () => {
    const { variables } = plan(
      { A: "plain", B: "secret://dev/b", C: "kept" },
      { D: "added" },
      { pristine: true },
    );
    expect(Object.keys(variables)).toEqual(["B", "D"]);
  });

  it("fills strictly only what is marked, the last layer winning", () => {
    const { variables, faults } = planEnvironment(
      {
        inherited: { A: "secret://", B: "plain", C: "secret://dev/c", D: "secret://" },
        added: [...added({ A: "1", B: "1", C: "1", E: "1" }), ...added({ A: "2" })],
      },
      { strict: true },
    );
    expect(Object.fromEntries(variables.map(({ name, parts, rule }) => [name, [rule, ...parts]]))).toEqual({
      A: ["marked", "2"],
      B: ["inherited", "plain"],
      C: ["inherited", { store: "dev", path: "c" }],
    });
    expect(faults).toMatchObject([{ label: "D", reason: "unfilled" }]);
  });

  it("puts the prefix before added names only", () => {
    expect(Object.keys(plan({ A: "1" }, { B: "2" }, { prefix: "P_" }).variables)).toEqual(["A", "P_B"]);
  });

  it("takes names for equal on Windows whatever their case, and keeps the first spelling", () => {
    const { variables } = plan({ Path: "1", HOME: "h" }, { PATH: "2", home: "i" }, { platform: "win32" });
    expect(variables).toMatchObject({ Path: { parts: ["2"] }, HOME: { parts: ["i"] } });
    expect(Object.keys(plan({ Path: "1" }, { PATH: "2" }).variables)).toEqual(["Path", "PATH"]);
  });
});
