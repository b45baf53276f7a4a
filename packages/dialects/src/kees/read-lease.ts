import type { KeesLease } from "./kees-parameter.js";
import type { KeesName } from "./read-kees-name.js";
import { AnnotationProblem } from "./annotation-problem.js";
import { type KeesSettings, oneOf, storageKey, wholeNumber } from "./read-settings.js";

/** @throws AnnotationProblem */
export function readLease(
  name: KeesName & { readonly annotation: string },
  settings: KeesSettings,
): KeesLease {
  const kind = oneOf(settings, "kind", ["INDEX"]);
  const rangeStart = readEnd(settings, "rangeStart");
  const rangeEnd = readEnd(settings, "rangeEnd");
  if (rangeEnd < rangeStart)
    throw new AnnotationProblem("has a range that ends before it starts", "Swap rangeStart and rangeEnd");
  return {
    is: "lease",
    ...name,
    storageSuffix: storageKey(settings, "storageKeyPrefix") ?? name.name,
    kind,
    rangeStart,
    rangeEnd,
  };
}

function readEnd(settings: KeesSettings, key: string): number {
  const end = wholeNumber(settings, key);
  if (end !== undefined && end >= 0) return end;
  throw new AnnotationProblem(
    end === undefined ? `has no ${key}` : `has a ${key} below nought`,
    `Give it ${key}=NUMBER, from 0 on`,
  );
}
