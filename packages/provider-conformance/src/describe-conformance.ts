import { planConformance, type PlannedRequirement } from "./plan-conformance.js";
import { DEFAULT_TIMEOUT_MS, runRequirement } from "./run-requirement.js";
import type { CreateSubject } from "./subject.js";

/** What the suite needs of a test runner: vitest, node:test, jest and mocha all have it. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  /** `timeoutMs` is a little more than the suite allows itself; a runner may ignore it. */
  test(title: string, run: () => Promise<void>, timeoutMs: number): unknown;
  /** Told of what is not tested, and why. */
  excluded?(title: string, reason: string): void;
}

/** How to describe the suite. */
export interface DescribeOptions {
  /** What is tested; the provider's identifier by default. */
  readonly title?: string;
  /** Longest that a requirement may take, in milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
}

/** A requirement that is not tested. */
export interface Excluded {
  readonly id: string;
  readonly reason: string;
}

/** Time for a subject to be made and disposed of, in milliseconds. */
const SETUP_MS = 30_000;

/**
 * Registers a test for each requirement that applies, titled by its number and sentence. Settles when all are
 * registered: a test file awaits it at its top level. Returns what is excluded, so that a test can insist on it.
 */
export async function describeConformance(
  runner: TestRunner,
  createSubject: CreateSubject,
  { title, timeoutMs = DEFAULT_TIMEOUT_MS }: DescribeOptions = {},
): Promise<readonly Excluded[]> {
  const { provider, sections } = await planConformance(createSubject);
  const register = ({ requirement, excluded }: PlannedRequirement): void => {
    const sentence = `${requirement.id} ${requirement.title}`;
    if (excluded !== undefined) runner.excluded?.(sentence, excluded);
    else {
      const run = async (): Promise<void> => runRequirement(requirement, createSubject, timeoutMs);
      runner.test(sentence, run, timeoutMs + SETUP_MS);
    }
  };
  runner.describe(`provider specification v1: ${title ?? provider}`, () => {
    for (const { title: section, requirements } of sections) {
      const define = (): void => requirements.forEach(register);
      // Some runners take a group without tests for a mistake.
      if (requirements.some(({ excluded }) => excluded === undefined)) runner.describe(section, define);
      else define();
    }
  });
  return sections.flatMap(({ requirements }) =>
    requirements.flatMap(({ requirement, excluded }) =>
      excluded === undefined ? [] : [{ id: requirement.id, reason: excluded }],
    ),
  );
}
