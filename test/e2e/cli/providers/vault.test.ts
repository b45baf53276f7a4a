import { randomUUID } from "node:crypto";
import type { Unavailable } from "../../../servers/shared/server.js";
import { startVault } from "../../../servers/vault.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";
import { describeCommands } from "./describe-commands.js";

const FIELD = "value";

async function openVault(): Promise<CliSubject | Unavailable> {
  const server = await startVault();
  if (server.kind === "unavailable") return server;
  const { address, token } = server;
  const folder = randomUUID();
  const setup = (at: string, VAULT_TOKEN: string): StoreSetup => ({
    options: { provider: "vault", address: at },
    env: { VAULT_TOKEN },
  });
  const call = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${address}/v1/${path}`, { ...init, headers: { "x-vault-token": token } });
  // Somebody with rights to something else: the server hides an engine from who may read nothing in it.
  const policy = `path "secret/data/${folder}-other/*" { capabilities = ["read"] }`;
  await call(`sys/policies/acl/${folder}`, { method: "POST", body: JSON.stringify({ policy }) });
  const body = JSON.stringify({ policies: [folder] });
  const created = await call("auth/token/create", { method: "POST", body });
  const { auth } = (await created.json()) as { auth: { client_token: string } };
  const dataOf = (path: string): string => path.replace(/^secret\//, "secret/data/");
  return {
    store: setup(address, token),
    refused: setup(address, auth.client_token),
    at: async (elsewhere) => setup(elsewhere, token),
    misspelt: ["adress", "address"],
    path: (name) => `secret/${folder}/${name}`,
    field: FIELD,
    write: async (path, text) => {
      const body = JSON.stringify({ data: { [FIELD]: text } });
      const { ok, status } = await call(dataOf(path), { method: "POST", body });
      if (!ok) throw new Error(`the server answers ${status}`);
    },
    read: async (path) => {
      const response = await call(dataOf(path));
      if (!response.ok) return undefined;
      const { data } = (await response.json()) as { data: { data: Record<string, string> } };
      return data.data[FIELD];
    },
    [Symbol.asyncDispose]: async () => server.stop(),
  };
}

await describeCommands("Vault or OpenBao", openVault);
