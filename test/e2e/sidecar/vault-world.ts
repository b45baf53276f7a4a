import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { RealVault } from "../../../packages/provider-vault/test/real-vault.js";
import { createWorkspace, type Workspace } from "../../support/workspace.js";
import { scriptedBroker, type ScriptedBroker } from "./scripted-broker.js";

/** An engine that issues users with leases, and a user who may read all that a sidecar does. */
export interface VaultWorld {
  /** Path that issues. */
  readonly creds: string;
  /** Users that the engine's own server was asked to make, and to remove. */
  readonly users: () => { readonly made: number; readonly removed: number };
  /** When a user was removed, in milliseconds since the epoch. */
  readonly removedAt: ScriptedBroker["removedAt"];
  /** A folder with `sluice.yaml`, whose store `bao` logs in as the user. */
  workspace(files: object, address?: string): Workspace;
}

/** The engine and the server are real; only the RabbitMQ that it makes users in is a script. For one test. */
export async function openVaultWorld(
  { address, api }: RealVault,
  lease: { readonly ttl: number; readonly max_ttl: number },
  login: { readonly token_ttl?: number; readonly token_max_ttl?: number } = {},
): Promise<VaultWorld> {
  const mount = `rabbit-${randomUUID()}`;
  const user = `u-${randomUUID()}`;
  const rabbit = await scriptedBroker();
  onTestFinished(async () => rabbit[Symbol.asyncDispose]());
  await api("POST", `sys/mounts/${mount}`, { type: "rabbitmq" });
  await api("POST", `${mount}/config/connection`, {
    connection_uri: rabbit.address,
    username: "u",
    password: "p",
    verify_connection: false,
  });
  await api("POST", `${mount}/config/lease`, lease);
  await api("POST", `${mount}/roles/app`, { tags: "management" });
  await api("PUT", `sys/policies/acl/${user}`, {
    policy: `path "secret/*" { capabilities = ["read"] }\npath "${mount}/creds/app" { capabilities = ["read"] }`,
  });
  await api("POST", "sys/auth/userpass", { type: "userpass" }).catch(() => undefined);
  await api("POST", `auth/userpass/users/${user}`, { password: user, token_policies: [user], ...login });
  return {
    creds: `${mount}/creds/app`,
    users: () => rabbit.users(),
    removedAt: (name) => rabbit.removedAt(name),
    workspace: (files, at = address) => {
      const store = {
        provider: "vault",
        address: at,
        auth: { userpass: { username: user, passwordFile: "password" } },
        session: { file: "state/session" },
      };
      const workspace = createWorkspace({
        "sluice.yaml": JSON.stringify({ stores: { bao: store } }),
        "files.yaml": "",
        password: user,
      });
      // Values never need more than to be read; plans name where they go.
      workspace.write("files.yaml", JSON.stringify(files).replaceAll("ROOT", join(workspace.path, "files")));
      chmodSync(workspace.path, 0o700);
      return workspace;
    },
  };
}
