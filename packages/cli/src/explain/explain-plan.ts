import type { LoadedConfig } from "@sluice/config";
import { closestName, formatReference, type SecretReference, SluiceError } from "@sluice/core";
import { type EnvironmentPlan, hasReferences, type PlannedVariable } from "@sluice/runner";

/** One variable of a plan, for people. Plain text is never shown: it may be a password all the same. */
export interface ExplainedVariable {
  readonly variable: string;
  readonly kind: "secret" | "text with secrets" | "plain";
  readonly from: string;
  readonly replaces: readonly string[];
  readonly references: readonly string[];
}

/** Every variable that is not simply inherited. */
export function explainPlan(plan: EnvironmentPlan): ExplainedVariable[] {
  return plan.variables
    .filter((variable) => variable.rule !== "inherited" || hasReferences(variable))
    .map(explain);
}

/** Everything that is known about one variable before it is read. Throws a usage error for an unknown name. */
export function whyVariable(
  { variables, faults }: EnvironmentPlan,
  config: LoadedConfig,
  name: string,
): Readonly<Record<string, string | readonly string[]>> {
  const fault = faults.find(({ label }) => label === name);
  if (fault !== undefined)
    return {
      variable: name,
      from: fault.origin ?? "environment",
      problem: `${fault.reference} ${fault.message}`,
      "what to do": fault.remedy ?? "",
    };
  const variable = variables.find((candidate) => candidate.name === name);
  if (variable === undefined) throw unknownVariable(name, variables);
  const { kind, from, replaces, references } = explain(variable);
  return {
    variable: name,
    kind,
    from,
    ...(replaces.length > 0 && { replaces }),
    because: REASONS[variable.rule],
    ...(references.length > 0 && { references, stores: storesOf(variable, config) }),
  };
}

const REASONS: Readonly<Record<PlannedVariable["rule"], string>> = {
  inherited: "the environment has it and nothing replaces it",
  added: "env: and env files go over the environment, the last one wins",
  preserved: "the environment has a plain value, and --preserve-env keeps it",
  marked: "the environment marks it to be filled (--strict)",
};

function explain(variable: PlannedVariable): ExplainedVariable {
  const references = referencesOf(variable).map(formatReference);
  return {
    variable: variable.name,
    kind: references.length === 0 ? "plain" : variable.parts.length === 1 ? "secret" : "text with secrets",
    from: variable.origin,
    replaces: variable.replaces,
    references,
  };
}

function storesOf(variable: PlannedVariable, { stores }: LoadedConfig): string[] {
  const names = new Set(referencesOf(variable).map(({ store }) => store));
  return Array.from(names, (name) => {
    const store = stores[name];
    if (store === undefined) {
      const near = closestName(name, Object.keys(stores));
      return `${name}: not configured${near ? `; did you mean ${near}?` : ""}`;
    }
    return `${name}: ${store.provider}${store.location ? ` ${store.location}` : ""}`;
  });
}

function referencesOf({ parts }: PlannedVariable): SecretReference[] {
  return parts.filter((part) => typeof part !== "string");
}

function unknownVariable(name: string, variables: readonly PlannedVariable[]): SluiceError {
  const near = closestName(
    name,
    variables.map((variable) => variable.name),
  );
  return new SluiceError({
    code: "SLU1201",
    kind: "usage",
    problem: `No variable is called ${name}`,
    remedy: near ? `Did you mean ${near}?` : "See all with: sluice explain",
  });
}
