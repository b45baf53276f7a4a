import type { GoTemplate } from "./go-template.js";
import { TemplateError } from "./template-error.js";
import type { TemplateProblem } from "./template-problem.js";
import { asGoString } from "./values/go-string.js";
import { runeCount } from "./values/rune.js";

/** The error for a problem: at its own place in the template, or else at `offset`. */
export function templateErrorAt(
  { name, source }: Pick<GoTemplate, "name" | "source">,
  stage: "parse" | "execute",
  { problem, remedy, offset: own }: TemplateProblem,
  offset: number,
): TemplateError {
  const before = source.slice(0, own ?? offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = before.split("\n").length;
  const column = runeCount(asGoString(before.slice(lineStart))) + 1;
  return new TemplateError(stage, { template: name, line, column }, problem, remedy);
}
