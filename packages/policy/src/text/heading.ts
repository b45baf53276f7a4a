import type { Grant } from "../grant.js";

/** What stands at the top of a policy. */
export const NOTICE = "# Made by sluice policy from manifests: change those, and make it anew.";

/** A policy out of its parts, with an empty line between them. */
export function policyText(parts: readonly string[]): string {
  return `${[NOTICE, ...parts].join("\n\n")}\n`;
}

/** Says in a comment who is granted what follows. */
export function granteeComment({ namespace, serviceAccount, workloads }: Grant): string {
  return `# Service account ${serviceAccount} in ${namespace}: ${workloads.map(oneLine).join(", ")}`;
}

/** A name in a manifest is any text; none may end the comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
