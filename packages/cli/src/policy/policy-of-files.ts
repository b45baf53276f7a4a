import { SluiceError } from "@sluice/core";
import { renderPolicy, type TargetName } from "@sluice/policy";
import type { ModeContext } from "@sluice/mode";
import { ManifestError, objectsOf, readManifests } from "@sluice/mode/manifests";
import { readDialectSettings, type SettingsFlags } from "@sluice/webhook/offline";
import { knownStores } from "./known-stores.js";
import { readWorkloads } from "./read-workloads.js";

export interface PolicyOfFilesOptions extends SettingsFlags {
  readonly target: TargetName;
  readonly namespace: string;
  readonly store: readonly string[];
  readonly config?: string;
}

/** @throws SluiceError `SLU1402`, ManifestError for what the webhook would refuse */
export async function policyOfFiles(
  context: ModeContext,
  options: PolicyOfFilesOptions,
  filenames: readonly string[] | undefined,
): Promise<string> {
  if (filenames === undefined)
    throw new SluiceError({
      code: "SLU1201",
      kind: "usage",
      problem: "No manifest is given",
      remedy: "Name manifests with -f, or with -i for a template of kees",
    });
  const { directory, output } = context;
  const [files, settings] = await Promise.all([
    readManifests(directory, filenames),
    readDialectSettings(context, options),
  ]);
  const { workloads, issues, notes } = await readWorkloads(files, settings, options.namespace);
  if (issues.length > 0) throw new ManifestError(issues);
  for (const note of notes) output.note(`sluice: ${note}`);
  const objects = files.flatMap(({ documents }) => documents.flatMap(({ value }) => objectsOf(value)));
  const findStore = await knownStores(context, options, objects);
  const { text, leftOut } = renderPolicy(options.target, workloads, findStore);
  for (const store of leftOut)
    output.note(`sluice: a policy of ${options.target} says nothing about the store ${store}`);
  return text;
}
