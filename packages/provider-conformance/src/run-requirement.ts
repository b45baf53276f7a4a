import { AssertionError } from "node:assert";
import { LATE, within } from "./harness/timing.js";
import type { Requirement } from "./requirement.js";
import type { CreateSubject } from "./subject.js";

/** Longest that a requirement may take, in milliseconds, unless told otherwise. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Tests one requirement on a subject of its own.
 *
 * @throws {AssertionError} when the provider does not meet it, or takes too long.
 */
export async function runRequirement(
  requirement: Requirement,
  createSubject: CreateSubject,
  timeoutMs: number,
): Promise<void> {
  const subject = await createSubject();
  try {
    const late = await within(timeoutMs, requirement.test(subject));
    if (late === LATE) throw new AssertionError({ message: `not done after ${timeoutMs} ms` });
  } finally {
    await subject[Symbol.asyncDispose]?.();
  }
}
