import type { RequestOptions, SecretResolver } from "@sluice/core";
import type { Output } from "@sluice/mode";
import { formatTable } from "@sluice/mode/output";
import type { EnvironmentPlan } from "../environment/environment-plan.js";
import { resolveEnvironment } from "../environment/resolve-environment.js";

export interface ShowEnvironmentOptions {
  readonly output: Output;
  readonly plan: EnvironmentPlan;
  readonly resolver: SecretResolver;
  readonly request: RequestOptions;
  readonly masked: boolean;
}

/** Reads everything and shows the variables that are not simply inherited, masked unless asked otherwise. */
export async function showEnvironment(options: ShowEnvironmentOptions): Promise<void> {
  const { output, plan, resolver, request, masked } = options;
  await using _ = resolver;
  const { env, secretNames } = await resolveEnvironment(plan, resolver, request);
  const rows = plan.variables
    .filter(({ name, rule }) => rule !== "inherited" || secretNames.has(name))
    .map(({ name, origin }) => ({
      variable: name,
      from: origin,
      // Of one width, so that it tells nothing; plain text is masked too, since it may be a password all the same.
      value: masked ? "********" : (env[name] ?? ""),
    }));
  output.print(`${formatTable(["variable", "from", "value"], rows)}\n`);
}
