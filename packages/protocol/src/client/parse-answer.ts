import { SluiceError } from "@sluice/core";
import { findMisfit } from "@sluice/core/plan";
import { PROTOCOL_VERSION } from "../limits.js";
import { ProblemError } from "../problem-error.js";
import { ANSWER_SCHEMA, type EnvironmentAnswer } from "../schema/environment-answer.js";
import { type Problem, type ProblemKind, PROBLEM_SCHEMA, STATUS_OF_KIND } from "../schema/problem.js";

/**
 * Reads an answer. Nothing of it is quoted in an error: it holds values.
 *
 * @throws SluiceError `SLU5002`
 */
export function parseAnswer(text: string, known: readonly string[] = []): EnvironmentAnswer {
  const answer = parseObject(text);
  if (typeof answer["protocol"] === "number" && answer["protocol"] !== PROTOCOL_VERSION)
    throw foreign(`it is of protocol ${answer["protocol"]}, not ${PROTOCOL_VERSION}`);
  const misfit = findMisfit(ANSWER_SCHEMA, answer);
  if (misfit !== undefined) throw foreign(misfit);
  const read = answer as unknown as EnvironmentAnswer;
  const unknown = read.critical.filter((feature) => !known.includes(feature));
  if (unknown.length > 0) throw foreign(`it needs what is not known here: ${unknown.join(", ")}`);
  return read;
}

/** The problem that another status than 200 stands for, with a body of the protocol or without. */
export function parseProblem(status: number, text: string, retryAfter: string | undefined): ProblemError {
  const detail = problemIn(text) ?? {
    kind: kindOfStatus(status),
    reason: `http-${status}`,
    message: `The source answered with status ${status} and no explanation`,
  };
  const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? { retryAfterSeconds: Number(retryAfter) } : {};
  return new ProblemError({ ...detail, ...seconds }, status);
}

function problemIn(text: string): Problem | undefined {
  try {
    const body = parseObject(text);
    return findMisfit(PROBLEM_SCHEMA, body) === undefined ? (body["error"] as Problem) : undefined;
  } catch {
    return undefined;
  }
}

function kindOfStatus(status: number): ProblemKind {
  if (status === 401 || status === 409) return "denied";
  const kind = Object.entries(STATUS_OF_KIND).find(([, of]) => of === status)?.[0];
  if (kind !== undefined) return kind as ProblemKind;
  return [405, 411, 413, 415].includes(status) ? "usage" : "unavailable";
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw foreign("it is not JSON");
  }
  if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  throw foreign("it is not a JSON object");
}

function foreign(why: string): SluiceError {
  return new SluiceError({
    code: "SLU5002",
    kind: "unavailable",
    problem: `What the source answered is not of the protocol: ${why}`,
    remedy: "Check that SLUICE_SOURCE names a source of this project, of a version that this one knows",
  });
}
