import { randomUUID } from "node:crypto";
import type { StoreDefinition } from "@sluice/core";
import type { Subject, Workload } from "../../src/index.js";
import { ROOT } from "./key-of.js";
import { NETWORK } from "./memory-connection.js";
import { memory, type MemoryOptions } from "./memory-provider.js";
import { type Content, MemoryServer, type Secret } from "./memory-server.js";

/** What a subject is made for: a provider for the memory's options that is as it should be, or is not. */
export interface MemorySubjectOptions {
  readonly provider?: typeof memory;
  /** Every secret has fields, as in many vendors' stores. */
  readonly field?: string;
}

/** A subject that can bring about everything. */
export function memorySubject({ provider = memory, field }: MemorySubjectOptions = {}): Subject {
  const addresses: string[] = [];
  const start = (): readonly [MemoryServer, MemoryOptions] => {
    const server = new MemoryServer();
    const address = randomUUID();
    addresses.push(address);
    NETWORK.set(address, server);
    return [server, { address }];
  };
  const [server, options] = start();
  const contentOf = (text: string): Content =>
    field === undefined ? Buffer.from(text) : new Map([[field, Buffer.from(text)]]);
  const secretWith = (label: string, text: string, more: Partial<Secret>): { readonly path: string } => {
    server.store(ROOT + label, contentOf(text), more);
    return { path: label };
  };
  const fill = (filled: MemoryServer): readonly string[] => {
    const paths = Array.from({ length: 8 }, (_, index) => `page/${index}`);
    for (const path of paths) filled.store(ROOT + path, Buffer.from(path));
    return paths;
  };
  const nowhere = (): StoreDefinition => provider({ address: "nowhere" });
  const workload = (name: string): Workload => {
    const identity = {
      kind: "delegated",
      cacheKey: name,
      subject: name,
      getToken: async () => `token of ${name}`,
    } as const;
    const text = `of ${name} alone`;
    return { identity, text, ...secretWith(name, text, { readers: [name] }) };
  };
  return {
    provider,
    store: provider(options),
    ...(field !== undefined && { field }),
    path: (label) => `tests/${label}`,
    write: async (path, text) => void server.store(ROOT + path, contentOf(text)),
    remove: async (path) => server.drop(ROOT + path),
    holdsEmpty: true,
    writeBytes: async (path, bytes) =>
      void server.store(ROOT + path, field === undefined ? bytes : new Map([[field, bytes]])),
    largestBytes: 2 ** 21,
    writeFields: async (path, fields) => {
      const entries = Object.entries(fields).map(([name, text]) => [name, Buffer.from(text)] as const);
      server.store(ROOT + path, new Map(entries));
    },
    versioned: true,
    label: async (path, label) => {
      const { revisions, labels } = server.secrets.get(ROOT + path) ?? { revisions: [], labels: new Map() };
      labels.set(label, revisions.at(-1)?.version ?? "");
    },
    pathBeyondAscii: (label) => `тест/密/${label}`,
    reads: () => server.reads,
    outside: async (text) => {
      server.store("other/secret", Buffer.from(text));
      return ["../other/secret", "x/../../other/secret", "./../other/secret"];
    },
    denied: async (text) => secretWith("denied", text, { readers: ["nobody"] }),
    withheld: async (text) => secretWith("withheld", text, { readers: ["nobody"] }),
    disabled: async (text) => secretWith("disabled", text, { disabled: true }),
    expired: async (text) => secretWith("expired", text, { expiresAt: Date.now() - 60_000 }),
    malformed: async (text) => secretWith("malformed", text, { malformed: true }),
    throttled: async () => ({ ...secretWith("throttled", "", { throttledMs: 2000 }), retryAfterMs: 2000 }),
    unreachable: async () => ({ path: "secret", store: nowhere() }),
    hanging: async () => {
      const [hanging, at] = start();
      hanging.hangs = true;
      return { path: "secret", store: provider(at), underWay: () => hanging.underWay };
    },
    manyPages: async () => fill(server),
    brokenListing: async () => {
      const [broken, at] = start();
      broken.listingBreaks = true;
      fill(broken);
      return provider(at);
    },
    unstorable: (text) => Buffer.alloc(2 ** 21 + 1, `${text} `),
    issuing: async () => ({
      ...secretWith("issuing", "issued", { issues: true }),
      lives: async (id) => server.leases.has(id),
    }),
    workloads: async () => [workload("one"), workload("other")],
    unusable: async () => nowhere(),
    [Symbol.asyncDispose]: async () => {
      for (const address of addresses) NETWORK.delete(address);
    },
  };
}
