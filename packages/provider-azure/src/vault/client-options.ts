import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { getCACertificates } from "node:tls";
import type { HttpClient } from "@azure/core-rest-pipeline";
import { Refusal } from "../failure/refusal.js";

/** Options that every client of the SDK is made with. */
export interface ClientOptions {
  /** The resolver retries. */
  readonly retryOptions: { readonly maxRetries: 0 };
  /** Key Vault sends nobody elsewhere; what does is something else, and is not to be followed with a token. */
  readonly redirectOptions: { readonly maxRetries: 0 };
  readonly httpClient?: HttpClient;
}

/** Options for the clients of a store; reads `caFile` if there is one. */
export async function clientOptions(
  caFile: string | undefined,
  baseDirectory: string,
  openClient: (ca: readonly string[] | undefined) => Promise<HttpClient>,
): Promise<ClientOptions> {
  const never = { maxRetries: 0 } as const;
  const basis = { retryOptions: never, redirectOptions: never };
  if (caFile === undefined) return { ...basis, httpClient: await openClient(undefined) };
  const ca = [...getCACertificates(), await readAuthority(resolve(baseDirectory, caFile), caFile)];
  return { ...basis, httpClient: await openClient(ca) };
}

async function readAuthority(path: string, caFile: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new Refusal({
      status: "invalid",
      reason: "ca-file-unreadable",
      message: `cannot be asked for: ${caFile} cannot be read`,
      remedy: "Correct `caFile`",
    });
  }
}
