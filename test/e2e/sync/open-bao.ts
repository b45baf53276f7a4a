import { expect } from "vitest";
import { startVault } from "../../servers/vault.js";

/** OpenBao with its KV engine at `secret`, written to without the provider. */
export interface OpenBaoServer {
  readonly address: string;
  /** May do anything. */
  readonly token: string;
  put(path: string, data: object): Promise<void>;
  /** What a path of its API answers; nothing where it has no more to say. */
  post(path: string, body: object): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startOpenBao(): Promise<OpenBaoServer> {
  const server = await startVault();
  if (server.kind === "unavailable") throw new Error(server.reason);
  const { address, token } = server;
  const send = async (path: string, body: object): Promise<Response> =>
    fetch(`${address}/v1/${path}`, {
      method: "POST",
      headers: { "X-Vault-Token": token },
      body: JSON.stringify(body),
    });
  return {
    address,
    token,
    put: async (path, data) => {
      const response = await send(`secret/data/${path}`, { data });
      expect(response.status).toBe(200);
    },
    post: async (path, body) => {
      const response = await send(path, body);
      expect(response.status).toBeLessThan(300);
      return response.status === 204 ? undefined : response.json();
    },
    stop: async () => server.stop(),
  };
}

/** The `SecretStore` that leads there with the key `token` of the Secret `vault-token`. */
export function vaultBackend(address: string): string {
  return `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata:
  name: vault-backend
spec:
  provider:
    vault:
      server: "${address}"
      path: "secret"
      version: "v2"
      auth:
        tokenSecretRef:
          name: "vault-token"
          key: "token"
`;
}
