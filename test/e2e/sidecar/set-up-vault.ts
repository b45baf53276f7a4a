import { openCluster } from "../../../packages/provider-vault/test/cluster.js";
import type { RealVault } from "../../../packages/provider-vault/test/real-vault.js";
import type { RunningKubernetes } from "../../servers/kubernetes.js";
import type { ScriptedBroker } from "./scripted-broker.js";

/** Path of an engine that issues users, each with a lease. */
export const CREDS = "database/creds/app";

/** Names that pods log in under. */
const ROLES = ["app", "test", "db-app"];

/** Lets the server know the cluster's service accounts, and issue users that `database` makes and removes. */
export async function setUpVault(
  { api }: RealVault,
  cluster: RunningKubernetes,
  database: ScriptedBroker,
): Promise<void> {
  const reviewer = await (await openCluster(cluster)).reviewer();
  await api("POST", "sys/auth/kubernetes", { type: "kubernetes" });
  await api("POST", "auth/kubernetes/config", {
    kubernetes_host: cluster.address,
    kubernetes_ca_cert: cluster.caCert,
    token_reviewer_jwt: reviewer,
    disable_local_ca_jwt: true,
  });
  const policy =
    'path "secret/*" { capabilities = ["read"] }\npath "database/creds/*" { capabilities = ["read"] }';
  await api("PUT", "sys/policies/acl/app", { policy });
  for (const role of ROLES)
    await api("POST", `auth/kubernetes/role/${role}`, {
      bound_service_account_names: ["default"],
      bound_service_account_namespaces: ["*"],
      audience: "vault",
      token_policies: ["app"],
    });
  await api("POST", "sys/auth/approle", { type: "approle" });
  await api("POST", "auth/approle/role/app", { token_policies: ["app"] });
  await api("POST", "sys/mounts/database", { type: "rabbitmq" });
  await api("POST", "database/config/connection", {
    connection_uri: database.address,
    username: "u",
    password: "p",
    verify_connection: false,
  });
  await api("POST", "database/config/lease", { ttl: 600, max_ttl: 3_600 });
  await api("POST", "database/roles/app", { tags: "management" });
}
