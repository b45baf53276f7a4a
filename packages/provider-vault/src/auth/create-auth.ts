import type { ProviderDependencies } from "@sluice/core";
import type { VaultAuth } from "../vault-options.js";
import { approleAuth } from "./approle-auth.js";
import type { AuthMethod } from "./auth-method.js";
import { certAuth } from "./cert-auth.js";
import { jwtAuth } from "./jwt-auth.js";
import { kubernetesAuth } from "./kubernetes-auth.js";
import { tokenAuth } from "./token-auth.js";
import { userpassAuth } from "./userpass-auth.js";

/** The configured way to log in; nothing is read yet. */
export function createAuth(auth: VaultAuth, dependencies: ProviderDependencies): AuthMethod {
  const { baseDirectory } = dependencies;
  if ("kubernetes" in auth) return kubernetesAuth(auth.kubernetes, baseDirectory);
  if ("jwt" in auth) return jwtAuth(auth.jwt, dependencies);
  if ("approle" in auth) return approleAuth(auth.approle, dependencies);
  if ("userpass" in auth) return userpassAuth(auth.userpass, dependencies);
  if ("cert" in auth) return certAuth(auth.cert);
  return tokenAuth(auth.token, dependencies);
}
