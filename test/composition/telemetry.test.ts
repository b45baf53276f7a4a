import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createSecretResolver, defineProvider, SecretValue } from "@sluice/core";
import { metrics, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

/** What an SDK leaves where every copy of the API finds it. */
const SOMETHING_REGISTERED = `globalThis[Symbol.for("opentelemetry.js.api.1")] = { version: "1.9.1" };`;

const CANARY = "canary-71c3";

const seen: (string | undefined)[] = [];
const provider = defineProvider<object>({
  id: "memory",
  optionsSchema: { type: "object", additionalProperties: false },
  capabilities: { batchSize: 10, fields: "extracted", versions: { exact: false, label: false } },
  create: () => ({
    resolve: async (requests, { trace: { traceparent } }) => {
      seen.push(traceparent);
      // As an instrumented SDK of a vendor would.
      trace.getTracer("vendor").startSpan("GET").end();
      return requests.map(({ id, path }) =>
        path === "missing"
          ? { id, status: "not-found", reason: "no-such-secret" }
          : { id, status: "found", value: SecretValue.fromText(CANARY) },
      );
    },
  }),
});

const open = () => createSecretResolver({ stores: { dev: provider({}) } });

describe("without an SDK of OpenTelemetry", () => {
  it("reads, and hands on nothing", async () => {
    await using secrets = open();
    expect((await secrets.get("secret://dev/db")).text()).toBe(CANARY);
    expect(seen.splice(0)).toEqual([undefined]);
  });

  it.each([
    ["loads nothing", "", "false"],
    ["loads its API once there is one: this would show it", SOMETHING_REGISTERED, "true"],
  ])("%s", (_, prelude, loaded) => {
    const script = `${prelude}
      import { createRequire } from "node:module";
      import { createSecretResolver } from "@sluice/core";
      createSecretResolver({ stores: {} });
      const { cache } = createRequire(import.meta.url);
      console.log(Object.keys(cache).some((path) => path.includes("@opentelemetry")));`;
    const cwd = fileURLToPath(new URL(".", import.meta.url));
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd });
    expect(printed.toString().trim()).toBe(loaded);
  });
});

describe("with an SDK of OpenTelemetry", () => {
  const spans = new InMemorySpanExporter();
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metering = new MeterProvider({ readers: [reader] });

  beforeEach(() => {
    tracing.register();
    metrics.setGlobalMeterProvider(metering);
    spans.reset();
    seen.length = 0;
  });
  afterAll(async () => {
    await Promise.all([tracing.shutdown(), metering.shutdown()]);
    trace.disable();
    metrics.disable();
  });

  it("spans what is asked, each call of a provider within, and what its SDK does within that", async () => {
    await using secrets = open();
    await secrets.settle(["secret://dev/db", "secret://dev/missing"]);
    const finished = spans.getFinishedSpans();
    const byName = (name: string) => finished.find((span) => span.name === name);
    const [all, call, sdk] = [byName("sluice.resolve"), byName("sluice.provider.resolve"), byName("GET")];
    expect(all?.attributes).toEqual({ "sluice.references": 2, "sluice.failed": 1 });
    expect(call?.attributes).toEqual({
      "sluice.store": "dev",
      "sluice.provider": "memory",
      "sluice.requests": 2,
      "sluice.attempt": 1,
      "sluice.found": 1,
    });
    expect(call?.parentSpanContext?.spanId).toBe(all?.spanContext().spanId);
    expect(sdk?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId);
    const { traceId, spanId } = all?.spanContext() ?? {};
    expect(seen).toEqual([`00-${traceId}-${spanId}-01`]);
    expect(JSON.stringify(finished.map(({ name, attributes, events }) => [name, attributes, events])))
      .not //
      .toContain(CANARY);
  });

  it("counts, under labels that nobody who asks can make up", async () => {
    {
      await using secrets = open();
      await secrets.settle(["secret://dev/db", "secret://dev/missing"]);
      await secrets.settle(["secret://dev/db"]);
    }
    await metering.forceFlush();
    const counted = points
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes }) => [descriptor.name, attributes] as const),
      );
    expect(counted).toContainEqual(["sluice.secrets.resolved", { store: "dev", source: "provider" }]);
    expect(counted).toContainEqual(["sluice.secrets.resolved", { store: "dev", source: "cache" }]);
    expect(counted).toContainEqual(["sluice.secrets.failed", { store: "dev", status: "not-found" }]);
    expect(counted).toContainEqual(["sluice.provider.call.duration", { provider: "memory", store: "dev" }]);
    expect(JSON.stringify(counted)).not.toMatch(/missing|secret:/);
  });
});
