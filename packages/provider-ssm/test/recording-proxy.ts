import { once } from "node:events";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ENVIRONMENT } from "./environment.js";

/** A call that came by. */
export interface Call {
  /** `GetParameters`, or `Action=AssumeRole` of STS. */
  readonly operation: string;
  readonly body: string;
  /** Region it was signed for. */
  readonly region: string | undefined;
}

/** What to answer instead of the server; `hang` never answers. */
export type Answer = "hang" | { status: number; headers?: Record<string, string>; body: string };

/** Stands before a server, tells what it was asked, and answers in its place when told to. */
export interface RecordingProxy {
  readonly address: string;
  readonly calls: readonly Call[];
  /** Calls that have come and whose caller still waits. */
  underWay(): number;
  /** Connections that are open. */
  connections(): Promise<number>;
  intercept(answer: ((call: Call) => Answer | undefined) | undefined): void;
  count(operation: string): number;
  reset(): void;
  close(): Promise<void>;
}

/**
 * Starts one on a free port. With an account, calls signed with the credentials of tests are that account's: moto
 * tells accounts apart by a header, and by roles, which go first.
 */
export async function startProxy(target: string, account?: string): Promise<RecordingProxy> {
  const calls: Call[] = [];
  let waiting = 0;
  let intercept: ((call: Call) => Answer | undefined) | undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray()).toString();
    const call = callOf(request, body);
    calls.push(call);
    waiting += 1;
    response.once("close", () => (waiting -= 1));
    const answer = intercept?.(call);
    if (answer === "hang") return;
    if (answer) return void response.writeHead(answer.status, answer.headers).end(answer.body);
    const { method, url } = request;
    const isOwn = request.headers.authorization?.includes(ENVIRONMENT.AWS_ACCESS_KEY_ID) ?? false;
    const headers =
      isOwn && account !== undefined ? { ...request.headers, "x-moto-account-id": account } : request.headers;
    const onward = forward(new URL(url ?? "/", target), { method, headers }, (reply) => {
      // moto closes after each answer; AWS does not.
      const { connection: _, ...kept } = reply.headers;
      response.writeHead(reply.statusCode ?? 500, kept);
      reply.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end(body);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    calls,
    underWay: () => waiting,
    connections: async () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    intercept: (answer) => (intercept = answer),
    count: (operation) => calls.filter((call) => call.operation === operation).length,
    reset: () => {
      calls.length = 0;
      intercept = undefined;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function callOf({ headers }: IncomingMessage, body: string): Call {
  const target = headers["x-amz-target"];
  const operation =
    typeof target === "string" ? (target.split(".").at(-1) ?? "") : (/Action=\w+/.exec(body)?.[0] ?? "");
  const region = /Credential=[^/]+\/\d+\/([a-z0-9-]+)\//.exec(headers.authorization ?? "")?.[1];
  return { operation, body, region };
}
