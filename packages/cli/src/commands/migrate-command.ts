import type { Command } from "commander";
import type { ModeContext } from "@sluice/mode";
import type { SettingsFlags } from "@sluice/webhook/offline";
import { dialectsOption } from "@sluice/webhook/options";

interface MigrateCommandOptions extends SettingsFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
}

/** `sluice migrate`: rewrites manifests of other notations to ours. */
export function buildMigrateCommand(command: Command, context: ModeContext): void {
  command
    .description(
      "Prints the manifests with each variable that another notation reads as a secret written as\n" +
        "secret://STORE/PATH, and without that notation's annotations. Comments and order stay, and nothing\n" +
        "else is changed. Which stores that takes is sketched on standard error. What cannot be said in\n" +
        "references is an error, and nothing is printed.",
    )
    .requiredOption("-f, --filename <file...>", "manifests, YAML or JSON; - for standard input")
    .option("-n, --namespace <name>", "of what names none itself", "default")
    .option("--settings <file>", "YAML as for webhook; only its dialects count")
    .addOption(dialectsOption(context))
    .addHelpText("after", "\nExample:\n  sluice migrate -f deployment.yaml > migrated.yaml")
    .action((options: MigrateCommandOptions) => migrate(context, options));
}

async function migrate(context: ModeContext, options: MigrateCommandOptions): Promise<void> {
  const { directory, output } = context;
  const [
    { readManifests },
    { migrateManifests },
    { ManifestError },
    { readDialectSettings },
    { sketchStores },
  ] = await Promise.all([
    import("@sluice/mode/manifests"),
    import("../migrate/migrate-manifests.js"),
    import("@sluice/mode/manifests"),
    import("@sluice/webhook/offline"),
    import("../migrate/sketch-stores.js"),
  ]);
  const { dialects } = await readDialectSettings(context, options);
  const files = await readManifests(directory, options.filename);
  const { text, issues, stores } = migrateManifests(files, dialects, options.namespace);
  if (issues.length > 0) throw new ManifestError(issues);
  if (stores.size > 0) output.note(sketchStores(stores));
  output.print(text);
}
