import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { NodeHttpHandler } from "@smithy/node-http-handler";
import { namedError } from "../failure/named-error.js";

const CONNECTION_MS = 3000;
const REQUEST_MS = 30_000;
const SOCKETS = 16;

/**
 * The connections of one store: kept alive, few, and given up when they take too long. Where one of them gives no
 * answer those that nobody uses are closed: they are as likely dead, and each would cost somebody a whole try.
 *
 * @param caFile absolute path of the authorities to trust besides the system's.
 * @throws an error named `CaFileUnusable` when that cannot be read, or has no certificate.
 */
export async function openHttpHandler(caFile?: string): Promise<NodeHttpHandler> {
  const sdk = await import("@smithy/node-http-handler");
  const options = { keepAlive: true, maxSockets: SOCKETS };
  // Made once: some hundred certificates are read for it, which would hold up everything at every connection.
  const trust = caFile !== undefined && { secureContext: await trusting(caFile) };
  const [httpAgent, httpsAgent] = [new HttpAgent(options), new HttpsAgent({ ...options, ...trust })];
  class Handler extends sdk.NodeHttpHandler {
    override async handle(
      ...request: Parameters<NodeHttpHandler["handle"]>
    ): ReturnType<NodeHttpHandler["handle"]> {
      try {
        return await super.handle(...request);
      } catch (error) {
        for (const { freeSockets } of [httpAgent, httpsAgent])
          for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
        throw error;
      }
    }
  }
  return new Handler({
    connectionTimeout: CONNECTION_MS,
    requestTimeout: REQUEST_MS,
    throwOnRequestTimeout: true,
    httpAgent,
    httpsAgent,
    // It would warn on the console when calls wait for a connection, which the resolver sees to.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
}

async function trusting(caFile: string): Promise<SecureContext> {
  const text = await readFile(caFile, "utf8").catch(() => "");
  try {
    // Node takes any text, and then trusts nobody more.
    void new X509Certificate(text);
    return createSecureContext({ ca: [...getCACertificates("default"), text] });
  } catch {
    // OpenSSL's words help few.
    throw namedError("CaFileUnusable", "The store's `caFile` holds no certificate, or cannot be read");
  }
}

function ignore(): void {}
