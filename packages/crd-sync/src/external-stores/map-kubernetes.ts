import type { ExternalPaths } from "./external-store.js";
import { accountLogin, type AccountSelector, type StoreDraft, type StorePlace } from "./store-draft.js";
import { StoreProblem } from "./store-problem.js";

/** `provider.kubernetes` of theirs, as far as it is covered. */
export interface ExternalKubernetes {
  readonly server?: { readonly url?: string };
  readonly auth?: { readonly serviceAccount?: AccountSelector };
  readonly remoteNamespace?: string;
}

/** What a pod calls the API server of its own cluster. */
const OWN = /^(https:\/\/)?kubernetes\.default(\.svc(\.cluster\.local)?)?(:443)?\/?$/;
const AUDIENCE = "https://kubernetes.default.svc";

/** Secrets of another namespace, as one of our stores. Pure. @throws {StoreProblem} */
export function mapKubernetes(kubernetes: ExternalKubernetes, place: StorePlace): StoreDraft {
  const { server = {}, auth, remoteNamespace = "default" } = kubernetes;
  if (server.url !== undefined && !OWN.test(server.url))
    throw new StoreProblem(
      "provider.kubernetes.server.url",
      "names another cluster, which is reached by a kubeconfig only",
      "have the operator make a ClusterSecretStore of sluice.dev with the option kubeconfig",
    );
  if (auth?.serviceAccount === undefined)
    throw new StoreProblem(
      "provider.kubernetes.auth",
      "names no service account, and no other way to log in is covered",
      "use auth.serviceAccount",
    );
  const field = "provider.kubernetes.auth.serviceAccount";
  const login = accountLogin(place, field, auth.serviceAccount, AUDIENCE);
  return {
    provider: "kubernetes",
    options: { namespace: remoteNamespace, audience: login.audience },
    login,
    paths: PATHS,
  };
}

const PATHS: ExternalPaths = {
  pathOf: (key) => key,
  prefixOf: (path) => path,
  nameOf: (path) => path,
  versionOf: (version) => ({ version }),
};
