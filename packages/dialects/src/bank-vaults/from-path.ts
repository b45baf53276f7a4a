import { formatReference, parseReference, ReferenceSyntaxError } from "@sluice/core";
import type { ContainerAddition, DialectProblem } from "@sluice/core/dialect";
import type { PlannedSpread } from "@sluice/core/plan";
import type { Pod } from "@sluice/core/pod";
import { type BankVaultsOptions, issues, type VaultNotation } from "./bank-vaults-options.js";
import { isMissingIgnored, serverAnnotation } from "./pod-annotations.js";
import { serverStore } from "./server-store.js";

/** The secrets of `vault-from-path`: `PATH[#VERSION]`, several with commas; every field of each becomes a variable. */
export function fromPath(
  pod: Pod,
  options: BankVaultsOptions,
): Required<Pick<ContainerAddition, "spread" | "problems">> {
  const readings = (["vault", "bao"] as const).flatMap((notation) => {
    const paths = serverAnnotation(pod, notation, "from-path") ?? "";
    const written = paths.split(",").map((path) => path.trim());
    return written.filter((path) => path !== "").map((path) => spreadOf(path, pod, notation, options));
  });
  return {
    spread: readings.flatMap((reading) => ("problem" in reading ? [] : [reading])),
    problems: readings.flatMap((reading) => ("problem" in reading ? [reading] : [])),
  };
}

function spreadOf(
  written: string,
  pod: Pod,
  notation: VaultNotation,
  options: BankVaultsOptions,
): PlannedSpread | DialectProblem {
  const store = serverStore(pod, notation, options);
  if (typeof store !== "string") return store;
  const [, path = "", version] = /^\/*([^#]*?)\/*(?:#(.*))?$/s.exec(written) ?? [];
  const isLatest = version === undefined || version === "0" || version === "-1";
  if (path.includes("?") || (!isLatest && !/^[1-9]\d*$/.test(version))) return malformed(notation);
  const from = formatReference({
    store,
    path,
    ...(!isLatest && { version }),
    ...(isLatest && (options.issues ?? issues)(path) && { volatile: true }),
  });
  try {
    parseReference(from);
  } catch (thrown) {
    if (!ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    return malformed(notation);
  }
  return { from, ...(isMissingIgnored(pod, notation, options) && { optional: true }) };
}

function malformed(notation: VaultNotation): DialectProblem {
  return {
    problem: `Annotation ${notation}-from-path has an entry that is no path of a secret`,
    remedy: "Write PATH or PATH#VERSION, several with commas",
  };
}
