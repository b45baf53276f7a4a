import { randomUUID } from "node:crypto";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { startVault, type VaultSettings } from "../../../test/servers/vault.js";

/** A real server, and a way into it that is not the provider's. */
export interface RealVault {
  /** Whether there is one. Tests that need it are skipped without; why is said on stderr. */
  readonly available: boolean;
  readonly address: string;
  /** PEM; empty without TLS. */
  readonly caCert: string;
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
export async function realVault(settings: VaultSettings = {}): Promise<RealVault> {
  const server = await startVault(settings);
  const {
    address,
    token,
    caCert = "",
  } = server.kind === "running" ? server : { address: "", token: "", caCert: "" };
  if (server.kind === "unavailable")
    process.stderr.write(`SKIPPED, the tests against a real Vault: ${server.reason}\n`);
  const api: RealVault["api"] = async (method, path, body) =>
    call(`${address}/v1/${path}`, { token, caCert }, method, body);
  return {
    available: server.kind === "running",
    address,
    caCert,
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
  { token, caCert }: { readonly token: string; readonly caCert: string },
  method: string,
  body: object | undefined,
): Promise<Record<string, unknown>> {
  const answered = Promise.withResolvers<IncomingMessage>();
  const headers = { "X-Vault-Token": token };
  const asked =
    caCert === ""
      ? httpRequest(url, { method, headers }, answered.resolve)
      : httpsRequest(url, { method, headers, ca: caCert }, answered.resolve);
  asked.on("error", answered.reject);
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const answer = await answered.promise;
  const said = await text(answer);
  const { statusCode = 0 } = answer;
  if (statusCode >= 300) throw new Error(`${method} ${url}: ${statusCode} ${said}`);
  return said === "" ? {} : (JSON.parse(said) as Record<string, unknown>);
}
