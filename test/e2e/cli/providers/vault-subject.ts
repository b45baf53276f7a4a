import { randomUUID } from "node:crypto";
import type { Unavailable } from "../../../servers/shared/server.js";
import { startVault } from "../../../servers/vault.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";

const FIELD = "value";

export async function openVault(): Promise<CliSubject | Unavailable> {
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
  const policy = `path "secret/data/${folder}-other/*" { capabilities = ["read"] }`;
  await call(`sys/policies/acl/${folder}`, { method: "POST", body: JSON.stringify({ policy }) });
  const tokenWith = async (...policies: readonly string[]): Promise<string> => {
    const body = JSON.stringify({ policies });
    const created = await call("auth/token/create", { method: "POST", body });
    return ((await created.json()) as { auth: { client_token: string } }).auth.client_token;
  };
  const dataOf = (path: string): string => path.replace(/^secret\//, "secret/data/");
  return {
    store: setup(address, token),
    refused: {
      strangers: setup(address, randomUUID()),
      "people with rights to something else": setup(address, await tokenWith(folder)),
      // The server hides an engine from those who may use nothing in it.
      "people without rights": setup(address, await tokenWith("default")),
    },
    unset: { setup: { ...setup(address, token), env: {} }, code: 78, names: "VAULT_TOKEN is not set" },
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
