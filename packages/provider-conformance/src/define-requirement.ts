import { Trial } from "./harness/trial.js";
import { type CapabilityName, exclusionOf } from "./exclusion.js";
import type { Requirement } from "./requirement.js";
import type { SubjectWith } from "./subject.js";
import type { SubjectHooks } from "./subject-hooks.js";

/** A requirement as its section states it. */
export interface RequirementInit<Hook extends keyof SubjectHooks> {
  readonly id: string;
  readonly title: string;
  /** Applies only to providers that declare all of these. */
  readonly capabilities?: readonly CapabilityName[];
  /** Can be tested only on subjects that have all of these. */
  readonly hooks?: readonly Hook[];
  readonly test: (trial: Trial<SubjectWith<Hook>>) => Promise<void>;
}

/** Makes a requirement that opens providers for its test and disposes of them. */
export function defineRequirement<const Hook extends keyof SubjectHooks = never>({
  id,
  title,
  capabilities = [],
  hooks = [],
  test,
}: RequirementInit<Hook>): Requirement {
  return {
    id,
    title,
    applies: (subject) => exclusionOf(subject, capabilities, hooks) ?? true,
    test: async (subject) => {
      await using trial = new Trial(subject as SubjectWith<Hook>);
      await test(trial);
    },
  };
}
