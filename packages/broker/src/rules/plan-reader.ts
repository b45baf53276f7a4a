import { ReferenceSyntaxError, type SecretReference } from "@sluice/core";
import {
  type InjectionPlan,
  parsePlan,
  PLAN_VARIABLE,
  planDigest,
  PlanError,
  planReferences,
} from "@sluice/core/plan";
import { type PodContainer, variableOf } from "@sluice/kubernetes";
import type { EnvironmentRequest } from "@sluice/protocol";
import { LRUCache } from "lru-cache";
import { refuse } from "../refusals.js";

export interface PlanOfContainer {
  readonly plan: InjectionPlan;
  /** By their canonical form. */
  readonly references: ReadonlyMap<string, SecretReference>;
}

/** What is remembered: so many plans, of so many bytes of text. */
const MOST = { max: 1_000, maxSize: 4 * 1024 * 1024 } as const;

/** Reads plans as they stand in pod specs. Those of equal pods are parsed once. */
export class PlanReader {
  readonly #parsed: LRUCache<string, PlanOfContainer> = new LRUCache(MOST);

  /**
   * Of the request's plan only the digest counts, which must be that of the text in the pod.
   *
   * @see docs/spec/protocol-v1.md, 7.3
   * @throws ProblemError
   */
  read(container: PodContainer, request: Pick<EnvironmentRequest, "planDigest">): PlanOfContainer {
    const { name } = container;
    const text = variableOf(container, PLAN_VARIABLE);
    if (text === undefined || text === "")
      throw refuse("no-plan", `Container "${name}" has no ${PLAN_VARIABLE}`);
    const digest = planDigest(text);
    if (digest !== request.planDigest)
      throw refuse("plan-changed", `The launcher in container "${name}" has another plan than the pod`);
    const parsed = this.#parsed.get(digest) ?? parse(text, name);
    this.#parsed.set(digest, parsed, { size: text.length });
    if (parsed.plan.container !== name)
      throw refuse(
        "plan-of-another-container",
        `The plan in container "${name}" is for "${parsed.plan.container}"`,
      );
    return parsed;
  }
}

function parse(text: string, container: string): PlanOfContainer {
  try {
    const plan = parsePlan(text);
    return { plan, references: planReferences(plan) };
  } catch (thrown) {
    if (!PlanError.isInstance(thrown) && !ReferenceSyntaxError.isInstance(thrown)) throw thrown;
    throw refuse("plan-invalid", `The plan of container "${container}" cannot be read: ${thrown.problem}`);
  }
}
