import type { ExportFormat } from "./export-format.js";
import { formatCsv } from "./formats/csv.js";
import { formatDotenv } from "./formats/dotenv.js";
import { formatJavaProperties } from "./formats/java-properties.js";
import { formatJson } from "./formats/json.js";
import { formatShell } from "./formats/shell.js";
import { formatTfvars } from "./formats/tfvars.js";
import { formatTsv } from "./formats/tsv.js";
import { formatYaml } from "./formats/yaml.js";
import type { Variable } from "./variable.js";

const FORMATTERS: Readonly<Record<ExportFormat, (variables: readonly Variable[]) => string>> = {
  json: formatJson,
  yaml: formatYaml,
  dotenv: formatDotenv,
  "java-properties": formatJavaProperties,
  csv: formatCsv,
  tsv: formatTsv,
  tfvars: formatTfvars,
  shell: formatShell,
};

/**
 * The text of a file in `format` with every variable, in the order given, that a reader of the format reads
 * back as exactly these values. Lines end in LF; a text that is not empty ends in one.
 *
 * @param variables No two have the same name.
 * @throws {SecretValueError} when the format cannot hold a name or a value. It tells the name only.
 */
export function formatVariables(format: ExportFormat, variables: readonly Variable[]): string {
  return FORMATTERS[format](variables);
}
