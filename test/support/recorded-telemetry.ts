import { metrics, trace } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";

/** A label set of a histogram, and how often it was recorded under it. */
interface RecordedDuration {
  readonly name: string;
  readonly unit: string;
  readonly labels: object;
}

/** What OpenTelemetry's SDK was told in this process. */
export interface RecordedTelemetry {
  spans(): ReadableSpan[];
  /** The first of that name. @throws {Error} if there is none. */
  span(name: string): ReadableSpan;
  durations(): Promise<RecordedDuration[]>;
  /** Everything, as text. */
  everything(): Promise<string>;
  reset(): void;
  stop(): Promise<void>;
}

/** Registers the SDK for this process. */
export function recordTelemetry(): RecordedTelemetry {
  const exporter = new InMemorySpanExporter();
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const metering = new MeterProvider({ readers: [reader] });
  tracing.register();
  metrics.setGlobalMeterProvider(metering);
  const spans = (): ReadableSpan[] => exporter.getFinishedSpans();

  async function durations(): Promise<RecordedDuration[]> {
    await metering.forceFlush();
    return points
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ attributes }) => ({
          name: descriptor.name,
          unit: descriptor.unit,
          labels: { ...attributes },
        })),
      );
  }

  return {
    spans,
    durations,
    span: (name) => {
      const found = spans().find((span) => span.name === name);
      if (found !== undefined) return found;
      const names = spans().map((span) => span.name);
      throw new Error(`There is no span ${name} among ${names.join(", ")}`);
    },
    everything: async () =>
      JSON.stringify([
        spans().map(({ name, attributes, events, status, links }) => [
          name,
          attributes,
          events,
          status,
          links,
        ]),
        await durations(),
      ]),
    reset: () => exporter.reset(),
    stop: async () => {
      await Promise.all([tracing.shutdown(), metering.shutdown()]);
      trace.disable();
      metrics.disable();
    },
  };
}
