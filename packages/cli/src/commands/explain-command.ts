import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { DataFormat } from "@sluice/mode/output";
import { addEnvironmentOptions, type EnvironmentCommandOptions, planFrom } from "@sluice/runner/options";
import { configOption, outputOption } from "@sluice/mode/options";

interface ExplainCommandOptions extends EnvironmentCommandOptions {
  readonly config?: string;
  readonly why?: string;
  readonly output: DataFormat;
  readonly filename?: readonly string[];
  readonly namespace: string;
  readonly settings?: string;
}

/** `sluice explain`: shows what `sluice run` or the webhook would do, without reading a secret. */
export function buildExplainCommand(command: Command, context: ModeContext): void {
  command.description(
    "Shows what `sluice run` would give a command, and from where. With -f it shows what the webhook would make\n" +
      "of manifests: what each container gets, and every line that would change. Reads no secret.",
  );
  addEnvironmentOptions(command)
    .option("--pristine", "as for run")
    .option("--why <variable>", "tell everything about one variable")
    .addOption(outputOption())
    .addOption(configOption())
    .option(
      "-f, --filename <file...>",
      "manifests in place of an environment, YAML or JSON; - for standard input",
    )
    .option("-n, --namespace <name>", "with -f: of what names none itself", "default")
    .option("--settings <file>", "with -f: YAML as for webhook; placeholders stand for what it does not say")
    .action((options: ExplainCommandOptions) => explain(context, options));
}

async function explain(context: ModeContext, options: ExplainCommandOptions): Promise<void> {
  const { filename } = options;
  if (filename !== undefined) {
    const { explainFiles } = await import("../explain/explain-files.js");
    return explainFiles(context, { ...options, filename });
  }
  const [
    { readConfig },
    { initialEnvironment },
    { explainPlan, whyVariable },
    { printData },
    { ResolutionError },
  ] = await Promise.all([
    import("@sluice/mode/stores"),
    import("@sluice/runner"),
    import("../explain/explain-plan.js"),
    import("@sluice/mode/output"),
    import("@sluice/core"),
  ]);
  const config = await readConfig(context, options.config);
  const plan = await planFrom(context, config, initialEnvironment(), options);
  if (options.why !== undefined) {
    const facts = whyVariable(plan, config, options.why);
    const rows = Object.entries(facts).map(([aspect, answer]) => ({
      aspect,
      answer: [answer].flat().join("\n"),
    }));
    await printData(context.output, options.output, facts, { columns: ["aspect", "answer"], rows });
    return;
  }
  const rows = explainPlan(plan);
  const columns = ["variable", "kind", "from", "replaces", "references"] as const;
  const cells = rows.map((row) => ({
    ...row,
    references: row.references.join(" ") || "-",
    replaces: row.replaces.join(", ") || "-",
  }));
  await printData(context.output, options.output, rows, { columns, rows: cells });
  if (plan.faults.length > 0) throw new ResolutionError(plan.faults);
}
