import { requestToken } from "@sluice/kubernetes";
import { callVault } from "../broker/open-broker.mjs";

/** Has OpenBao take tokens of service accounts called `web`, of the audience `vault`, for the rights to read. */
export async function letPodsLogIn({ vault, cluster, world }) {
  const account = { namespace: "sluice-system", serviceAccount: "sluice-broker" };
  const wanted = { ...account, audience: "https://kubernetes.default.svc", expirationSeconds: 3600 };
  const { token } = await requestToken(world.admin, wanted, { signal: AbortSignal.timeout(10_000) });
  await callVault(vault, "sys/auth/kubernetes", { type: "kubernetes" });
  await callVault(vault, "sys/policies/acl/read", { policy: 'path "secret/*" { capabilities = ["read"] }' });
  await callVault(vault, "auth/kubernetes/config", {
    kubernetes_host: cluster.address,
    kubernetes_ca_cert: cluster.caCert,
    token_reviewer_jwt: token.text(),
    disable_local_ca_jwt: true,
  });
  await callVault(vault, "auth/kubernetes/role/web", {
    bound_service_account_names: "web",
    bound_service_account_namespaces: "*",
    audience: "vault",
    token_policies: "read",
    token_type: "batch",
  });
}
