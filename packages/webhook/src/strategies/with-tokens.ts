import { createHash } from "node:crypto";
import { type InjectionPlan, planReferences } from "@sluice/core/plan";
import { TOKEN_FOLDER } from "./injection-settings.js";

/** A plan with the files of the tokens that its stores need, in an order that depends on them alone. */
export function withTokens(
  plan: InjectionPlan,
  byStore: ReadonlyMap<string, string> = new Map(),
): InjectionPlan {
  const audiences = new Set(storesOf(plan).flatMap((store) => byStore.get(store) ?? []));
  if (audiences.size === 0) return plan;
  const sorted = Array.from(audiences).sort();
  const tokens = Object.fromEntries(sorted.map((audience) => [audience, tokenFile(audience)]));
  return { ...plan, source: { ...plan.source, tokens } };
}

/** The names of the stores that a plan takes something from. */
export function storesOf(plan: InjectionPlan): string[] {
  return Array.from(new Set(Array.from(planReferences(plan).values(), ({ store }) => store)));
}

/** Where the token of an audience is, in a container. */
function tokenFile(audience: string): string {
  return `${TOKEN_FOLDER}/tokens/${createHash("sha256").update(audience).digest("hex").slice(0, 16)}`;
}
