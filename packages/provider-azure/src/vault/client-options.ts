import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
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
  openClient: (authority: string | undefined) => Promise<HttpClient>,
): Promise<ClientOptions> {
  const never = { maxRetries: 0 } as const;
  const basis = { retryOptions: never, redirectOptions: never };
  if (caFile === undefined) return { ...basis, httpClient: await openClient(undefined) };
  const authority = await readAuthority(resolve(baseDirectory, caFile), caFile);
  return { ...basis, httpClient: await openClient(authority) };
}

async function readAuthority(path: string, caFile: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) throw unusable("ca-file-unreadable", `${caFile} cannot be read`);
  // Node.js takes any text, and then trusts nobody more; what OpenSSL says of others helps few.
  if (!isCertificate(text)) throw unusable("ca-file-malformed", `${caFile} holds no certificate`);
  return text;
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.byteLength > 0;
  } catch {
    return false;
  }
}

function unusable(reason: string, why: string): Refusal {
  return new Refusal({
    status: "invalid",
    reason,
    message: `cannot be asked for: ${why}`,
    remedy: "Correct `caFile`",
  });
}
