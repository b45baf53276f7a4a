import type { KeesSecret, KeesSecretType } from "./kees-parameter.js";
import type { KeesName } from "./read-kees-name.js";
import { AnnotationProblem } from "./annotation-problem.js";
import { type KeesSettings, oneOf, storageKey, wholeNumber } from "./read-settings.js";

const TYPES: readonly KeesSecretType[] = ["RSA", "GPG", "RANDOM", "PASSWORD"];
const RSA_SIZES: ReadonlySet<number> = new Set([2048, 4096]);
const MOST_BITS = 8192;
const USER_ID = /^.+<.+>$/;

/** @throws AnnotationProblem */
export function readSecret(
  name: KeesName & { readonly annotation: string },
  settings: KeesSettings,
): KeesSecret {
  const kind = oneOf(settings, "kind", ["DYNAMIC", "REFERENCE"]);
  const type = oneOf(settings, "type", TYPES);
  const size = readSize(settings, type, kind === "DYNAMIC");
  const localModeValue = settings.get("localModeValue");
  const userId = type === "GPG" ? readUserId(settings) : undefined;
  return {
    is: "secret",
    ...name,
    storageSuffix: storageKey(settings, "storageKey") ?? name.name,
    kind,
    type,
    ...(size !== undefined && { size }),
    ...(localModeValue !== undefined && { localModeValue }),
    ...(userId !== undefined && { userId }),
  };
}

function readSize(settings: KeesSettings, type: KeesSecretType, isNeeded: boolean): number | undefined {
  const size = wholeNumber(settings, "size");
  const remedy =
    type === "RSA" ? "Give it size=2048 or size=4096" : `Give it size=BITS, from 1 to ${MOST_BITS}`;
  if (size === undefined) {
    if (isNeeded) throw new AnnotationProblem("has no size, and is to be created", remedy);
    return undefined;
  }
  const fits = type === "RSA" ? RSA_SIZES.has(size) : size >= 1 && size <= MOST_BITS;
  if (!fits) throw new AnnotationProblem(`has a size of ${size} bits, which ${type} cannot have`, remedy);
  return size;
}

function readUserId(settings: KeesSettings): string {
  const userId = settings.get("userId");
  if (userId !== undefined && USER_ID.test(userId)) return userId;
  throw new AnnotationProblem(
    userId === undefined ? "is a GPG key of nobody" : "has a userId that names nobody",
    "Give it userId=NAME<EMAIL>",
  );
}
