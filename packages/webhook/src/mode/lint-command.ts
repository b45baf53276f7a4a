import { type Command, Option } from "commander";
import { type ModeContext, EXIT_CODES } from "@sluice/mode";
import { dialectsOption } from "./settings-options.js";
import type { SettingsFlags } from "./webhook-settings.js";

interface LintCommandOptions extends SettingsFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly output: "text" | "sarif";
}

/** `sluice lint`: says what the webhook would refuse. */
export function buildLintCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Lists every problem with file, line and remedy, and ends with 78 when there is one. Warnings are\n" +
        "listed too, and change nothing. What manifests name is looked up among the given documents only.",
    )
    .requiredOption("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .option("-n, --namespace <name>", "of what names none itself", "default")
    .option("--settings <file>", "YAML as for webhook; only its dialects and agent count")
    .addOption(
      new Option(
        "-o, --output <format>",
        "text to read, or SARIF on standard output for what shows findings in code",
      )
        .choices(["text", "sarif"])
        .default("text"),
    )
    .addOption(dialectsOption(context))
    .action((options: LintCommandOptions) => lint(context, options));
}

async function lint(context: ModeContext, options: LintCommandOptions): Promise<void> {
  const { directory, output, exitWith } = context;
  const [
    { readManifests },
    { reviewManifests },
    { issuesOfReview, warningsOfReview },
    { ManifestError },
    { offlineSettings, readDialectSettings },
    { loadStrategies },
  ] = await Promise.all([
    import("@sluice/mode/manifests"),
    import("../offline/review-manifests.js"),
    import("../offline/issues-of-review.js"),
    import("@sluice/mode/manifests"),
    import("./webhook-settings.js"),
    import("@sluice/core/mutation"),
  ]);
  const [{ dialects, file }, strategies] = await Promise.all([
    readDialectSettings(context, options),
    loadStrategies(context.strategies),
  ]);
  const files = await readManifests(directory, options.filename);
  const { namespace } = options;
  const reviewed = await reviewManifests(files, {
    dialects,
    strategies,
    settings: offlineSettings(file),
    namespace,
  });
  const warnings = reviewed.flatMap(warningsOfReview);
  const issues = reviewed.flatMap(issuesOfReview);
  if (options.output === "sarif") {
    const { toSarif } = await import("../offline/to-sarif.js");
    const log = toSarif({ issues, warnings, name: context.name, version: await context.version() });
    output.print(`${JSON.stringify(log, undefined, 2)}\n`);
    if (issues.length > 0) exitWith(EXIT_CODES.configuration);
    return;
  }
  for (const { file, line, column, problem } of warnings)
    output.note(`${context.name}: warning: ${file}:${line}:${column}: ${problem}`);
  if (issues.length > 0) throw new ManifestError(issues);
}
