import type { Subject, Workload } from "@sluice/provider-conformance";
import { randomUUID } from "node:crypto";
import { defineProvider, type ProviderDescriptor, type StoreDefinition } from "@sluice/core";
import { refuse } from "../../../test/servers/azure-stand-in/answer.js";
import type { RunningStandIn } from "../../../test/servers/azure-stand-in/start-stand-in.js";
import { freePort } from "../../../test/servers/shared/free-port.js";
import { azureKeyVault } from "../src/azure-key-vault.js";
import type { AzureOptions } from "../src/azure-options.js";
import { createAzureProvider } from "../src/azure-provider.js";
import { call, standInOptions, trustOf, workload, write } from "./support.js";

interface Situation {
  readonly path: string;
  readonly store?: StoreDefinition;
}

/** The stand-in as a subject of the conformance suite; what a test has it do ends with the subject. */
export function azureSubject(server: RunningStandIn): Subject {
  const { standIn } = server;
  const provider: ProviderDescriptor<AzureOptions> = defineProvider<AzureOptions>({
    ...azureKeyVault,
    create: (options, dependencies) => createAzureProvider(options, dependencies, trustOf(server)),
  });
  const { options, environment } = standInOptions(server);
  const store = provider(options);
  const path = (label: string): string => `${label.replaceAll(/[^0-9A-Za-z-]/g, "-")}-${randomUUID()}`;
  const planted = async (label: string, text: string, more = {}): Promise<Situation> => {
    const name = path(label);
    await write(server, name, text, more);
    return { path: name };
  };
  const nowhere = async (): Promise<StoreDefinition> =>
    provider({ ...options, url: `https://127.0.0.1:${await freePort()}` });
  const seconds = Math.floor(Date.now() / 1000);
  return {
    provider,
    store,
    dependencies: { environment },
    path,
    write: async (name: string, text: string): Promise<void> => void (await write(server, name, text)),
    // A deleted name is taken until it is purged.
    remove: async (name: string): Promise<void> => {
      await call(server, "DELETE", `/secrets/${name}`);
      await call(server, "DELETE", `/deletedsecrets/${name}`);
    },
    largestBytes: 25 * 1024,
    versioned: true as const,
    writeFields: async (name: string, fields: Readonly<Record<string, string>>): Promise<void> => {
      await write(server, name, JSON.stringify(fields), { contentType: "application/json" });
    },
    reads: (): number => standIn.seen.length,
    denied: async (text: string) => {
      const situation = await planted("denied", text);
      standIn.owners.set(situation.path, "somebody else");
      return situation;
    },
    disabled: async (text: string) => planted("disabled", text, { attributes: { enabled: false } }),
    expired: async (text: string) => planted("expired", text, { attributes: { exp: seconds - 60 } }),
    throttled: async () => {
      const situation = await planted("throttled", "x");
      standIn.intercept = ({ path: asked }) =>
        asked.startsWith(`/secrets/${situation.path}`)
          ? { ...refuse(429, "Throttled"), headers: { "retry-after": "3" } }
          : undefined;
      return { ...situation, retryAfterMs: 3000 };
    },
    unreachable: async () => ({ path: path("away"), store: await nowhere() }),
    hanging: async () => {
      standIn.intercept = () => "hang";
      return { path: path("hanging"), store, underWay: () => standIn.underWay };
    },
    manyPages: async () => {
      const paths = Array.from({ length: 260 }, () => path("many"));
      for (const each of paths) await write(server, each, "x");
      return paths;
    },
    brokenListing: async () => {
      standIn.intercept = ({ query }) => (query.has("$skiptoken") ? refuse(500, "InternalError") : undefined);
      for (let index = 0; index < 30; index++) await planted("broken", "x");
      return store;
    },
    unstorable: (text: string): Uint8Array => Buffer.concat([Buffer.from(text), Buffer.of(0xff)]),
    workloads: async () => {
      const make = async (name: string): Promise<Workload> => {
        const text = `text-of-${name}-${randomUUID()}`;
        const situation = await planted("workload", text);
        standIn.owners.set(situation.path, `workload:${name}`);
        return { ...situation, identity: workload(name), text };
      };
      return [await make("one"), await make("two")];
    },
    unusable: nowhere,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      standIn.intercept = () => undefined;
    },
  };
}
