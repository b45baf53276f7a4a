import { randomUUID } from "node:crypto";
import type { DelegatedIdentity } from "@sluice/core";
import { jwtIssuer } from "./jwt-issuer.js";
import type { RealVault } from "./real-vault.js";

const AUDIENCE = "vault";

/** Logins with JSON Web Tokens: of the store itself, which may do anything, and of workloads. */
export interface WorkloadLogins {
  readonly mount: string;
  readonly role: string;
  /** The store's own token. */
  readonly ownToken: string;
  readonly audience: string;
  /** Path of the one secret that a workload of this name may read. */
  secretOf(name: string): string;
  identityOf(name: string): DelegatedIdentity;
}

/** Sets a server up for such logins. */
export async function workloadLogins({ api }: RealVault): Promise<WorkloadLogins> {
  const [mount, own] = [`jwt-${randomUUID()}`, `workloads-${randomUUID()}`];
  const issuer = jwtIssuer();
  await api("POST", `sys/auth/${mount}`, { type: "jwt" });
  await api("POST", `auth/${mount}/config`, { jwt_validation_pubkeys: [issuer.publicKey] });
  const { data } = await api("GET", "sys/auth");
  const { accessor = "" } = (data as Record<string, { accessor: string }>)[`${mount}/`] ?? {};
  const name = `{{identity.entity.aliases.${accessor}.name}}`;
  await api("PUT", `sys/policies/acl/${own}`, {
    policy: `path "secret/data/${own}/${name}" { capabilities = ["read"] }`,
  });
  await api("PUT", `sys/policies/acl/${own}-all`, {
    policy: `path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }`,
  });
  await api("POST", `auth/${mount}/role/app`, {
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: [AUDIENCE],
    token_policies: [own],
  });
  // Who the store is, rather than how it logs in, gives it more than a workload has.
  const entity = await api("POST", "identity/entity", { name: own, policies: [`${own}-all`] });
  const { id } = entity["data"] as { id: string };
  await api("POST", "identity/entity-alias", { name: "store", canonical_id: id, mount_accessor: accessor });
  return {
    mount,
    role: "app",
    ownToken: issuer.issue("store", AUDIENCE),
    audience: AUDIENCE,
    secretOf: (workload) => `secret/${own}/${workload}`,
    identityOf: (workload) => ({
      kind: "delegated",
      cacheKey: workload,
      subject: workload,
      getToken: async (audience) => issuer.issue(workload, audience),
    }),
  };
}
