import type { Subject, Workload } from "@sluice/provider-conformance";
import { randomUUID } from "node:crypto";
import { defineProvider, type ProviderDescriptor, type StoreDefinition } from "@sluice/core";
import type { KeyVault } from "../../../test/servers/key-vault.js";
import { freePort } from "../../../test/servers/shared/free-port.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import type { AzureOptions } from "../src/azure-options.js";
import { createAzureProvider } from "../src/azure-provider.js";
import {
  CLIENT_SECRET,
  ENVIRONMENT,
  EVERYTHING,
  TENANT,
  trusting,
  WEB,
  WEB_SECRET,
  workload,
} from "./applications.js";
import { call, write } from "./call.js";
import { refusal } from "./refusal.js";
import { trustOf } from "./support.js";

/** An application that may do nothing. */
const STRANGER = "stranger";

/** The applications of two workloads. */
const CLIENT_IDS = { one: "application-of-one", two: "application-of-two" };

/** A vault of its own as a subject of the conformance suite; what a test has the emulator do ends with the subject. */
export async function azureSubject(server: KeyVault): Promise<Subject> {
  const host = `v${randomUUID().slice(0, 13)}.vault.azure.net`;
  const vault = await server.at(host);
  await server.register({ clientId: WEB, secret: CLIENT_SECRET });
  await server.register({ clientId: STRANGER, secret: CLIENT_SECRET });
  await server.grant({ [WEB]: EVERYTHING }, host);

  const provider: ProviderDescriptor<AzureOptions> = defineProvider<AzureOptions>({
    ...azureKeyVault,
    create: (options, dependencies) => createAzureProvider(options, dependencies, trustOf(server)),
  });
  const options = {
    url: vault.address,
    auth: WEB_SECRET,
    delegation: { tenantId: TENANT, clientIds: CLIENT_IDS },
  };
  const stranger = { clientSecret: { tenantId: TENANT, clientId: STRANGER, variable: "SECRET" } };
  const asStranger = { ...options, auth: stranger };
  const store = provider(options);
  const path = (label: string): string => `${label.replaceAll(/[^0-9A-Za-z-]/g, "-")}-${randomUUID()}`;
  const planted = async (label: string, text: string, more = {}): Promise<{ path: string }> => {
    const name = path(label);
    await write(vault, name, text, more);
    return { path: name };
  };
  const nowhere = async (): Promise<StoreDefinition> =>
    provider({ ...options, url: `https://127.0.0.1:${await freePort()}` });
  const seconds = Math.floor(Date.now() / 1000);
  return {
    provider,
    store,
    dependencies: { environment: ENVIRONMENT },
    path,
    write: async (name, text) => void (await write(vault, name, text)),
    // A deleted name is taken until it is purged.
    remove: async (name) => {
      await call(vault, "DELETE", `/secrets/${name}`);
      await call(vault, "DELETE", `/deletedsecrets/${name}`);
    },
    holdsEmpty: true,
    largestBytes: 25 * 1024,
    versioned: true,
    writeFields: async (name, fields) => {
      await write(vault, name, JSON.stringify(fields), { contentType: "application/json" });
    },
    reads: async () => (await server.state()).calls.length,
    denied: async (text) => ({ ...(await planted("denied", text)), store: provider(asStranger) }),
    withheld: async (text) => ({ ...(await planted("withheld", text)), store: provider(asStranger) }),
    disabled: async (text) => planted("disabled", text, { attributes: { enabled: false } }),
    expired: async (text) => planted("expired", text, { attributes: { exp: seconds - 60 } }),
    throttled: async () => {
      const situation = await planted("throttled", "x");
      const headers = { "retry-after": "3" };
      await server.fail({ match: `^GET /secrets/${situation.path}`, ...refusal(429, "Throttled"), headers });
      return { ...situation, retryAfterMs: 3000 };
    },
    unreachable: async () => ({ path: path("away"), store: await nowhere() }),
    hanging: async () => {
      await server.fail({ match: ".", hang: true });
      return { path: path("hanging"), store, underWay: async () => (await server.state()).underWay };
    },
    manyPages: async () => {
      const paths = Array.from({ length: 260 }, () => path("many"));
      for (const each of paths) await write(vault, each, "x");
      return paths;
    },
    brokenListing: async () => {
      for (let index = 0; index < 30; index++) await planted("broken", "x");
      await server.fail({ match: "skiptoken=", ...refusal(500, "InternalServerError") });
      return store;
    },
    unstorable: (text) => Buffer.concat([Buffer.from(text), Buffer.of(0xff)]),
    workloads: async () => {
      const make = async (name: keyof typeof CLIENT_IDS): Promise<Workload> => {
        const text = `text-of-${name}-${randomUUID()}`;
        const federated = [trusting(`workload:${name}`)];
        await server.register({ clientId: CLIENT_IDS[name], federated });
        return { ...(await planted("workload", text)), identity: workload(name), text };
      };
      const [one, two] = [await make("one"), await make("two")];
      const only = ({ path }: Workload) =>
        [{ kind: "secrets", permissions: ["get"], names: [path] }] as const;
      await server.grant(
        { [WEB]: EVERYTHING, [CLIENT_IDS.one]: only(one), [CLIENT_IDS.two]: only(two) },
        host,
      );
      return [one, two];
    },
    unusable: nowhere,
    [Symbol.asyncDispose]: async () => server.fail(),
  };
}
