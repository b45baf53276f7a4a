import { Agent as PlainAgent } from "node:http";
import { Agent } from "node:https";
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import type { Detour } from "../../../test/servers/key-vault.js";

const VAULT_OR_LOGIN =
  /^https:\/\/(?:[^/]+\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)|login\.[a-z.]+)\//;
const METADATA = "http://169.254.169.254/";

/**
 * Sends what is for one of Azure's names to the emulator instead: the SDK sees those names, resolves none of them,
 * and checks the certificates for them. Everything else goes where it says.
 */
export function detourClient({ ca, port, metadataPort }: Detour): HttpClient {
  const client = createDefaultHttpClient();
  const secure = new Agent({ ca, keepAlive: true });
  const connect = secure.createConnection.bind(secure);
  secure.createConnection = (options, done) => connect({ ...options, host: "127.0.0.1", port }, done);
  const plain = new PlainAgent();
  const connectPlain = plain.createConnection.bind(plain);
  plain.createConnection = (options, done) =>
    connectPlain({ ...options, host: "127.0.0.1", port: metadataPort }, done);
  return {
    sendRequest: async (request) => {
      if (VAULT_OR_LOGIN.test(request.url)) request.agent = secure;
      else if (request.url.startsWith(METADATA)) request.agent = plain;
      return client.sendRequest(request);
    },
  };
}
