import type { KeesResource } from "./kees-parameter.js";
import type { KeesName } from "./read-kees-name.js";
import { type KeesSettings, storageKey } from "./read-settings.js";

/** @throws AnnotationProblem */
export function readResource(
  name: KeesName & { readonly annotation: string },
  settings: KeesSettings,
): KeesResource {
  const localModeValue = settings.get("localModeValue");
  return {
    is: "resource",
    ...name,
    storageSuffix: storageKey(settings, "storageKey") ?? name.name,
    ...(localModeValue !== undefined && { localModeValue }),
  };
}
