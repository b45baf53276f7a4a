import { expect, it } from "vitest";
import { parseGoTemplate } from "./parse-go-template.js";
import { TemplateError } from "./template-error.js";

it.each([
  ["a\nä {{ tirm }}", 2, 6, 'function "tirm" is not defined', "Did you mean trim?"],
  ['{{ key "a" }}', 1, 4, 'function "key" is refused: there is no Consul here', "Keep the value in a store"],
  ['{{ sprig_upper "a" }}', 1, 4, 'function "sprig_upper" is refused', "docs/templates.md"],
  ["{{ constructor }}", 1, 4, 'function "constructor" is not defined', ""],
  ["{{ if true }}", 1, 4, "unexpected EOF: if has no end", ""],
  ["{{ 1i }}", 1, 4, "complex numbers are not supported", ""],
  ["{{ $x }}", 1, 4, "undefined variable $x", ""],
])("%j is an error at %i:%i", (text, line, column, problem, remedy) => {
  let thrown: unknown;
  try {
    parseGoTemplate("annotation", text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(TemplateError);
  const { position, message, stage, code } = thrown as TemplateError;
  expect({ position, stage, code }).toEqual({
    position: { template: "annotation", line, column },
    stage: "parse",
    code: "SLU1302",
  });
  expect(message).toContain(`template "annotation", line ${line}, column ${column}: ${problem}`);
  expect(message).toContain(remedy);
});
