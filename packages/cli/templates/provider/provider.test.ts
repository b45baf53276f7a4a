// Holds the provider against the specification, with a real server: `npm test`.
import { createServer, type Server, type ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { describeConformance, type Subject } from "@sluice/provider-conformance";
import { http } from "./provider.ts";

interface Stored {
  readonly bytes: Uint8Array;
  readonly version: number;
}

/** A store of the kind the provider reads: what is put into `secrets` is there, `special` answers in its own way. */
async function startStore() {
  const secrets = new Map<string, Stored>();
  const special = new Map<string, (response: ServerResponse) => void>();
  const counts = { reads: 0, underWay: 0, writes: 0 };
  const server: Server = createServer((request, response) => {
    counts.reads += 1;
    counts.underWay += 1;
    response.on("close", () => (counts.underWay -= 1));
    const path = decodeURIComponent((request.url ?? "/").slice(1));
    const answer = special.get(path);
    const stored = secrets.get(path);
    if (answer) answer(response);
    else if (stored) response.writeHead(200, { etag: `v${stored.version}` }).end(stored.bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const put = (path: string, bytes: Uint8Array): void => {
    counts.writes += 1;
    secrets.set(`store/${path}`, { bytes, version: counts.writes });
  };
  return { address: `http://127.0.0.1:${port}/store`, server, secrets, special, counts, put };
}

async function createSubject(): Promise<Subject> {
  const { address, server, secrets, special, counts, put } = await startStore();
  const answers = (path: string, answer: (response: ServerResponse) => void): { path: string } => {
    special.set(`store/${path}`, answer);
    return { path };
  };
  const store = http({ address });
  return {
    provider: http,
    store,
    path: (label) => `team/${label}`,
    write: async (path, text) => put(path, Buffer.from(text)),
    remove: async (path) => void secrets.delete(`store/${path}`),
    // What the store can bring about besides plain secrets. What is left out here is reported as not tested.
    holdsEmpty: true,
    versioned: true,
    largestBytes: Infinity,
    pathBeyondAscii: (label) => `team/schlüssel-${label}`,
    writeBytes: async (path, bytes) => put(path, bytes),
    writeFields: async (path, fields) => put(path, Buffer.from(JSON.stringify(fields))),
    reads: () => counts.reads,
    outside: async (text) => {
      secrets.set("outside", { bytes: Buffer.from(text), version: 1 });
      return ["../outside", "team/../../outside"];
    },
    denied: async (text) => answers("denied", (response) => response.writeHead(403).end(text)),
    malformed: async (text) => answers("malformed", (response) => response.writeHead(400).end(text)),
    throttled: async () => ({
      ...answers("throttled", (response) => response.writeHead(429, { "retry-after": "3" }).end()),
      retryAfterMs: 3000,
    }),
    unreachable: async () => ({ path: "any", store: http({ address: "http://127.0.0.1:1" }) }),
    hanging: async () => ({ ...answers("hanging", () => undefined), store, underWay: () => counts.underWay }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const excluded = (title: string, reason: string): void => console.log(`not tested: ${title} (${reason})`);

await describeConformance({ describe, test: (title, run) => test(title, run), excluded }, createSubject);
