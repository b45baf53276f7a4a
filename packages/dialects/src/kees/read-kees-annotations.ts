import type { KeesAnnotations, KeesMode, KeesParameter, KeesProblem } from "./kees-parameter.js";
import { AnnotationProblem } from "./annotation-problem.js";
import { readKeesName } from "./read-kees-name.js";
import { readLease } from "./read-lease.js";
import { readResource } from "./read-resource.js";
import { readSecret } from "./read-secret.js";
import { readSettings } from "./read-settings.js";

/** The domain of annotations where nothing says another: `ANNOTATION_DOMAIN` does for kees. */
export const KEES_DOMAIN = "bsycorp.com";

/** What annotations are read by. */
export interface KeesNotation {
  /** What stands between `secret.` and `/`; {@link KEES_DOMAIN} by default. */
  readonly domain?: string;
}

const READERS = { secret: readSecret, resource: readResource, lease: readLease };

/**
 * What a pod's annotations ask for in the notation of kees. Annotations of others are passed over. One that cannot
 * be followed is a problem, and no reason to stop: a reader hears of all of them at once.
 */
export function readKeesAnnotations(
  annotations: Readonly<Record<string, string>>,
  { domain = KEES_DOMAIN }: KeesNotation = {},
): KeesAnnotations {
  const parameters: KeesParameter[] = [];
  const problems: KeesProblem[] = [];
  for (const [annotation, value] of Object.entries(annotations)) {
    try {
      const parameter = readParameter(annotation, value, domain);
      if (parameter !== undefined) parameters.push(parameter);
    } catch (error) {
      if (!(error instanceof AnnotationProblem)) throw error;
      problems.push(error.of(annotation));
    }
  }
  const prefix = annotations[`init.${domain}/storage-prefix`];
  return {
    parameters: parameters.sort(byName),
    mode: modeOf(annotations[`init.${domain}/local-mode`]),
    storagePrefix: prefix?.replaceAll(/["']/g, "") ?? "/",
    hasStoragePrefix: prefix !== undefined,
    problems,
  };
}

/** Whether an annotation is one that asks for a secret, a resource or a lease. */
export function isKeesParameter(annotation: string, { domain = KEES_DOMAIN }: KeesNotation = {}): boolean {
  return Object.keys(READERS).some((sort) => annotation.startsWith(`${sort}.${domain}/`));
}

function readParameter(annotation: string, value: string, domain: string): KeesParameter | undefined {
  for (const [sort, read] of Object.entries(READERS)) {
    const start = `${sort}.${domain}/`;
    if (!annotation.startsWith(start)) continue;
    const name = readKeesName(annotation.slice(start.length));
    return read({ annotation, ...name }, readSettings(value));
  }
  return undefined;
}

function modeOf(value: string | undefined): KeesMode {
  const mode = value?.replace(/^(["'])(.*)\1$/, "$2").trim();
  if (mode === "true") return "local";
  return mode === "remote-then-local" ? mode : "remote";
}

function byName(a: KeesParameter, b: KeesParameter): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.annotation < b.annotation ? -1 : 1;
}
