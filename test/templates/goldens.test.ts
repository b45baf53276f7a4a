import { writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { TemplateError } from "@sluice/templates/go";
import { describe, expect, it } from "vitest";
import { serversRequired } from "../servers/shared/server.js";
import { renderGoldens, templateGoldensProgram } from "../servers/template-goldens.js";
import {
  CASE_FILES,
  goldenPath,
  readCases,
  readGoldens,
  type Golden,
  type GoldenCase,
} from "./golden-case.js";
import { renderCase } from "./render-case.js";

/** Texts of the cases' secrets that are long enough to be no part of anything else. */
function secretsOf({ answers = [] }: GoldenCase): string[] {
  return answers.flatMap(({ secret }) =>
    Array.from((secret?.data ?? "").matchAll(/:"((?:[^"\\]|\\.){6,})"/g), ([, value = ""]) => value),
  );
}

/** The bytes of a rendering, or where it failed. */
async function outcome(each: GoldenCase): Promise<string> {
  try {
    return `output: ${Buffer.from(await renderCase(each)).toString("latin1")}`;
  } catch (thrown) {
    if (!TemplateError.isInstance(thrown)) throw thrown;
    return `error at ${thrown.stage}`;
  }
}

function expectedOutcome({ output, base64, stage }: Golden): string {
  if (stage !== undefined) return `error at ${stage}`;
  const bytes = base64 === undefined ? Buffer.from(output ?? "") : Buffer.from(base64, "base64");
  return `output: ${bytes.toString("latin1")}`;
}

describe.each(CASE_FILES)("%s", (file) => {
  const cases = readCases(file);
  const goldens = readGoldens(file);
  const named = (isRefused: boolean): [string, GoldenCase][] =>
    cases.filter(({ refused }) => (refused !== undefined) === isRefused).map((each) => [each.name, each]);

  it("has a golden for each case", () => {
    expect([...goldens.keys()]).toEqual(cases.map(({ name }) => name));
  });

  it.each(named(false))("%s", async (name, each) => {
    expect(await outcome(each)).toBe(expectedOutcome(goldens.get(name) as Golden));
  });

  it.each(named(true))("%s is refused", async (_, each) => {
    expect(await outcome(each)).toMatch(/^error at/);
  });

  it("has no error that holds a secret", async () => {
    for (const each of cases) {
      const thrown: unknown = await renderCase(each).then(
        () => undefined,
        (error: unknown) => error,
      );
      const printed = inspect(thrown, { depth: Infinity, showHidden: true });
      for (const secret of secretsOf(each)) expect(printed).not.toContain(secret);
    }
  });
});

describe("Go", async () => {
  const program = await templateGoldensProgram();
  if (program === undefined) {
    if (serversRequired()) throw new Error("consul-template could not be built");
    process.stderr.write("\nSKIPPED: goldens against consul-template: it is not built\n\n");
  }

  it.skipIf(program === undefined).each(CASE_FILES)("still gives the goldens of %s", async (file) => {
    const rendered = await renderGoldens(program as string, readCases(file));
    // To write them anew after a change of the cases.
    if (process.env["SLUICE_WRITE_GOLDENS"] === "1")
      writeFileSync(goldenPath(file), `${JSON.stringify(rendered, undefined, 2)}\n`);
    expect(rendered).toEqual([...readGoldens(file).values()]);
  });
});
