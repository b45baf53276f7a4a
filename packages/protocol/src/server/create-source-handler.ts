import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { ENVIRONMENT_PATH, LIMITS, READY_PATH } from "../limits.js";
import { ProblemError } from "../problem-error.js";
import type { EnvironmentAnswer } from "../schema/environment-answer.js";
import type { EnvironmentRequest } from "../schema/environment-request.js";
import { parseRequest } from "./parse-request.js";
import { readBody } from "./read-body.js";
import { sendJson, sendProblem } from "./send-json.js";

/** A source: what stands behind the exchange. */
export interface Source {
  /** Rejects with a {@link ProblemError} where it gives no environment; anything else is answered as a bug. */
  answer(request: EnvironmentRequest, caller: Caller): Promise<EnvironmentAnswer>;
  /** Whether it can answer at present, for `/v1/ready`; always by default. Why not is for those who run it. */
  isReady?(): boolean;
  /** Told of every request that was refused before it came to {@link answer}, and of every bug. */
  onRefused?(problem: ProblemError, caller: Caller, thrown?: unknown): void;
}

/** Who asks, as far as the connection tells. */
export interface Caller {
  /** The bearer token, unchecked. */
  readonly token?: string;
  /** Empty over a Unix socket. */
  readonly remoteAddress: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

/** Serves the exchange of docs/spec/protocol-v1.md on a server of `node:http` or `node:https`. */
export function createSourceHandler(source: Source): RequestListener {
  return (request, response) => void handle(source, request, response);
}

async function handle(source: Source, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("The caller has gone"));
  });
  const caller = callerOf(request, gone.signal);
  let asked = false;
  try {
    if (request.url === READY_PATH && request.method === "GET") {
      sendReady(source, response);
      return;
    }
    expectExchange(request);
    const body = parseRequest(await readBody(request));
    asked = true;
    sendJson(response, 200, await source.answer(body, caller));
  } catch (thrown) {
    const known = ProblemError.isInstance(thrown);
    const problem = known ? thrown : new ProblemError(BUG);
    if (!asked || !known) source.onRefused?.(problem, caller, known ? undefined : thrown);
    sendProblem(response, problem);
  }
}

const BEARER = new RegExp(`^Bearer ([A-Za-z0-9._~+/=-]{1,${LIMITS.tokenBytes}})$`);

function callerOf(request: IncomingMessage, signal: AbortSignal): Caller {
  const token = BEARER.exec(request.headers.authorization ?? "")?.[1];
  const { remoteAddress = "" } = request.socket;
  return { remoteAddress, signal, ...(token !== undefined && { token }) };
}

function expectExchange({ url, method, headers }: IncomingMessage): void {
  const refuse = (status: number, reason: string, message: string): never => {
    throw new ProblemError({ kind: "usage", reason, message }, status);
  };
  if (url !== ENVIRONMENT_PATH)
    refuse(404, "unknown-path", "This is a source of environments; nothing else is here");
  if (method !== "POST") refuse(405, "wrong-method", `${ENVIRONMENT_PATH} is asked with POST`);
  if (headers["content-type"]?.split(";")[0]?.trim() !== "application/json")
    refuse(415, "wrong-content-type", "A request is application/json");
}

function sendReady(source: Source, response: ServerResponse): void {
  if (source.isReady?.() ?? true) sendJson(response, 200, { ready: true });
  else sendProblem(response, new ProblemError(NOT_READY));
}

/** The same whatever the reason: anybody may ask. */
const NOT_READY = {
  kind: "unavailable",
  reason: "not-ready",
  message: "The source cannot answer at present",
} as const;

const BUG = {
  kind: "bug",
  reason: "internal",
  message: "The source failed inside",
  remedy: "See its log, and report it",
} as const;
