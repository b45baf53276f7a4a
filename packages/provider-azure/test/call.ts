import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { AzureServer } from "../../../test/servers/key-vault.js";

/** What a vault answered. */
interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Calls the server without the provider, its SDK and its credentials. */
export async function call(
  { address, caFile, detour, token }: AzureServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answered> {
  const { host } = new URL(address);
  const sent = request(`${address}${path}?api-version=7.4`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", host },
    agent: false,
    ...(caFile !== undefined && { ca: await readFile(caFile) }),
    ...(detour && { hostname: "127.0.0.1", port: detour.port, servername: host, ca: detour.ca }),
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const json = await text(response);
  return {
    status: response.statusCode ?? 0,
    body: json === "" ? {} : (JSON.parse(json) as Record<string, unknown>),
  };
}

/** Writes a secret without the provider; its version. */
export async function write(server: AzureServer, name: string, value: string, more = {}): Promise<string> {
  const { status, body } = await call(server, "PUT", `/secrets/${name}`, { value, ...more });
  if (status !== 200) throw new Error(`written: ${status}`);
  return String(body["id"]).split("/").at(-1) ?? "";
}
