import type { Command } from "commander";
import type { CliContext } from "../cli-context.js";
import { addSettingsOptions } from "../webhook/settings-options.js";
import type { SettingsFlags } from "../webhook/webhook-settings.js";

export interface MutateCommandOptions extends SettingsFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
}

/** `sluice mutate`: prints manifests as the webhook would make them. */
export function addMutateCommand(program: Command, context: CliContext): void {
  const command = program
    .command("mutate")
    .summary("print manifests as the webhook would change them, without a cluster")
    .description(
      "Reads Pods, Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs, CronJobs and Lists, and prints\n" +
        "them with the launcher in place. Comments and order stay, and what nothing changes is printed as it\n" +
        "is written. ConfigMaps and Secrets that they name are looked up among the given documents only.",
    )
    .requiredOption("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .option("-n, --namespace <name>", "of what names none itself", "default");
  addSettingsOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  kustomize build overlays/prod | sluice mutate -f - --settings webhook.yaml | kubectl apply -f -",
    )
    .action((options: MutateCommandOptions) => mutate(context, options));
}

async function mutate({ directory, output }: CliContext, options: MutateCommandOptions): Promise<void> {
  const [
    { readManifests },
    { reviewManifests },
    { issuesOfReview, warningsOfReview },
    { mutatedText },
    { ManifestError },
    { readWebhookSettings },
  ] = await Promise.all([
    import("../manifests/read-manifests.js"),
    import("../manifests/review-manifests.js"),
    import("../manifests/issues-of-review.js"),
    import("../manifests/mutate-files.js"),
    import("../manifests/manifest-error.js"),
    import("../webhook/webhook-settings.js"),
  ]);
  const { injection: settings, dialects, kees } = await readWebhookSettings(directory, options);
  const files = await readManifests(directory, options.filename);
  const { namespace } = options;
  const reviewed = await reviewManifests(files, { dialects, kees, settings, namespace });
  const issues = reviewed.flatMap(issuesOfReview);
  if (issues.length > 0) throw new ManifestError(issues);
  for (const { file, line, column, problem } of reviewed.flatMap(warningsOfReview))
    output.note(`sluice: warning: ${file}:${line}:${column}: ${problem}`);
  output.print(mutatedText(files, reviewed));
}
