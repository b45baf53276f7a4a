import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps, type RequestOptions } from "node:https";
import { noAnswer } from "../errors/no-answer.js";

/**
 * Sends a request; the answer's head has arrived when this resolves. Aborting closes the connection, then and
 * as long as the body is read. A request waiting for a connection hears of it late: race it against the signal.
 */
export async function openResponse(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  const opened = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === "http:" ? requestHttp : requestHttps;
  const request = send(url, options);
  request.once("response", opened.resolve);
  // Stays on: what breaks later, the body tells, but an error nobody hears would end the process.
  request.on("error", (error) => opened.reject(noAnswer(error)));
  request.end(body);
  return opened.promise;
}
