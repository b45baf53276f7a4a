import type { ConformanceReport, RequirementResult } from "./conformance-report.js";
import { planConformance, type PlannedRequirement } from "./plan-conformance.js";
import { DEFAULT_TIMEOUT_MS, runRequirement } from "./run-requirement.js";
import type { CreateSubject } from "./subject.js";

/** How to run the suite. */
export interface RunOptions {
  /** Numbers to test; all by default. */
  readonly only?: readonly string[];
  /** Longest that a requirement may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
}

/**
 * Tests a provider without a test runner, one requirement after the other.
 *
 * @throws {RangeError} for a number that the specification does not have.
 */
export async function runConformance(
  createSubject: CreateSubject,
  { only, timeoutMs = DEFAULT_TIMEOUT_MS }: RunOptions = {},
): Promise<ConformanceReport> {
  const { provider, sections } = await planConformance(createSubject);
  const all = sections.flatMap(({ requirements }) => requirements);
  const unknown = only?.find((id) => !all.some(({ requirement }) => requirement.id === id));
  if (unknown !== undefined) throw new RangeError(`The specification has no requirement ${unknown}`);
  const results: RequirementResult[] = [];
  for (const planned of all)
    if (only === undefined || only.includes(planned.requirement.id))
      results.push(await resultOf(planned, createSubject, timeoutMs));
  return { provider, results };
}

async function resultOf(
  { requirement, excluded }: PlannedRequirement,
  createSubject: CreateSubject,
  timeoutMs: number,
): Promise<RequirementResult> {
  const { id, title } = requirement;
  if (excluded !== undefined) return { id, title, status: "excluded", reason: excluded };
  try {
    await runRequirement(requirement, createSubject, timeoutMs);
    return { id, title, status: "passed" };
  } catch (error) {
    return { id, title, status: "failed", error };
  }
}
