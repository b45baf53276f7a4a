import { type Command, Option } from "commander";
import type { CliContext } from "../cli-context.js";
import { EXIT_CODES } from "../exit-code.js";
import { dialectsOption } from "../webhook/settings-options.js";
import type { SettingsFlags } from "../webhook/webhook-settings.js";

interface LintCommandOptions extends SettingsFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly output: "text" | "sarif";
}

/** `sluice lint`: says what the webhook would refuse. */
export function addLintCommand(program: Command, context: CliContext): void {
  program
    .command("lint")
    .summary("say what the webhook would refuse in manifests, without a cluster")
    .description(
      "Lists every problem with file, line and remedy, and ends with 78 when there is one. Warnings are\n" +
        "listed too, and change nothing. What manifests name is looked up among the given documents only.",
    )
    .requiredOption("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .option("-n, --namespace <name>", "of what names none itself", "default")
    .option("--settings <file>", "YAML as for webhook; only its dialects count")
    .addOption(
      new Option(
        "-o, --output <format>",
        "text to read, or SARIF on standard output for what shows findings in code",
      )
        .choices(["text", "sarif"])
        .default("text"),
    )
    .addOption(dialectsOption())
    .action((options: LintCommandOptions) => lint(context, options));
}

async function lint({ directory, output, exitWith }: CliContext, options: LintCommandOptions): Promise<void> {
  const [
    { readManifests },
    { reviewManifests },
    { issuesOfReview, warningsOfReview },
    { ManifestError },
    { readDialectSettings },
    { ANY_SETTINGS },
  ] = await Promise.all([
    import("../manifests/read-manifests.js"),
    import("../manifests/review-manifests.js"),
    import("../manifests/issues-of-review.js"),
    import("../manifests/manifest-error.js"),
    import("../webhook/webhook-settings.js"),
    import("../manifests/any-settings.js"),
  ]);
  const { dialects, kees } = await readDialectSettings(directory, options);
  const files = await readManifests(directory, options.filename);
  const { namespace } = options;
  const reviewed = await reviewManifests(files, { dialects, kees, settings: ANY_SETTINGS, namespace });
  const warnings = reviewed.flatMap(warningsOfReview);
  const issues = reviewed.flatMap(issuesOfReview);
  if (options.output === "sarif") {
    const [{ toSarif }, { packageVersion }] = await Promise.all([
      import("../output/to-sarif.js"),
      import("./version-command.js"),
    ]);
    const log = toSarif({ issues, warnings, version: await packageVersion() });
    output.print(`${JSON.stringify(log, undefined, 2)}\n`);
    if (issues.length > 0) exitWith(EXIT_CODES.configuration);
    return;
  }
  for (const { file, line, column, problem } of warnings)
    output.note(`sluice: warning: ${file}:${line}:${column}: ${problem}`);
  if (issues.length > 0) throw new ManifestError(issues);
}
