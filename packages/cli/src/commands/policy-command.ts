import { TARGET_NAMES, type TargetName } from "@sluice/policy";
import { type Command, Option } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { SettingsFlags } from "@sluice/webhook/offline";
import { dialectsOption } from "@sluice/webhook/options";
import { configOption } from "@sluice/mode/options";

export interface PolicyCommandOptions extends SettingsFlags {
  readonly filename?: readonly string[];
  readonly target: TargetName;
  readonly namespace: string;
  readonly store: readonly string[];
  readonly config?: string;
  readonly input?: readonly string[];
  readonly template?: string;
  readonly module?: string;
  readonly output?: string;
  readonly check?: string;
}

/** `sluice policy`: the rights that manifests need. */
export function buildPolicyCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Reads every document and every kind of workload, in every notation, and writes what they may read:\n" +
        "nothing else, always in the same order. Reads no secret and no cluster.",
    )
    .option("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .addOption(
      new Option("--target <policy>", "what to write").choices(TARGET_NAMES).default("terraform-ssm"),
    )
    .option("-n, --namespace <name>", "of what names none itself", "default")
    .addOption(
      new Option(
        "--store <name=provider...>",
        "what a store is, where no manifest and no configuration tells",
      ).default([], "none"),
    )
    .addOption(configOption())
    .option("--settings <file>", "YAML as for webhook; only its dialects count")
    .addOption(dialectsOption(context))
    .option("-o, --output <file>", "file to write instead of standard output")
    .addOption(
      new Option("--check <file>", "write nothing; fail when this file is not the policy").conflicts(
        "output",
      ),
    )
    .optionsGroup("As the exporter of kees:")
    .addOption(
      new Option("-i, --input <manifest...>", "manifests with annotations of kees").conflicts("filename"),
    )
    .option("-t, --template <file>", "Handlebars template with moduleName and parameters")
    .option("-m, --module <name>", "moduleName in the template")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice policy -f deploy.yaml -o policy.tf\n  sluice policy -i manifest.yml -t iam.hbs -m web --check iam.tf",
    )
    .action((options: PolicyCommandOptions) => policy(context, options));
}

async function policy(context: ModeContext, options: PolicyCommandOptions): Promise<void> {
  const [{ exportKees }, { policyOfFiles }, { handOut }] = await Promise.all([
    import("../policy/export-kees.js"),
    import("../policy/policy-of-files.js"),
    import("../policy/hand-out.js"),
  ]);
  if (options.input === undefined)
    return handOut(context, options, await policyOfFiles(context, options, options.filename));
  try {
    await handOut(context, options, await exportKees(context, options, options.input));
  } catch (thrown) {
    await context.report(thrown);
    // Whatever is wrong: builds that call kees look for this.
    context.exitWith(1);
  }
}
