import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** What a local port said. */
export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** Asks a port of this machine as a program of the pod would. */
export async function askLocally(
  port: number,
  path: string,
  more: { method?: string; body?: object; headers?: object } = {},
): Promise<Said> {
  const asked = request({
    host: "127.0.0.1",
    port,
    path,
    method: more.method ?? "GET",
    headers: { ...more.headers },
    agent: false,
  });
  asked.end(more.body === undefined ? undefined : JSON.stringify(more.body));
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const said = await text(answer);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    // A redirect has a page for people.
    body: said.startsWith("{") ? (JSON.parse(said) as Record<string, unknown>) : {},
  };
}
