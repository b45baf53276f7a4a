import type { Failure } from "@sluice/core";
import { failureOfReply } from "../failure/failure-of-reply.js";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import {
  numberIn,
  objectIn,
  textIn,
  type VaultCall,
  type VaultReply,
  type VaultRequest,
} from "../transport/vault-reply.js";
import type { IssuedToken } from "./auth-method.js";

/** The server knows the credentials, or does not, and says so with one of these. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** Logs in once at `auth/PATH`. */
export async function logIn(
  call: VaultCall,
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const { body: answer } = await credentialCall(call, { method: "POST", path: `auth/${path}`, body, signal });
  const issued = issuedIn(objectIn(answer, "auth"));
  if (issued === undefined) throw new Refusal(malformed());
  return issued;
}

/** A call that hands in a credential. Rejects with a {@link Refusal} unless it is taken. */
export async function credentialCall(call: VaultCall, request: VaultRequest): Promise<VaultReply> {
  const reply = await call(request);
  if (reply.status === 200) return reply;
  const refused = reply.body !== undefined && REFUSED.has(reply.status);
  throw new Refusal(refused ? loginRefused(reply.status) : failureOfReply(reply));
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
