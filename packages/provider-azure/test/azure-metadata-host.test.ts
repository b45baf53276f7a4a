import { beforeAll, expect, it, onTestFinished, vi } from "vitest";
import type { AzureServer } from "../../../test/servers/key-vault.js";
import { describeOnKeyVault } from "../../../test/servers/key-vault-suite.js";
import { EVERYTHING, registerWeb, WEB } from "./applications.js";
import { write } from "./call.js";
import { openAzure, read, textOf } from "./support.js";

// In a file of its own: the SDK decides once in a process where the metadata service is.
await describeOnKeyVault("a managed identity, where AZURE_POD_IDENTITY_AUTHORITY_HOST says", (server) => {
  const clientId = "of-the-machine";
  beforeAll(async () => {
    await registerWeb(server);
    await server.register({ clientId, managedIdentity: true });
    await server.grant({ [WEB]: EVERYTHING, [clientId]: EVERYTHING });
    await write(server, "plain", "text");
  });

  it("logs in", async () => {
    vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.metadata);
    onTestFinished(() => void vi.unstubAllEnvs());
    // Nothing else leads to it: the usual address would end at a port that nobody listens on.
    const { kind, address, token, detour } = server;
    const lost: AzureServer = {
      kind,
      address,
      token,
      detour: { ...detour, metadataPort: 1 },
      stop: async () => undefined,
    };
    const azure = openAzure(lost, { auth: { managedIdentity: { clientId } } });
    expect(textOf(await read(azure, "plain"))).toBe("text");
    expect((await server.state()).metadata).toHaveLength(1);
  });
});
