import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { RunningKubernetes } from "./kubernetes.js";

/** Answers a request instead of the cluster; false to let it through. */
type Intercept = (asked: IncomingMessage, response: ServerResponse) => boolean;

/** Plain HTTP in front of a cluster: it counts what the cluster is asked, and answers itself where a test wants. */
export interface KubernetesGateway {
  readonly address: string;
  /** `GET /api/v1/...`, in order. */
  readonly requests: string[];
  /** Tried on every request. */
  intercept: Intercept;
  stop(): Promise<void>;
}

/** Starts a gateway in front of a cluster; callers bring their own credentials. */
export async function startGateway({ address, caCert }: RunningKubernetes): Promise<KubernetesGateway> {
  const agent = new Agent({ keepAlive: true, ca: caCert });
  const server = createServer((asked, response) => {
    gateway.requests.push(`${asked.method} ${asked.url}`);
    if (!gateway.intercept(asked, response)) forward(asked, response, address, agent);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const gateway: KubernetesGateway = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    intercept: () => false,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
  return gateway;
}

function forward(asked: IncomingMessage, response: ServerResponse, address: string, agent: Agent): void {
  const { method, headers } = asked;
  const upstream = request(`${address}${asked.url}`, { agent, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // A watch has begun when its head is there, however long nothing happens.
    response.flushHeaders();
    answer.pipe(response);
  });
  upstream.on("error", () => response.destroy());
  response.on("close", () => upstream.destroy());
  asked.pipe(upstream);
}
