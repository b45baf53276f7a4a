import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { AzureServer } from "../azure.js";
import type { Answer, Asked } from "./answer.js";
import { ROOT_TOKEN } from "./login-service.js";
import { makeCertificates } from "./make-certificates.js";
import { StandIn } from "./stand-in.js";

/** The stand-in, running. */
export interface RunningStandIn extends Required<AzureServer> {
  readonly standIn: StandIn;
}

/**
 * Starts our own server of Key Vault's protocol, over TLS with a certificate made for it. It was written from the
 * vendor's reference, so it tells whether the SDK and the provider play together, not whether Azure agrees.
 */
export async function startStandIn(): Promise<RunningStandIn> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-stand-in-"));
  const { leaf, key, authority } = await makeCertificates();
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, authority);
  const server = createServer({ cert: leaf, key }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn = new StandIn(address);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void serve(standIn, address, request, response);
  });
  return {
    kind: "running",
    address,
    authority: address,
    caFile,
    token: ROOT_TOKEN,
    standIn,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(
  standIn: StandIn,
  address: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", address);
  const { authorization } = request.headers;
  const asked: Asked = {
    method: request.method ?? "GET",
    path: pathname,
    query: searchParams,
    body: await text(request),
    ...(authorization !== undefined && { authorization }),
  };
  response.once("close", standIn.begin(asked));
  const answer = standIn.answer(asked);
  if (answer !== "hang") send(response, answer);
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
