import { once } from "node:events";
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Admission,
  createAdmission,
  issueLeaf,
  issueRoot,
  type RunningWebhook,
  type ServedCertificate,
  serveWebhook,
  WebhookMetrics,
} from "@sluice/webhook";
import { createLog } from "@sluice/service";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PODS, optionsOf } from "./support.js";

const POD = {
  spec: { containers: [{ name: "web", command: ["/web"], env: [{ name: "A", value: "secret://prod/a" }] }] },
};
const reviewOf = (object: unknown, uid = "u-1") => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid,
    operation: "CREATE",
    namespace: "shop",
    resource: { group: "", version: "v1", resource: "pods" },
    object,
  },
});

interface Answered {
  readonly status: number;
  readonly connection: string | undefined;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patch?: string;
    readonly status: { readonly message: string; readonly code?: number };
  };
}

let ca: string;
let certificate: ServedCertificate;
const logged: string[] = [];
const log = createLog("webhook", { write: (line: string) => void logged.push(line) }, "debug");

beforeAll(async () => {
  const now = Date.now();
  const root = await issueRoot("test", 86_400_000, now);
  ca = root.cert;
  const leaf = await issueLeaf(root, { names: [], addresses: ["127.0.0.1"], lifetimeMs: 86_400_000, now });
  certificate = {
    current: { ...leaf, endsAt: now + 86_400_000 },
    onRenewed: () => undefined,
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  };
});

const real = (): Admission => createAdmission(optionsOf());

async function serve(
  admission: () => Admission,
  lameMs = 0,
): Promise<RunningWebhook & { metrics: WebhookMetrics }> {
  const metrics = new WebhookMetrics();
  const local = { host: "127.0.0.1", port: 0 };
  const options = { admission, certificate, metrics, log, address: local, management: local, lameMs };
  return { ...(await serveWebhook(options)), metrics };
}

async function post(
  address: string,
  path: string,
  body: string | Buffer,
  { agent, type = "application/json", length }: { agent?: Agent; type?: string; length?: number } = {},
): Promise<Answered> {
  const asked = request(`https://${address}${path}`, {
    method: "POST",
    ca,
    headers: { "content-type": type, "content-length": length ?? Buffer.byteLength(body) },
    ...(agent && { agent }),
  });
  // Of a longer body only the beginning is sent: the server refuses it by what it declares.
  if (length === undefined) asked.end(body);
  else {
    asked.on("error", () => undefined);
    asked.write(body);
  }
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const review = JSON.parse(Buffer.concat(chunks).toString()) as Pick<Answered, "response">;
  return { status: answer.statusCode ?? 0, connection: answer.headers.connection, ...review };
}

describe("a webhook's server", () => {
  let webhook: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    webhook = await serve(real);
  });
  afterAll(async () => webhook.stop());

  it("answers with the uid that it was asked with, and a patch", async () => {
    const { status, response } = await post(
      webhook.address,
      "/mutate?timeout=10s",
      JSON.stringify(reviewOf(POD, "x-7")),
    );
    expect(status).toBe(200);
    expect(response).toMatchObject({
      uid: "x-7",
      allowed: true,
      status: { message: "Secrets are injected into: web" },
    });
    expect(Buffer.from(response.patch ?? "", "base64").toString()).toContain("SLUICE_PLAN");
    expect(await webhook.metrics.registry.metrics()).toContain(
      'sluice_webhook_admissions_total{operation="mutate",outcome="changed",dialect="sluice"} 1',
    );
  });

  it.each<[string, string, string, { type?: string; length?: number }, number]>([
    ["an unknown path", "/", "{}", {}, 404],
    ["another type", "/mutate", "{}", { type: "text/plain" }, 415],
    ["a body that is too large", "/mutate", "{", { length: 9 * 1024 * 1024 }, 413],
    ["a body that is no review", "/mutate", "{}", {}, 400],
    ["a bomb", "/validate", "[".repeat(100_000), {}, 400],
  ])("refuses %s with a message", async (_, path, body, more, status) => {
    const answered = await post(webhook.address, path, body, { agent: new Agent(), ...more });
    expect(answered.status).toBe(status);
    expect(answered.response).toMatchObject({
      allowed: false,
      status: { message: expect.stringContaining("sluice: ") },
    });
  });

  it("has an answer with a message for whatever comes", async () => {
    const agent = new Agent({ keepAlive: true });
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(reviewOf(value)))),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(reviewOf({ metadata: {}, spec: value })))),
      fc
        .record({ containers: fc.array(fc.record({ name: fc.string(), env: fc.jsonValue() })) })
        .map((spec) => Buffer.from(JSON.stringify(reviewOf({ spec })))),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom("/mutate", "/validate"), async (bytes, path) => {
        const { status, response } = await post(webhook.address, path, bytes, { agent });
        expect([200, 400]).toContain(status);
        expect(response.status.message).not.toBe("");
      }),
      { numRuns: PODS / 4 },
    );
    agent.destroy();
    expect(logged.filter((line) => line.includes("please report it"))).toEqual([]);
  }, 3_600_000);
});

describe("a webhook", () => {
  it("that fails inside denies, and its log has more", async () => {
    const broken = async (): Promise<never> => Promise.reject(new TypeError("hunter2"));
    const webhook = await serve(() => ({ mutate: broken, validate: broken }));
    const { status, response } = await post(webhook.address, "/mutate", JSON.stringify(reviewOf(POD)));
    expect(status).toBe(200);
    expect(response).toMatchObject({ allowed: false, status: { code: 500 } });
    const id = /under ([0-9a-f-]{36})/.exec(response.status.message)?.[1] ?? "none";
    expect(logged.some((line) => line.includes(id) && line.includes("TypeError"))).toBe(true);
    expect(logged.join() + response.status.message).not.toContain("hunter2");
    await webhook.stop();
  });

  it("denies when its look-ups take longer than the API server waits", async () => {
    const never = async (): Promise<never> => Promise.withResolvers<never>().promise;
    const slow = createAdmission(
      optionsOf({
        lookups: {
          isHidden: () => false,
          namespaceLabels: async (_, signal) => {
            void never();
            return new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason as Error));
            });
          },
          find: never,
        },
      }),
    );
    const webhook = await serve(() => slow);
    const { response } = await post(webhook.address, "/mutate?timeout=600ms", JSON.stringify(reviewOf(POD)));
    expect(response).toMatchObject({ allowed: false, status: { code: 504 } });
    await webhook.stop();
  });

  it("takes new settings from one request to the next", async () => {
    let admission = real();
    const webhook = await serve(() => admission);
    const ask = async () =>
      (await post(webhook.address, "/mutate", JSON.stringify(reviewOf(POD)))).response.patch;
    const before = await ask();
    const options = optionsOf();
    admission = createAdmission({
      ...options,
      settings: { ...options.settings, launcher: { image: "other:2", delivery: "copy" } },
    });
    const after = await ask();
    expect(Buffer.from(before ?? "", "base64").toString()).not.toContain("other:2");
    expect(Buffer.from(after ?? "", "base64").toString()).toContain("other:2");
    await webhook.stop();
  });

  it("loses no request when it is stopped", async () => {
    const slow = real();
    const admission: Admission = {
      ...slow,
      mutate: async (...args) => {
        await sleep(20);
        return slow.mutate(...args);
      },
    };
    const webhook = await serve(() => admission, 3_000);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const body = JSON.stringify(reviewOf(POD));
    let stopped: { readonly at: number; readonly done: Promise<void> } | undefined;
    let asked = 0;
    let answered = 0;
    const closing: (string | undefined)[] = [];
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        // Long before the lame time is over the API server has heard that this one is not ready.
        while (stopped === undefined || Date.now() - stopped.at < 500) {
          asked += 1;
          const { status, connection } = await post(webhook.address, "/mutate", body, { agent });
          expect(status).toBe(200);
          answered += 1;
          if (stopped !== undefined) closing.push(connection);
          if (answered === 24) stopped = { at: Date.now(), done: webhook.stop() };
        }
      }),
    );
    expect(answered).toBe(asked);
    expect(closing.length).toBeGreaterThan(8);
    // Those under way when it was told to stop had their answer begun.
    expect(closing.filter((connection) => connection !== "close").length).toBeLessThanOrEqual(8);
    await stopped?.done;
    await expect(post(webhook.address, "/mutate", body, { agent: new Agent() })).rejects.toThrow(
      /ECONNREFUSED/,
    );
    agent.destroy();
  });
});
