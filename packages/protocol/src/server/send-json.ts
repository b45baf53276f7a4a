import type { ServerResponse } from "node:http";
import { PROTOCOL_VERSION } from "../limits.js";
import type { ProblemError } from "../problem-error.js";

/** Answers with JSON that nobody may keep. Nothing is sent when the other side has gone. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.byteLength,
    "cache-control": "no-store",
  });
  response.end(bytes);
}

/** Answers with a problem. A request whose body was not read whole leaves its connection unusable. */
export function sendProblem(response: ServerResponse, { detail, status }: ProblemError): void {
  const { retryAfterSeconds, ...error } = detail;
  if (response.destroyed || response.headersSent) return;
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", String(retryAfterSeconds));
  if (!response.req.complete) response.setHeader("connection", "close");
  sendJson(response, status, { protocol: PROTOCOL_VERSION, error });
}
