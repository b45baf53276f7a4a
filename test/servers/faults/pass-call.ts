import * as http from "node:http";
import * as https from "node:https";
import type { Call, Fault } from "./call.js";
import { cutBody } from "./cut-body.js";

/** The server that a proxy stands before. */
export interface Target {
  /** `http://127.0.0.1:8080` */
  readonly address: string;
  /** What its certificate is verified with, PEM. */
  readonly ca?: string;
  /** Headers that the server gets besides those of a call. */
  readonly headers?: (call: Call) => Readonly<Record<string, string>>;
}

/** The way back to whoever called. */
export interface WayBack {
  readonly response: http.ServerResponse;
  /** Resets the connection. */
  readonly reset: () => unknown;
}

/** Carries out a fault on a call, or passes it on. */
export function passCall(
  call: Call,
  { response, reset }: WayBack,
  target: Target & { readonly agent: http.Agent },
  fault: Fault | undefined,
): void {
  switch (fault?.kind) {
    case "silent":
      return;
    case "reset":
      return void reset();
    case "answer":
      return void response.writeHead(fault.status, fault.headers).end(fault.body);
  }
  const { method, url, body } = call;
  const headers = { ...call.headers, ...target.headers?.(call) };
  const send = target.address.startsWith("https:") ? https.request : http.request;
  const onward = send(new URL(url, target.address), { agent: target.agent, method, headers }, (answer) => {
    // How long connections are kept is each hop's own affair.
    const { connection: _, "keep-alive": __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    // What the server breaks off, breaks off here.
    answer.on("error", () => response.destroy());
    if (fault) cutBody(answer, { response, reset }, fault);
    else answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  response.on("close", () => onward.destroy());
  onward.end(body);
}
