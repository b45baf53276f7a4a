import { loadStrategies } from "@sluice/core/mutation";
import type { ModeContext } from "@sluice/mode";
import {
  ANY_SETTINGS,
  issuesOfReview,
  warningsOfReview,
  manifestText,
  mutatedText,
  type ReviewedTemplate,
  reviewManifests,
  readWebhookSettings,
} from "@sluice/webhook/offline";
import { ManifestError, type ManifestFile, readManifests } from "@sluice/mode/manifests";
import { type DataFormat, printData, formatTable } from "@sluice/mode/output";
import { formatDiff, unifiedDiff } from "./format-diff.js";
import { type PlannedVariable, plannedVariables } from "./planned-variables.js";

export interface ExplainFilesOptions {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly output: DataFormat;
  readonly settings?: string;
}

/** What becomes of the manifests of a file. */
interface ExplainedFile {
  readonly file: string;
  readonly pods: readonly { readonly what: string; readonly variables: readonly PlannedVariable[] }[];
  /** Unified; empty where nothing changes. */
  readonly diff: string;
}

const COLUMNS = ["container", "variable", "from"] as const;

/**
 * Shows what the webhook would make of manifests: what each container gets, and the lines that change.
 *
 * @throws ManifestError for pods that would be denied, when the others are shown
 */
export async function explainFiles(
  context: ModeContext,
  { filename, namespace, output: format, settings: file }: ExplainFilesOptions,
): Promise<void> {
  const { directory, environment, output } = context;
  const { injection: settings, dialects } = await readWebhookSettings(
    context,
    file === undefined
      ? { launcherImage: ANY_SETTINGS.launcher.image, writerImage: ANY_SETTINGS.writer.image }
      : { settings: file },
    ANY_SETTINGS.source,
  );
  const files = await readManifests(directory, filename);
  const strategies = await loadStrategies(context.strategies);
  const reviewed = await reviewManifests(files, { dialects, strategies, settings, namespace });
  const explained = files.map((each) => explainFile(each, reviewed));
  for (const { file: name, line, column, problem } of reviewed.flatMap(warningsOfReview))
    output.note(`sluice: warning: ${name}:${line}:${column}: ${problem}`);
  if (format === "table") {
    const { NO_COLOR, TERM } = environment;
    const isColoured = output.printsToTerminal && !NO_COLOR && TERM !== "dumb";
    const width = output.printsToTerminal ? output.columns : Infinity;
    for (const { pods, diff } of explained) {
      for (const { what, variables } of pods)
        output.print(`${what}\n${formatTable(COLUMNS, variables, width)}\n\n`);
      output.print(formatDiff(diff, isColoured));
    }
  } else await printData(output, format, explained, { columns: [], rows: [] });
  const issues = reviewed.flatMap(issuesOfReview);
  if (issues.length > 0) throw new ManifestError(issues);
}

function explainFile(file: ManifestFile, reviewed: readonly ReviewedTemplate[]): ExplainedFile {
  const own = reviewed.filter((review) => review.file === file);
  const before = manifestText([file], own);
  // This changes the documents, which are looked at after.
  const after = mutatedText([file], own);
  const pods = own.flatMap(({ document, template, answer }) => {
    const variables = answer.allowed ? plannedVariables(document.document.toJS(), template.path) : [];
    return variables.length > 0 ? [{ what: `${file.file}: ${template.what}`, variables }] : [];
  });
  return { file: file.file, pods, diff: unifiedDiff(file.file, before, after) };
}
