import { randomUUID } from "node:crypto";
import { startVault } from "../../../test/servers/vault.js";

/** A real server, and a way into it that is not the provider's. */
export interface RealVault {
  /** Whether there is one. Tests that need it are skipped without; why is said on stderr. */
  readonly available: boolean;
  readonly address: string;
  /** Token that may do anything. */
  readonly token: string;
  readonly api: (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;
  /** Mounts an engine where nothing is yet; its name. */
  readonly mount: (type: string, options?: object) => Promise<string>;
  /** A token with these rules for its only policy. */
  readonly tokenWith: (rules: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts a server for a test file. */
export async function realVault(): Promise<RealVault> {
  const server = await startVault();
  const { address, token } = server.kind === "running" ? server : { address: "", token: "" };
  if (server.kind === "unavailable")
    process.stderr.write(`SKIPPED, the tests against a real Vault: ${server.reason}\n`);
  const api: RealVault["api"] = async (method, path, body) =>
    call(`${address}/v1/${path}`, token, method, body);
  return {
    available: server.kind === "running",
    address,
    token,
    api,
    mount: async (type, options = {}) => {
      const name = `${type}-${randomUUID()}`;
      await api("POST", `sys/mounts/${name}`, { type, ...options });
      return name;
    },
    tokenWith: async (rules) => {
      const name = `policy-${randomUUID()}`;
      await api("PUT", `sys/policies/acl/${name}`, { policy: rules });
      const { auth } = await api("POST", "auth/token/create", { policies: [name] });
      return (auth as { client_token: string }).client_token;
    },
    stop: async () => (server.kind === "running" ? server.stop() : undefined),
  };
}

async function call(
  url: string,
  token: string,
  method: string,
  body: object | undefined,
): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method,
    headers: { "X-Vault-Token": token },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
}
