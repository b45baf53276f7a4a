import type { KubernetesAuthOptions } from "../vault-options.js";
import type { AuthMethod } from "./auth-method.js";
import { bearerAuth } from "./bearer-auth.js";
import { readCredential } from "./credential-file.js";

const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** Logs in with the token of a Kubernetes service account, read anew for each login: the kubelet rotates it. */
export function kubernetesAuth(options: KubernetesAuthOptions, baseDirectory: string): AuthMethod {
  const { role, mount = "kubernetes", tokenPath = TOKEN_PATH, audience = "vault" } = options;
  return bearerAuth({
    role,
    mount,
    audience,
    ownToken: async () => readCredential(tokenPath, baseDirectory),
  });
}
