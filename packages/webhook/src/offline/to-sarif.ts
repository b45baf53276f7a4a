import { ERROR_CODES } from "@sluice/core";
import type { Log, ReportingDescriptor, Result } from "sarif";
import { pathToFileURL } from "node:url";
import type { ManifestIssue } from "@sluice/mode/manifests";

export interface LintFindings {
  /** What the webhook would refuse. */
  readonly issues: readonly ManifestIssue[];
  /** What it would admit with a word to the author. */
  readonly warnings: readonly ManifestIssue[];
  /** Of the program that found them. */
  readonly name: string;
  readonly version: string;
}

const ERROR_RULE = "SLU1401";
const WARNING_RULE = "manifest-warning";

const rulesOf = (name: string): ReportingDescriptor[] => [
  {
    id: ERROR_RULE,
    name: "ManifestError",
    shortDescription: { text: ERROR_CODES[ERROR_RULE] },
    help: { text: `${name} help ${ERROR_RULE}` },
    defaultConfiguration: { level: "error" },
  },
  {
    id: WARNING_RULE,
    name: "ManifestWarning",
    shortDescription: { text: "A manifest asks for what pods are given, with a reservation" },
    defaultConfiguration: { level: "warning" },
  },
];

/** Findings in the format of OASIS that code hosts and editors show beside the lines: SARIF 2.1.0. */
export function toSarif({ issues, warnings, name, version }: LintFindings): Log {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name, version, rules: rulesOf(name) } },
        columnKind: "utf16CodeUnits",
        results: [
          ...issues.map((issue) => resultOf(issue, ERROR_RULE, "error")),
          ...warnings.map((warning) => resultOf(warning, WARNING_RULE, "warning")),
        ],
      },
    ],
  };
}

function resultOf(
  { file, line, column, problem, remedy }: ManifestIssue,
  ruleId: string,
  level: Result.level,
): Result {
  return {
    ruleId,
    level,
    message: { text: remedy === "" ? problem : `${problem}. ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(file) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
  };
}

/** A relative path stays relative: whoever shows it knows where the checkout is. */
function uriOf(file: string): string {
  return file.startsWith("/") ? pathToFileURL(file).href : encodeURI(file.replaceAll("\\", "/"));
}
