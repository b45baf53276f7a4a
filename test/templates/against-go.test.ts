import { TemplateError } from "@sluice/templates/go";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { renderGoldens, templateGoldensProgram } from "../servers/template-goldens.js";
import { changedTemplate } from "./changed-template.js";
import { readCases, type Golden, type GoldenCase } from "./golden-case.js";
import { renderCase } from "./render-case.js";

const CASES = ["builtins", "control", "functions", "printf", "text-and-trim", "values"].flatMap(readCases);

/** Go has no limits: it would loop for long. And it would really start a process, read a file, tell the time. */
const NOT_FOR_GO = /\d{5}|\d[eE_]|plugin|[fF]ile|timestamp|sockaddr|secret|pki/;

const program = await templateGoldensProgram();

/** Output, or where it failed; nothing where a difference is known (docs/templates.md). */
async function ours(each: GoldenCase): Promise<string | undefined> {
  try {
    return `output: ${Buffer.from(await renderCase(each)).toString("latin1")}`;
  } catch (thrown) {
    if (!TemplateError.isInstance(thrown)) throw thrown;
    const isKnown = /is refused|printf has no|as TOML|more than \d+ bytes/.test(thrown.problem);
    return isKnown ? undefined : `error at ${thrown.stage}`;
  }
}

function theirs({ output, base64, stage }: Golden): string {
  if (stage !== undefined) return `error at ${stage}`;
  const bytes = base64 === undefined ? Buffer.from(output ?? "") : Buffer.from(base64, "base64");
  return `output: ${bytes.toString("latin1")}`;
}

it.skipIf(program === undefined)("changed templates come out as in consul-template", async () => {
  // The same templates in every run: a difference that is found is of a change, not of luck.
  const templates = fc
    .sample(changedTemplate(CASES), { numRuns: 3000, seed: 20_261_121 })
    .filter((template) => template !== "" && template.isWellFormed() && !NOT_FOR_GO.test(template));
  const cases = templates.map((template, index): GoldenCase => ({
    name: String(index),
    template,
    missingKey: index % 2 === 0 ? "zero" : "error",
  }));
  const goldens = await renderGoldens(program as string, cases);
  const differences: unknown[] = [];
  let rendered = 0;
  for (const [index, each] of cases.entries()) {
    const golden = goldens[index] as Golden;
    const result = await ours(each);
    if (result === undefined) continue;
    if (golden.stage === undefined) rendered += 1;
    if (result !== theirs(golden)) differences.push({ template: each.template, ours: result, golden });
  }
  expect(differences).toEqual([]);
  expect(rendered).toBeGreaterThan(300);
});
