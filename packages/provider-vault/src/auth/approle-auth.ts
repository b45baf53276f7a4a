import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { objectIn, textIn, type VaultReply } from "../transport/vault-reply.js";
import type { AppRoleAuthOptions } from "../vault-options.js";
import { UnwrappedOnce } from "../wrapping/unwrapped-once.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredential } from "./credential-file.js";
import { logIn } from "./log-in.js";

/** Logs in with an AppRole's identifiers: the secret one is in a file, and one that was wrapped serves for all logins. */
export function approleAuth(options: AppRoleAuthOptions, baseDirectory: string): AuthMethod {
  const { roleId, roleIdFile = "", secretIdFile, wrapped = false, mount = "approle" } = options;
  const unwrapped = new UnwrappedOnce(secretIdFile, baseDirectory, secretIdIn);
  return {
    login: async (call, signal) => {
      const secretId = wrapped
        ? await unwrapped.content(call, signal)
        : await readCredential(secretIdFile, baseDirectory);
      const role = roleId ?? (await readCredential(roleIdFile, baseDirectory));
      return logIn(call, `${mount}/login`, { role_id: role, secret_id: secretId }, signal);
    },
  };
}

function secretIdIn({ body }: VaultReply): string {
  const secretId = textIn(objectIn(body, "data"), "secret_id");
  if (secretId === undefined) throw new Refusal(malformed());
  return secretId;
}
