import {
  hasReferenceSyntax,
  parseTemplate,
  REFERENCE_SCHEME,
  ReferenceSyntaxError,
  type ResolutionFailure,
} from "@sluice/core";
import type { EnvironmentOptions, EnvironmentSources, WrittenVariable } from "./environment-layer.js";
import { type EnvironmentPlan, hasReferences, type PlannedVariable, type Rule } from "./environment-plan.js";

interface Choice extends WrittenVariable {
  readonly rule: Rule;
  readonly replaces: readonly string[];
}

/**
 * Decides what each variable of a process will be: what it inherits, then what the configuration and env
 * files add, the later over the earlier. Reads nothing; the plan says what is to be read.
 */
export function planEnvironment(
  sources: EnvironmentSources,
  options: EnvironmentOptions = {},
): EnvironmentPlan {
  const inherited = Object.entries(sources.inherited).map(([name, text]) => ({
    name,
    text,
    origin: "environment",
  }));
  const added = sources.added.map((variable) => ({
    ...variable,
    name: (options.prefix ?? "") + variable.name,
  }));
  const variables: PlannedVariable[] = [];
  const faults: ResolutionFailure[] = [];
  for (const choice of choose(inherited, added, options)) {
    const parsed = parse(choice, options.strict ?? false);
    if ("status" in parsed) faults.push(parsed);
    else if (keep(parsed, options)) variables.push(parsed);
  }
  return { variables, faults };
}

/** Lays the variables over each other. The first spelling of a name stays, as where case does not count. */
function choose(
  inherited: readonly WrittenVariable[],
  added: readonly WrittenVariable[],
  { strict, preserve, platform = process.platform }: EnvironmentOptions,
): Iterable<Choice> {
  const keyOf = (name: string): string => (platform === "win32" ? name.toUpperCase() : name);
  const choices = new Map<string, Choice>();
  for (const variable of inherited)
    choices.set(keyOf(variable.name), { ...variable, rule: "inherited", replaces: [] });
  for (const variable of added) {
    const before = choices.get(keyOf(variable.name));
    // Strictly, only what stands there and asks to be filled is filled.
    const marked = before?.rule === "marked" || before?.text === REFERENCE_SCHEME;
    if (strict && !marked) continue;
    const plain = before !== undefined && before.rule !== "added" && !hasReferenceSyntax(before.text);
    if (preserve && plain) choices.set(keyOf(variable.name), { ...before, rule: "preserved" });
    else
      choices.set(keyOf(variable.name), {
        ...variable,
        name: before?.name ?? variable.name,
        rule: strict ? "marked" : "added",
        replaces: before === undefined ? [] : [before.origin, ...before.replaces],
      });
  }
  return choices.values();
}

function keep(variable: PlannedVariable, { pristine }: EnvironmentOptions): boolean {
  return !pristine || variable.rule === "added" || variable.rule === "marked" || hasReferences(variable);
}

function parse({ text, ...choice }: Choice, strict: boolean): PlannedVariable | ResolutionFailure {
  const fault = (reference: string, reason: string, message: string, remedy: string): ResolutionFailure => ({
    label: choice.name,
    origin: choice.origin,
    status: "invalid",
    reference,
    reason,
    message,
    remedy,
  });
  if (strict && text === REFERENCE_SCHEME)
    return fault(
      text,
      "unfilled",
      "is marked to be filled, and nothing fills it",
      "Add the variable to env: in the configuration or to an env file",
    );
  try {
    return { ...choice, parts: parseTemplate(text) };
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    const message = `is malformed at character ${thrown.position + 1}: ${thrown.reason}`;
    return fault(thrown.input, "malformed-reference", message, thrown.remedy);
  }
}
