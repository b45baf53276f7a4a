import type { AccessRequest, AccessRule } from "./access-rule.js";
import { fitsPath } from "./path-pattern.js";
import { fitsSegment, type Segment, toSegment } from "./segment-pattern.js";

// As many rules as a store may have, as people write them, take a tenth of it.
const MOST_EFFORT = 500_000;

/**
 * Whether a rule grants a workload a path. In a pattern `*` stands for any characters within a segment, also none,
 * and `**` as a whole segment for any number of segments, at the end for one at least. Everything else stands for
 * itself, in its case and its form of Unicode.
 *
 * Neither wildcard has a part in a segment that a store might read otherwise than it is written: an empty one, or
 * one with `%`, `\` or a control character. It must be written out. No pattern fits a segment that is `.` or `..`.
 *
 * It takes tens of milliseconds at most: lists and paths that are made to take longer grant nothing.
 */
export function isAllowed(
  access: readonly AccessRule[],
  { namespace, serviceAccount, path }: AccessRequest,
): boolean {
  if (path === "") return false;
  const [from, account] = [toSegment(namespace), toSegment(serviceAccount)];
  const segments = path.split("/").map(toSegment);
  const effort = { left: MOST_EFFORT };
  return access.some(
    ({ namespaces, serviceAccounts, paths }) =>
      namespaces.some((pattern) => fitsName(pattern, from)) &&
      serviceAccounts.some((pattern) => fitsName(pattern, account)) &&
      paths.some((pattern) => fitsPath(pattern, segments, effort)),
  );
}

function fitsName(pattern: string, name: Segment): boolean {
  return name.isPlain && !name.text.includes("/") && fitsSegment(pattern, name);
}
