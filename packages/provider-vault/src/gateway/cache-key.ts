import { createHmac, randomBytes } from "node:crypto";
import type { GatewayRequest } from "@sluice/core";

/** Headers that change nothing about an answer, or that the key has already: a token is a part of its own. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  "accept-encoding",
  "authorization",
  "baggage",
  "cache-control",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-request-id",
  "x-vault-request",
  "x-vault-token",
]);

/** Makes names of what nobody may read out of the cache's keys: requests hold passwords, and tokens are secrets. */
export class CacheKeys {
  readonly #secret = randomBytes(32);

  /** Stands for a token. */
  ofToken(token: string): string {
    return createHmac("sha256", this.#secret).update("token\0").update(token).digest("base64");
  }

  /** Stands for a request as somebody; `asker` stands for the token in use, and is empty where there is none. */
  ofRequest({ method, path, headers, body }: GatewayRequest, asker: string): string {
    const said = Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !WITHOUT_MEANING.has(name))
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    return createHmac("sha256", this.#secret)
      .update("request\0")
      .update(JSON.stringify([method, path, asker, said]))
      .update(body ?? "")
      .digest("base64");
  }
}

/** The token that a request shows, as the server looks for it. */
export function shownToken({ headers }: GatewayRequest): string | undefined {
  const said = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return said.get("x-vault-token") || said.get("authorization")?.replace(/^bearer\s+/i, "") || undefined;
}
