import { fitsSegment, isDots, type Segment } from "./segment-pattern.js";

const MANY = "**";

/** What is left to spend on a decision, so that no pattern and no path can take long. */
export interface Effort {
  left: number;
}

/** Whether a pattern can fit anything: it is not empty, `**` is a whole segment in it, and none is `.` or `..`. */
export function isPathPattern(pattern: string): boolean {
  const segments = pattern.split("/");
  return (
    pattern !== "" &&
    segments.every((segment) => segment === MANY || !(segment.includes(MANY) || isDots(segment)))
  );
}

/** Whether a pattern fits a path, given by its segments. Where the effort runs out, it does not. */
export function fitsPath(pattern: string, path: readonly Segment[], effort: Effort): boolean {
  effort.left -= pattern.length / 10;
  if (effort.left < 0 || !isPathPattern(pattern)) return false;
  const elements = pattern.split("/");
  // Below `a` is not `a` itself.
  if (elements.at(-1) === MANY) elements.splice(-1, 0, "*");
  return fitsSegments(elements, path, effort);
}

/**
 * Goes back to the last `**` only. That is enough: a segment that no wildcard may stand for needs an element of its
 * own, which fits no other kind, so the earliest fit of what precedes a `**` is as good as any later one.
 */
function fitsSegments(elements: readonly string[], segments: readonly Segment[], effort: Effort): boolean {
  let [at, next] = [0, 0];
  let last: { readonly at: number; next: number } | undefined;
  while (next < segments.length) {
    const element = elements[at];
    const segment = segments[next] as Segment;
    effort.left -= 1 + ((element?.length ?? 0) * segment.text.length) / 1000;
    if (effort.left < 0) return false;
    if (element === MANY) {
      last = { at, next };
      at++;
    } else if (element !== undefined && fitsSegment(element, segment)) {
      at++;
      next++;
    } else if (last !== undefined && segments[last.next]?.isPlain === true) {
      last.next++;
      at = last.at + 1;
      ({ next } = last);
    } else return false;
  }
  return elements.slice(at).every((element) => element === MANY);
}
