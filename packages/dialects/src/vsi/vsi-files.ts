import { posix } from "node:path";
import type { AgentFile, DialectProblem } from "@sluice/core/dialect";
import type { PlannedNotify } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import { readNotify } from "../agent/notify-problems.js";
import { VSI_DEFAULTS, VSI_FOLDER, VSI_VOLUME, type VsiOptions } from "./vsi-options.js";
import type { VsiSettings } from "./vsi-settings.js";

type Read<Value> = Value | DialectProblem;

/** The paths of a pod's secrets: those it names, else that of its labels. */
export function vsiPaths(
  { said, prefix }: VsiSettings,
  { metadata }: Pod,
  options: VsiOptions,
): Read<readonly string[]> {
  const written = said("secrets-path");
  if (written !== undefined) return written.split(",");
  const { applicationLabel, serviceLabel } = { ...VSI_DEFAULTS, ...options };
  const [application, service] = [applicationLabel, serviceLabel].map((label) => metadata?.labels?.[label]);
  if (application && service) return [`secret/${application}/${service}`];
  return {
    problem: `The pod names no path, and has no labels ${applicationLabel} and ${serviceLabel} to make one from`,
    remedy: `Set the labels, or ${prefix}/secrets-path`,
  };
}

/** The files that a pod asks for. */
export function vsiFiles(settings: VsiSettings, pod: Pod, options: VsiOptions): Read<readonly AgentFile[]> {
  const { said, prefix } = settings;
  const written = said("secrets-template")?.split("---");
  const paths = written === undefined ? vsiPaths(settings, pod, options) : [];
  if ("problem" in paths) return paths;
  const templates = written ?? paths.map(defaultTemplate);
  const names = (said("secrets-destination") ?? "secrets.properties").split(",");
  if (names.length !== templates.length)
    return {
      problem: `There are ${templates.length} ${written === undefined ? "paths" : "templates"} of secrets, and ${names.length} destinations`,
      remedy: `Name one file in ${prefix}/secrets-destination for each`,
    };
  const misnamed = names.find((name) => !isFileName(name));
  if (misnamed !== undefined)
    return {
      problem: `Annotation ${prefix}/secrets-destination has an entry that is no name of a file`,
      remedy: "Write names without slashes, with commas and no space between them",
    };
  const notify = notifications(settings, names.length, options);
  if ("problem" in notify) return notify;
  const folder = secretsFolder(pod);
  return names.map((path, index) => ({
    label: path,
    folder,
    path,
    template: templates[index] ?? "",
    missingKey: "zero",
    notify: notify[index] ?? [],
  }));
}

/** As many as there are files; a file for which none is written has none. */
function notifications(
  { said, prefix }: VsiSettings,
  files: number,
  options: VsiOptions,
): Read<readonly (readonly PlannedNotify[])[]> {
  const commands = said("notify")?.split(",") ?? [];
  if (commands.length > files)
    return {
      problem: `Annotation ${prefix}/notify has ${commands.length} commands for ${files} files`,
      remedy: "Write one for each file; a command with a comma in it has to be put into a script",
    };
  const actions: PlannedNotify[][] = [];
  for (const command of commands) {
    const action =
      command.trim() === "" ? undefined : readNotify(command, `Annotation ${prefix}/notify`, options);
    if (action !== undefined && "problem" in action) return action;
    actions.push(action === undefined ? [] : [action]);
  }
  return actions;
}

/** Where the app has the volume `secrets`. */
function secretsFolder({ spec }: Pod): string {
  const mounts = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  return mounts.find(({ name }) => name === VSI_VOLUME)?.mountPath ?? VSI_FOLDER;
}

function isFileName(name: string): boolean {
  return (
    name !== "" && name !== "." && name !== ".." && posix.basename(name) === name && name.trim() === name
  );
}

/**
 * Every key of a path as `key=value`. Of a secret of KV version 2, whose answer holds the keys one level deeper, its
 * keys too, where the injector itself writes the two members of the answer.
 */
function defaultTemplate(path: string): string {
  return `{{ with secret ${JSON.stringify(path)} }}{{ $keys := .Data }}{{ if and .Data.data .Data.metadata }}{{ $keys = .Data.data }}{{ end }}{{ range $key, $value := $keys }}{{ $key }}={{ $value }}
{{ end }}{{ end }}`;
}
