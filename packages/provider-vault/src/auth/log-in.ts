import type { Failure } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { numberIn, objectIn, textIn, type VaultCall, type VaultRequest } from "../transport/vault-reply.js";
import type { IssuedToken } from "./auth-method.js";

/** The server knows the credentials, or does not, and says so with one of these. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** Logs in once at `auth/PATH`. Rejects with a {@link Refusal} unless the credential is taken. */
export async function logIn(
  call: VaultCall,
  path: string,
  body: object,
  signal: AbortSignal,
  connection: Pick<VaultRequest, "newConnection"> = {},
): Promise<IssuedToken> {
  const reply = await call({ method: "POST", path: `auth/${path}`, body, signal, ...connection });
  if (reply.status !== 200) {
    const failure = failureOfReply(reply);
    const refused = reply.body !== undefined && REFUSED.has(reply.status);
    throw new Refusal(
      refused && failure.reason !== "no-such-namespace" ? loginRefused(reply.status) : failure,
    );
  }
  const issued = issuedIn(objectIn(reply.body, "auth"));
  if (issued === undefined) throw new Refusal(malformed());
  return issued;
}

/** The token in the `auth` part of an answer. */
export function issuedIn(auth: object | undefined): IssuedToken | undefined {
  const token = textIn(auth, "client_token");
  if (token === undefined) return undefined;
  return {
    token,
    ttlMs: (numberIn(auth, "lease_duration") ?? 0) * 1000,
    renewable: auth !== undefined && Reflect.get(auth, "renewable") === true,
    ours: true,
  };
}

// What is absent here is a role or an auth method, never the secret: so it is not `not-found`.
function loginRefused(status: number): Failure {
  return {
    status: "denied",
    reason: "login-refused",
    message: `cannot be read: the server refuses our login (HTTP ${status})`,
    remedy: "Check the store's auth: method, mount, role and credentials",
  };
}
