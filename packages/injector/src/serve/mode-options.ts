import type { JsonSchema } from "@sluice/core";
import type { Command, Option } from "commander";

/** What a file may say of a mode: its command's options by their names, each of its kind. */
export function optionsSchema(command: Command): JsonSchema {
  const properties = Object.fromEntries(
    command.options.map((option) => [nameOf(option), { ...kindOf(option), description: option.description }]),
  );
  return { type: "object", additionalProperties: false, properties };
}

/** The same as words of a command line. */
export function argumentsOf(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === true) return [`--${name}`];
    if (value === false) return [`--no-${name}`];
    return [value].flat().map((each) => `--${name}=${String(each)}`);
  });
}

/** `--no-tls` is `tls: false`. */
function nameOf({ long }: Option): string {
  return (long ?? "").replace(/^--(?:no-)?/, "");
}

function kindOf(option: Option): JsonSchema {
  // Of a flag, the other value is what holds without it.
  if (option.negate) return { const: false };
  if (!option.required && !option.optional) return { const: true };
  const text = { type: ["string", "number"] };
  return option.variadic ? { anyOf: [text, { type: "array", items: text }] } : text;
}
