import type { JsonSchema } from "@sluice/core";
import { ConfigError } from "./config-error.js";
import { schemaIssues } from "./schema-issues.js";
import { parseYamlSource } from "./yaml-source.js";

/**
 * Reads a YAML file of a shape. Throws one {@link ConfigError} with the line and column of every fault.
 *
 * @param shown the path as messages show it
 */
export async function readCheckedYaml(shown: string, text: string, schema: JsonSchema): Promise<unknown> {
  const source = parseYamlSource(shown, text);
  const faults = await schemaIssues(schema, source.value);
  const [first, ...others] = faults.map(({ path, at, problem, remedy }) =>
    source.issue(path, at, problem, remedy),
  );
  if (first !== undefined) throw new ConfigError("SLU1103", [first, ...others]);
  return source.value;
}
