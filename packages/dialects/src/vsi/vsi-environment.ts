import { formatReference, parseReference, ReferenceSyntaxError } from "@sluice/core";
import type { ContainerAddition, DialectProblem } from "@sluice/core/dialect";
import type { PlannedSpread } from "@sluice/core/plan";

/** Static secrets as variables: every key of every path, the later path winning. */
export function vsiEnvironment(
  store: string,
  paths: readonly string[],
): Required<Pick<ContainerAddition, "spread" | "problems">> {
  const readings = paths.map((path) => spreadOf(store, path));
  return {
    spread: readings.flatMap((reading) => ("problem" in reading ? [] : [reading])),
    problems: readings.flatMap((reading) => ("problem" in reading ? [reading] : [])),
  };
}

function spreadOf(store: string, written: string): PlannedSpread | DialectProblem {
  const path = written.trim().replaceAll(/^\/+|\/+$/g, "");
  try {
    const from = formatReference({ store, path });
    parseReference(from);
    return { from };
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    return { problem: `A path of secrets cannot be read: ${thrown.problem}`, remedy: thrown.remedy };
  }
}
