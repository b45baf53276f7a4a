import type { AccessRequest, AccessRule } from "./access-rule.js";
import { wildcardMatch } from "./wildcard-match.js";

/**
 * Whether a rule grants a workload a path. In a pattern `*` stands for any characters within a segment, also none,
 * and `**` as a whole segment for any number of segments, at the end for one at least. Everything else stands for
 * itself, in its case and its form of Unicode.
 *
 * Neither wildcard stands for what a store might read otherwise than it is written: an empty segment, `%`, `\` or
 * a control character. Such a path must be written out. No pattern fits a segment that is `.` or `..`.
 */
export function isAllowed(
  access: readonly AccessRule[],
  { namespace, serviceAccount, path }: AccessRequest,
): boolean {
  return access.some(
    ({ namespaces, serviceAccounts, paths }) =>
      namespaces.some((pattern) => fitsName(pattern, namespace)) &&
      serviceAccounts.some((pattern) => fitsName(pattern, serviceAccount)) &&
      paths.some((pattern) => fitsPath(pattern, path)),
  );
}

/** Whether a pattern can fit anything: it is not empty, and `**` is a whole segment in it. */
export function isPathPattern(pattern: string): boolean {
  return (
    pattern !== "" && pattern.split("/").every((segment) => segment === MANY || isSegmentPattern(segment))
  );
}

const MANY = "**";

// Two wildcards side by side promise more than one, and are no more: nobody may rely on them.
function isSegmentPattern(segment: string): boolean {
  return !segment.includes(MANY) && !isDots(segment);
}

function fitsName(pattern: string, name: string): boolean {
  return name !== "" && !name.includes("/") && fitsSegment(pattern, name);
}

function fitsPath(pattern: string, path: string): boolean {
  if (path === "" || !isPathPattern(pattern)) return false;
  const segments = pattern.split("/");
  // Below `a` is not `a` itself.
  if (segments.at(-1) === MANY) segments.splice(-1, 0, "*");
  return wildcardMatch(segments, path.split("/"), {
    isWildcard: (segment) => segment === MANY,
    isPlain: (segment) => segment !== "" && !isDots(segment) && isPlain(segment),
    fits: fitsSegment,
  });
}

function fitsSegment(pattern: string, text: string): boolean {
  if (!isSegmentPattern(pattern) || isDots(text)) return false;
  if (text === "") return pattern === "";
  return wildcardMatch(Array.from(pattern), Array.from(text), {
    isWildcard: (character) => character === "*",
    isPlain,
    fits: (character, other) => character === other,
  });
}

function isDots(segment: string): boolean {
  return segment === "." || segment === "..";
}

// Others, of one category of Unicode: controls, what is invisible, halves of characters.
function isPlain(text: string): boolean {
  return !/[%\\\p{C}]/u.test(text);
}
