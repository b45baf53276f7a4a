import { readFile } from "node:fs/promises";
import { getCACertificates } from "node:tls";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { namedError } from "../failure/named-error.js";

const CONNECTION_MS = 3000;
const REQUEST_MS = 30_000;
const SOCKETS = 16;

/**
 * The connections of one store: kept alive, few, and given up when they take too long.
 *
 * @param caFile absolute path of the authorities to trust besides the system's.
 * @throws an error named `CaFileUnusable` when that cannot be read, or has no certificate.
 */
export async function openHttpHandler(caFile?: string): Promise<NodeHttpHandler> {
  const { NodeHttpHandler } = await import("@smithy/node-http-handler");
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  const ca =
    caFile === undefined ? {} : { ca: [...getCACertificates("default"), await readAuthorities(caFile)] };
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    throwOnRequestTimeout: true,
    httpAgent: agent,
    httpsAgent: { ...agent, ...ca },
    // It would warn on the console when calls wait for a connection, which the resolver sees to.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
}

async function readAuthorities(caFile: string): Promise<string> {
  const text = await readFile(caFile, "utf8").catch(() => "");
  // Node takes any text, and then trusts nobody more.
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw namedError("CaFileUnusable", "The store's `caFile` holds no certificate, or cannot be read");
}

function ignore(): void {}
