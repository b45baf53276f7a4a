import { randomUUID } from "node:crypto";
import { vault } from "@sluice/provider-vault";
import { answerJson } from "../../servers/faults/call.js";
import { startVault } from "../../servers/vault.js";
import type { OpenFaultSubject } from "../fault-subject.js";

const FIELD = "value";

/** A key-value engine of version 2, on OpenBao. */
export const openVault: OpenFaultSubject = async () => {
  const server = await startVault();
  if (server.kind === "unavailable") return server;
  const root = randomUUID();
  return {
    kind: "running",
    server,
    store: (address, caCert) => vault({ address, caCert }),
    environment: { VAULT_TOKEN: server.token },
    path: (label) => `secret/${root}/${label}`,
    field: FIELD,
    write: async (path, text) => {
      const answer = await fetch(`${server.address}/v1/${path.replace(/^secret\//, "secret/data/")}`, {
        method: "POST",
        headers: { "X-Vault-Token": server.token },
        body: JSON.stringify({ data: { [FIELD]: text } }),
      });
      if (!answer.ok) throw new Error(`Writing ${path} was answered ${answer.status}`);
    },
    isRead: ({ method, url }) => method === "GET" && url.startsWith("/v1/secret/data/"),
    // It asks which engine the path is in, until it knows.
    callsPerTry: 2,
    expired: answerJson(403, { errors: ["permission denied"] }),
    throttled: answerJson(429, { errors: ['request path "secret": rate limit quota exceeded'] }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
};
