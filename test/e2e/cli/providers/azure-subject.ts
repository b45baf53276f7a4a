import { randomUUID } from "node:crypto";
import { call, write } from "../../../../packages/provider-azure/test/call.js";
import { startConnectProxy } from "../../../servers/connect-proxy.js";
import { startKeyVault } from "../../../servers/key-vault.js";
import type { Unavailable } from "../../../servers/shared/server.js";
import type { CliSubject, StoreSetup } from "./cli-subject.js";

const EVERYTHING = { kind: "secrets", permissions: ["get", "list", "set", "delete"] } as const;

/** The emulator, reached as in a company: Azure's names through a proxy, under an authority of one's own. */
export async function openAzure(): Promise<CliSubject | Unavailable> {
  const server = await startKeyVault();
  if (server.kind === "unavailable") return server;
  const proxy = await startConnectProxy(server.detour.port);
  const { tenant: tenantId, caFile } = server;
  const secret = randomUUID();
  const [owner, nobody] = [randomUUID(), randomUUID()];
  for (const clientId of [owner, nobody]) await server.register({ clientId, secret });
  await server.grant({ [owner]: [EVERYTHING] });
  const setup = (
    clientId: string,
    CLIENT_SECRET: string,
    options: object = { vault: "sluice" },
  ): StoreSetup => ({
    options: {
      provider: "azure-key-vault",
      ...options,
      caFile,
      auth: { clientSecret: { tenantId, clientId, variable: "CLIENT_SECRET" } },
    },
    env: { CLIENT_SECRET, HTTPS_PROXY: proxy.address },
  });
  return {
    store: setup(owner, secret),
    refused: {
      strangers: setup(owner, randomUUID()),
      "people without rights": setup(nobody, secret),
    },
    unset: { setup: setup(owner, ""), code: 77, names: "CLIENT_SECRET is empty" },
    at: async (address) => {
      const { options } = setup(owner, secret, { url: address.replace(/^http:/, "https:") });
      return { options, env: { CLIENT_SECRET: secret } };
    },
    misspelt: ["vualt", "vault"],
    path: (name) => name,
    unconditional: true,
    write: async (path, text) => void (await write(server, path, text)),
    read: async (path) => {
      const { status, body } = await call(server, "GET", `/secrets/${path}`);
      return status === 200 ? String(body["value"]) : undefined;
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}
