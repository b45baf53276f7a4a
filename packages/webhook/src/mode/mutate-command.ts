import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import { addSettingsOptions } from "./settings-options.js";
import type { SettingsFlags } from "./webhook-settings.js";

export interface MutateCommandOptions extends SettingsFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
}

/** `sluice mutate`: prints manifests as the webhook would make them. */
export function buildMutateCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Reads Pods, Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs and Lists, and prints\n" +
        "them with the launcher in place. Comments and order stay, and what nothing changes is printed as it\n" +
        "is written. ConfigMaps and Secrets that they name are looked up among the given documents only.",
    )
    .requiredOption("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .option("-n, --namespace <name>", "of what names none itself", "default");
  addSettingsOptions(command, context)
    .addHelpText(
      "after",
      `\nExample:\n  kustomize build overlays/prod | ${context.name} mutate -f - --settings webhook.yaml | kubectl apply -f -`,
    )
    .action((options: MutateCommandOptions) => mutate(context, options));
}

async function mutate(context: ModeContext, options: MutateCommandOptions): Promise<void> {
  const { directory, output } = context;
  const [
    { readManifests },
    { reviewManifests },
    { issuesOfReview, warningsOfReview },
    { mutatedText },
    { ManifestError },
    { readWebhookSettings },
    { loadStrategies },
  ] = await Promise.all([
    import("@sluice/mode/manifests"),
    import("../offline/review-manifests.js"),
    import("../offline/issues-of-review.js"),
    import("../offline/mutate-files.js"),
    import("@sluice/mode/manifests"),
    import("./webhook-settings.js"),
    import("@sluice/core/mutation"),
  ]);
  const [{ injection: settings, dialects }, strategies] = await Promise.all([
    readWebhookSettings(context, options),
    loadStrategies(context.strategies),
  ]);
  const files = await readManifests(directory, options.filename);
  const { namespace } = options;
  const reviewed = await reviewManifests(files, { dialects, strategies, settings, namespace });
  const issues = reviewed.flatMap(issuesOfReview);
  if (issues.length > 0) throw new ManifestError(issues);
  for (const { file, line, column, problem } of reviewed.flatMap(warningsOfReview))
    output.note(`${context.name}: warning: ${file}:${line}:${column}: ${problem}`);
  output.print(mutatedText(files, reviewed));
}
