import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreDefinition } from "@sluice/core";
import type { Subject, Workload } from "@sluice/provider-conformance";
import { vault } from "../src/vault.js";
import { type CountingServer, countingServer, handOn } from "./counting-server.js";
import type { RealVault } from "./real-vault.js";
import { json } from "./scripted-server.js";
import type { WorkloadLogins } from "./workload-logins.js";
import { issuing, limitedToken, rawCertificate } from "./vault-situations.js";

/** A part of a real server's engine at `secret/` that nobody else uses. */
export async function vaultSubject(server: RealVault, logins: WorkloadLogins): Promise<Subject> {
  const { address, token, api } = server;
  const me = randomUUID();
  const servers: CountingServer[] = [];
  const serve = async (...answer: Parameters<typeof countingServer>): Promise<CountingServer> => {
    const server = await countingServer(...answer);
    servers.push(server);
    return server;
  };
  let reads = 0;
  const proxy = await serve(async (request, response) => {
    if (request.method === "GET" && request.url?.startsWith("/v1/secret/data/")) reads += 1;
    await handOn(address, request, response);
  });
  const folder = await mkdtemp(join(tmpdir(), "sluice-vault-"));
  const as = (its: string, at = proxy.address): StoreDefinition => {
    const tokenFile = join(folder, randomUUID());
    writeFileSync(tokenFile, its);
    return vault({ address: at, auth: { token: { tokenFile } } });
  };
  const loggedIn = (): StoreDefinition => {
    const tokenFile = join(folder, randomUUID());
    writeFileSync(tokenFile, logins.ownToken);
    const { role, mount, audience } = logins;
    return vault({ address: proxy.address, auth: { jwt: { role, mount, audience, tokenFile } } });
  };
  const workload = async (name: string): Promise<Workload> => {
    const at = logins.secretOf(`${name}-${me}`);
    await write(at, `the secret of ${name}`);
    return { identity: logins.identityOf(`${name}-${me}`), path: at, text: `the secret of ${name}` };
  };
  const path = (label: string): string => `secret/${me}/${label}`;
  const writeFields = async (at: string, fields: object): Promise<void> =>
    void (await api("POST", dataPath(at), { data: fields }));
  const write = async (at: string, value: string): Promise<void> => writeFields(at, { value });
  return {
    provider: vault,
    store: loggedIn(),
    field: "value",
    path,
    write,
    remove: async (at) => void (await api("DELETE", dataPath(at))),
    holdsEmpty: true,
    // As much as the server takes in one request, 32 MiB, of which the suite asks for one.
    largestBytes: Infinity,
    versioned: true,
    writeFields,
    pathBeyondAscii: (label) => path(`ü鍵 ${label}`),
    reads: () => reads,
    outside: async (text) => {
      // The policies would allow it; it is the server's own, though, and no secret of the store.
      await api("PUT", `sys/policies/acl/${me}`, { policy: `path "none" {} # ${text}` });
      const ways = ["", "secret/../", "secret/data/../../", "../"].map(
        (way) => `${way}sys/policies/acl/${me}`,
      );
      return [...ways, "auth/token/lookup-self"];
    },
    denied: async (text) => {
      await write(path("denied"), text);
      return { path: path("denied"), store: as(await limitedToken(server)) };
    },
    // The server shows an engine to nobody without rights in it.
    withheld: async (text) => {
      await write(path("withheld"), text);
      return {
        path: path("withheld"),
        store: as(await server.tokenWith('path "elsewhere/*" { capabilities = ["read"] }')),
      };
    },
    malformed: async (text) => ({ path: await rawCertificate(server, text) }),
    throttled: async () => {
      const server = await serve(({ url }, response) => {
        if (url?.startsWith("/v1/sys/internal/ui/mounts/"))
          return json(response, 200, { data: { path: "secret/", type: "kv", options: { version: "2" } } });
        reads += 1;
        json(response, 429, { errors: ["too many"] }, { "retry-after": "3" });
      });
      return { path: path("throttled"), retryAfterMs: 3000, store: as(token, server.address) };
    },
    unreachable: async () => ({ path: path("away"), store: as(token, "http://127.0.0.1:1") }),
    hanging: async () => {
      const server = await serve(() => undefined);
      return { path: path("hanging"), store: as(token, server.address), underWay: server.underWay };
    },
    manyPages: async () => {
      const paths = Array.from({ length: 1100 }, (_, n) => path(`many/${n}`));
      for (const each of paths) await write(each, "x");
      return paths;
    },
    brokenListing: async () => as(await limitedToken(server)),
    unstorable: (text) => Buffer.from(`not json ${text}`),
    issuing: async () =>
      issuing(server, await serve((_request, response) => void response.writeHead(204).end())),
    workloads: async () => [await workload("web"), await workload("job")],
    unusable: async () => as("unknown"),
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function dataPath(path: string): string {
  const [mount, ...rest] = path.split("/").map(encodeURIComponent);
  return [mount, "data", ...rest].join("/");
}
