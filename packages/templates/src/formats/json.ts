import type { Variable } from "../variable.js";

/** One object, indented by two spaces. JavaScript puts a name that is an integer before the others. */
export function formatJson(variables: readonly Variable[]): string {
  const object = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  return `${JSON.stringify(object, null, 2)}\n`;
}
