import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { objectIn, textIn, type VaultCall } from "../transport/vault-reply.js";
import type { AppRoleAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredential } from "./credential-file.js";
import { credentialCall, logIn } from "./log-in.js";

/** Logs in with an AppRole's identifier and the secret identifier from a file. */
export function approleAuth(options: AppRoleAuthOptions, baseDirectory: string): AuthMethod {
  const { roleId, secretIdFile, wrapped = false, mount = "approle" } = options;
  const unwrap = unwrapper();
  return {
    login: async (call, signal) => {
      const held = await readCredential(secretIdFile, baseDirectory);
      const secretId = wrapped ? await unwrap(held, call, signal) : held;
      return logIn(call, `${mount}/login`, { role_id: roleId, secret_id: secretId }, signal);
    },
  };
}

/** Unwraps each token once, since it can be no second time, and keeps what was in the last one for later logins. */
function unwrapper(): (token: string, call: VaultCall, signal: AbortSignal) => Promise<string> {
  let last: { readonly token: string; readonly secretId: string } | undefined;
  return async (token, call, signal) => {
    if (last?.token === token) return last.secretId;
    const reply = await credentialCall(call, { method: "POST", path: "sys/wrapping/unwrap", token, signal });
    const secretId = textIn(objectIn(reply.body, "data"), "secret_id");
    if (secretId === undefined) throw new Refusal(malformed());
    last = { token, secretId };
    return secretId;
  };
}
