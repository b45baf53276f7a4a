import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { renameSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createEventBus, createSecretResolver, type StoreDefinition } from "@sluice/core";
import { file } from "@sluice/provider-file";
import { createSidecar } from "@sluice/sidecar";
import { type Admission, allow, createAdmissionHandler, deny } from "@sluice/webhook";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../servers/shared/wait-until.js";
import { recordTelemetry, type RecordedTelemetry } from "../support/recorded-telemetry.js";
import { createWorkspace } from "../support/workspace.js";

const FIXTURE = fileURLToPath(new URL("../fixtures/modes-without-telemetry.mjs", import.meta.url));
const CANARY = "canary-5b07";
const CALLER = "4bf92f3577b34da6a3ce929d0e0e4736";

function loadedBy(...args: string[]): string[] {
  return JSON.parse(execFileSync(process.execPath, [FIXTURE, ...args], { encoding: "utf8" })) as string[];
}

describe("modes without an SDK of OpenTelemetry", () => {
  // The library behind /metrics loads the API by itself, for exemplars.
  const others = (modules: readonly string[]) => modules.filter((url) => !url.includes("/prom-client/"));

  it("load nothing of it", () => {
    expect(others(loadedBy())).toEqual([]);
  });

  it("load its API once there is one: this would show it", () => {
    expect(others(loadedBy("registered"))).toEqual([expect.stringContaining("open-telemetry.js")]);
  });
});

describe("modes with an SDK of OpenTelemetry", () => {
  let recorded: RecordedTelemetry;
  beforeAll(() => (recorded = recordTelemetry()));
  beforeEach(() => recorded.reset());
  afterAll(async () => recorded.stop());

  describe("the webhook", () => {
    const faults: unknown[] = [];
    let decision: Admission["mutate"];
    const server = createServer(
      createAdmissionHandler({
        admission: () => ({
          mutate: async (...asked) => decision(...asked),
          validate: async () => Promise.reject(new Error(CANARY)),
        }),
        observer: {
          answered: () => undefined,
          malformed: () => undefined,
          failed: (fault) => void faults.push(fault),
        },
      }),
    );
    beforeAll(async () => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    });
    afterAll(() => void server.close());

    async function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
      const { port } = server.address() as AddressInfo;
      const resource = { group: "", version: "v1", resource: "pods" };
      const request = {
        uid: "u",
        operation: "CREATE",
        namespace: "shop",
        dryRun: true,
        resource,
        object: {},
      };
      const body = JSON.stringify({
        apiVersion: "admission.k8s.io/v1",
        kind: "AdmissionReview",
        request: { ...request, object: { spec: { containers: [{ name: "a", value: CANARY }] } } },
      });
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", connection: "close", ...headers },
      });
      expect(answer.status).toBe(200);
      await answer.text();
    }

    it("spans each review, with what became of it", async () => {
      const patch = [{ op: "add", path: "/metadata/labels", value: { a: CANARY } }] as const;
      decision = async () => ({ ...allow("It is changed", patch), dialects: ["sluice", "akv2k8s"] });
      await ask("mutate");
      const span = recorded.span("sluice.admission");
      expect(span.attributes).toEqual({
        "sluice.admission.operation": "mutate",
        "sluice.admission.resource": "pods",
        "sluice.admission.dry_run": true,
        "k8s.namespace.name": "shop",
        "sluice.admission.outcome": "changed",
        "sluice.admission.dialects": ["sluice", "akv2k8s"],
        "sluice.admission.patch.size": Buffer.byteLength(JSON.stringify(patch)),
      });
      expect(span.instrumentationScope.name).toBe("@sluice/webhook");
      expect(await recorded.everything()).not.toContain(CANARY);
    });

    it("a denial is an answer; a fault has failed, and is not quoted", async () => {
      decision = async () => deny([{ problem: CANARY, remedy: "Nothing" }]);
      await ask("mutate");
      expect(recorded.span("sluice.admission").status).toEqual({ code: 0 });
      recorded.reset();
      await ask("validate");
      const failed = recorded.span("sluice.admission");
      expect(failed.attributes).toMatchObject({
        "sluice.admission.outcome": "failed",
        "error.type": "InternalError",
      });
      expect(failed.status).toEqual({ code: 2 });
      expect(faults).toHaveLength(1);
      expect(await recorded.everything()).not.toContain(CANARY);
    });

    it("links the caller's span, is not led by it, and hears neither its state nor its baggage", async () => {
      decision = async () => allow("It is as it should be");
      await ask("mutate", {
        traceparent: `00-${CALLER}-00f067aa0ba902b7-01`,
        tracestate: `vendor=${CANARY}`,
        baggage: `user=${CANARY}`,
      });
      const span = recorded.span("sluice.admission");
      expect(span.parentSpanContext).toBeUndefined();
      expect(span.spanContext().traceId).not.toBe(CALLER);
      expect(span.links.map(({ context }) => context)).toEqual([
        { traceId: CALLER, spanId: "00f067aa0ba902b7", traceFlags: 1, isRemote: true },
      ]);
      recorded.reset();
      await ask("mutate", { traceparent: "not one" });
      expect(recorded.span("sluice.admission").links).toEqual([]);
      expect(await recorded.everything()).not.toContain(CANARY);
    });

    it("times them by what became of them", async () => {
      decision = async () => allow("It is as it should be");
      await ask("mutate");
      expect(await recorded.durations()).toContainEqual({
        name: "sluice.admission.duration",
        unit: "s",
        labels: { "sluice.admission.operation": "mutate", "sluice.admission.outcome": "allowed" },
      });
    });
  });

  it("the sidecar spans each time that files are made anew, with what is read within", async () => {
    using workspace = createWorkspace({ "secrets.env": `KEY=${CANARY}-1\n` });
    const events = createEventBus();
    const stores: Readonly<Record<string, StoreDefinition>> = {
      dev: file({ path: `${workspace.path}/secrets.env` }),
    };
    await using resolver = createSecretResolver({
      stores,
      events,
      cache: false,
      leases: { renew: true },
    });
    const out = `${workspace.path}/out`;
    const files = [{ path: `${out}/key`, content: { format: "raw", text: "secret://dev/KEY" } }] as const;
    const sidecar = createSidecar({ plan: { roots: [out], files }, resolver, events, refreshMs: 100 });
    const over = new AbortController();
    await sidecar.start(over.signal);
    const following = sidecar.follow(over.signal);
    // At once: half a file is none.
    workspace.write("next.env", `KEY=${CANARY}-2\n`);
    renameSync(`${workspace.path}/next.env`, `${workspace.path}/secrets.env`);
    const isRefreshed = () => recorded.spans().some(({ name }) => name === "sluice.sidecar.refresh");
    await waitUntil("the file is made anew", isRefreshed, { timeoutMs: 30_000 });
    over.abort();
    await following;
    expect(workspace.read("out/key")).toBe(`${CANARY}-2`);
    const refresh = recorded.span("sluice.sidecar.refresh");
    expect(refresh.attributes).toEqual({
      "sluice.sidecar.files": 1,
      "sluice.sidecar.files.changed": 1,
      "sluice.sidecar.files.failed": 0,
    });
    expect(await recorded.durations()).toContainEqual({
      name: "sluice.sidecar.refresh.duration",
      unit: "s",
      labels: {},
    });
    expect(await recorded.everything()).not.toContain(CANARY);
  });
});
