import { randomUUID } from "node:crypto";
import { defineProvider } from "@sluice/core";
import { azureKeyVault } from "@sluice/provider-azure";
import { createAzureProvider } from "../../../packages/provider-azure/src/azure-provider.js";
import { ENVIRONMENT, registerWeb, WEB_SECRET } from "../../../packages/provider-azure/test/applications.js";
import { write } from "../../../packages/provider-azure/test/call.js";
import { detourClient } from "../../../packages/provider-azure/test/detour-client.js";
import { answerJson } from "../../servers/faults/call.js";
import { startKeyVault } from "../../servers/key-vault.js";
import type { Unavailable } from "../../servers/shared/server.js";
import type { FaultSubject } from "../fault-subject.js";

interface AzureFaultSubject extends FaultSubject {
  readonly url: string;
}

/** A vault, on the emulator of Key Vault, which its login service stands beside. */
export async function openAzure(): Promise<AzureFaultSubject | Unavailable> {
  const server = await startKeyVault();
  if (server.kind === "unavailable") return server;
  await registerWeb(server);
  const login = `https://login.microsoftonline.com/${server.tenant}`;
  const root = randomUUID().slice(0, 8);
  return {
    kind: "running",
    server: { address: server.loopback, ca: server.detour.ca },
    url: server.address,
    serverNames: [server.host, "login.microsoftonline.com"],
    keepsConnections: true,
    store: (address, ca) => {
      // The provider trusts Azure's names alone: they lead to the proxy.
      const port = Number(new URL(address).port);
      const httpClient = detourClient({ ca, port, metadataPort: port });
      const provider = defineProvider({
        ...azureKeyVault,
        create: (options, dependencies) =>
          createAzureProvider(options, dependencies, { verifyChallenge: true, httpClient }),
      });
      return provider({ url: server.address, auth: WEB_SECRET });
    },
    environment: ENVIRONMENT,
    path: (label) => `${root}-${label}`,
    write: async (path, text) => void (await write(server, path, text)),
    // The first is asked without a token, to learn where to log in, which takes some calls.
    isRead: ({ method, url, headers }) =>
      method === "GET" && url.startsWith("/secrets/") && headers.authorization !== undefined,
    callsPerTry: 5,
    expired: answerJson(
      401,
      { error: { code: "Unauthorized", message: "AKV10022: Invalid audience or expired token." } },
      { "www-authenticate": `Bearer authorization="${login}", resource="https://vault.azure.net"` },
    ),
    throttled: answerJson(429, { error: { code: "Throttled", message: "Request was not processed." } }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
}
