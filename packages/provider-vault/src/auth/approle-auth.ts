import type { ProviderDependencies } from "@sluice/core";
import { malformed } from "../failure/failures.js";
import { Refusal } from "../failure/refusal.js";
import { objectIn, textIn, type VaultReply } from "../transport/vault-reply.js";
import type { AppRoleAuthOptions } from "../vault-options.js";
import { UnwrappedOnce } from "../wrapping/unwrapped-once.js";
import type { AuthMethod } from "./auth-method.js";
import { readCredentialFrom } from "./credential-file.js";
import { logIn } from "./log-in.js";

/** Logs in with an AppRole's identifiers, each from where the options say; a secret one that was wrapped serves for all logins. */
export function approleAuth(options: AppRoleAuthOptions, dependencies: ProviderDependencies): AuthMethod {
  const { roleId, roleIdFile, secretIdFile: file, secretIdVariable: variable, wrapped = false } = options;
  const { mount = "approle" } = options;
  const find = async (): Promise<string> => readCredentialFrom({ file, variable }, dependencies);
  const unwrapped = new UnwrappedOnce(find, secretIdIn);
  return {
    login: async (call, signal) => {
      const secretId = wrapped ? await unwrapped.content(call, signal) : await find();
      const role = roleId ?? (await readCredentialFrom({ file: roleIdFile }, dependencies));
      return logIn(call, `${mount}/login`, { role_id: role, secret_id: secretId }, signal);
    },
  };
}

function secretIdIn({ body }: VaultReply): string {
  const secretId = textIn(objectIn(body, "data"), "secret_id");
  if (secretId === undefined) throw new Refusal(malformed());
  return secretId;
}
