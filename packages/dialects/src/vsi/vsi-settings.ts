import type { DialectProblem } from "@sluice/core/dialect";
import type { Pod } from "@sluice/core/pod";
import { annotationsUnder } from "../agent/annotation-rule.js";
import { VSI_DEFAULTS, type VsiOptions } from "./vsi-options.js";

/** What a pod's annotations say, each of a kind that there is. */
export interface VsiSettings {
  readonly prefix: string;
  readonly modes: ReadonlySet<"secrets" | "proxy" | "job">;
  readonly auth: "kubernetes" | "approle";
  readonly role?: string;
  readonly isStatic: boolean;
  readonly isEnvironment: boolean;
  readonly hasHook: boolean;
  readonly said: (name: string) => string | undefined;
}

const MODES = ["secrets", "proxy", "job"] as const;

/** Whether a pod asks for this notation at all. */
export function asksForVsi({ metadata }: Pod, { prefix = VSI_DEFAULTS.prefix }: VsiOptions): boolean {
  return isYes(metadata?.annotations?.[`${prefix}/inject`]);
}

/** Reads the annotations that choose between few things, and tells of those that do not choose any. */
export function readVsiSettings(
  { metadata }: Pod,
  options: VsiOptions,
): { readonly settings: VsiSettings; readonly problems: readonly DialectProblem[] } {
  const { prefix, applicationLabel } = { ...VSI_DEFAULTS, ...options };
  const annotations = annotationsUnder(prefix, metadata?.annotations);
  // An empty annotation says nothing, as there.
  const said = (name: string): string | undefined => annotations.get(name) || undefined;
  const problems: DialectProblem[] = [];
  const choice = <Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice => {
    const text = said(name) ?? choices[0];
    const found = choices.find((each) => each === text);
    if (found === undefined) problems.push(unknown(`${prefix}/${name}`, choices));
    return found ?? choices[0];
  };
  const auth = choice("auth", ["kubernetes", "approle"]);
  const type = choice("secrets-type", ["dynamic", "static"]);
  const method = choice("secrets-injection-method", ["file", "env"]);
  const modes = readModes(said("mode"), said("workload"));
  if (modes === undefined) problems.push(unknown(`${prefix}/mode`, MODES));
  const role = said("role") ?? metadata?.labels?.[applicationLabel];
  const settings: VsiSettings = {
    prefix,
    modes: modes ?? new Set(["secrets"]),
    auth,
    isStatic: type === "static",
    isEnvironment: method === "env",
    hasHook: isYes(said("secrets-hook")),
    said,
    ...(role !== undefined && role !== "" && { role }),
  };
  return { settings, problems };
}

/** `undefined` for a mode that there is none of. */
function readModes(text = "", workload = ""): ReadonlySet<(typeof MODES)[number]> | undefined {
  const written = text
    .split(",")
    .map((mode) => mode.trim())
    .filter((mode) => mode !== "");
  const modes = new Set(MODES.filter((mode) => written.includes(mode)));
  if (modes.size < new Set(written).size) return undefined;
  const isJobAlone = modes.size === 1 && modes.has("job");
  if (workload === "job") modes.add("job");
  if (written.length === 0 || isJobAlone) modes.add("secrets");
  return modes;
}

function isYes(text = ""): boolean {
  return /^(?:y|yes|true|on)$/i.test(text);
}

function unknown(annotation: string, choices: readonly string[]): DialectProblem {
  return {
    problem: `Annotation ${annotation} is none of what there is`,
    remedy: `Write one of: ${choices.join(", ")}`,
  };
}
