import type { IncomingHttpHeaders } from "node:http";

/** A call that came to a proxy, all of it. */
export interface Call {
  readonly method: string;
  /** Path and query, as they were asked for. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it had come, in milliseconds since the epoch. */
  readonly at: number;
  /** Which of the proxy's connections it came over, counted from 1. */
  readonly connection: number;
}

/** What a proxy answers in its server's place, to which the call is not passed on. */
export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * What becomes of a call that is not simply passed on:
 * - `answer`: something else than the server answers.
 * - `silent`: nobody answers, and the connection stays open.
 * - `reset`: the connection is reset instead of an answer.
 * - `cut`: the server's answer ends after so many bytes of its body, by a reset, or in silence with the
 *   connection left open.
 */
export type Fault =
  | Answer
  | { readonly kind: "silent" | "reset" }
  | { readonly kind: "cut"; readonly afterBytes: number; readonly ending: "reset" | "silence" };

/** Decides on each call, in the order they come; `undefined` passes it on. */
export type FaultOf = (call: Call) => Fault | undefined;

/** An answer of JSON. */
export function answerJson(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const text = JSON.stringify(body);
  return { kind: "answer", status, headers: { "content-type": "application/json", ...headers }, body: text };
}

/** These faults for the first calls, one each; what comes after is passed on. */
export function firstCalls(...faults: readonly Fault[]): FaultOf {
  const left = faults.values();
  return () => left.next().value;
}
