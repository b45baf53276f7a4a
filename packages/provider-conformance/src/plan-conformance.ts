import type { Requirement } from "./requirement.js";
import { SECTIONS } from "./sections.js";
import type { CreateSubject } from "./subject.js";

/** A section with what of it applies to a subject. */
interface PlannedSection {
  readonly title: string;
  readonly requirements: readonly PlannedRequirement[];
}

/** A requirement, and why it is excluded if it is. */
export interface PlannedRequirement {
  readonly requirement: Requirement;
  readonly excluded?: string;
}

/** What is to be tested. */
export interface ConformancePlan {
  /** Identifier of the provider. */
  readonly provider: string;
  readonly sections: readonly PlannedSection[];
}

/** Asks a subject, and disposes of it, which requirements apply. */
export async function planConformance(createSubject: CreateSubject): Promise<ConformancePlan> {
  const subject = await createSubject();
  try {
    const sections = SECTIONS.map(({ title, requirements }) => ({
      title,
      requirements: requirements.map((requirement): PlannedRequirement => {
        const applies = requirement.applies(subject);
        return applies === true ? { requirement } : { requirement, excluded: applies };
      }),
    }));
    return { provider: subject.store.provider, sections };
  } finally {
    await subject[Symbol.asyncDispose]?.();
  }
}
