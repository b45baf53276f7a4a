import type { Histogram } from "@opentelemetry/api";
import { openTelemetry } from "./open-telemetry.js";
import type { SpanAttributes } from "./in-span.js";

const MS_PER_SECOND = 1_000;

/** Bounds of buckets in seconds, as semantic conventions have them for HTTP; an SDK's own are for milliseconds. */
export const SECONDS: { readonly explicitBucketBoundaries: number[] } = {
  explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
};

/** By name and provider of meters: a program may register its SDK after the first spans, and tests do so again and again. */
const instruments = new WeakMap<object, Map<string, Histogram>>();

/** Tells how long something took, in the histogram `NAME.duration`, where OpenTelemetry is in use. */
export function recordDuration(
  name: string,
  scope: string,
  durationMs: number,
  labels: SpanAttributes,
): void {
  const provider = openTelemetry()?.metrics.getMeterProvider();
  if (provider === undefined) return;
  const known = instruments.get(provider) ?? new Map<string, Histogram>();
  instruments.set(provider, known);
  let histogram = known.get(name);
  if (histogram === undefined) {
    histogram = provider.getMeter(scope).createHistogram(`${name}.duration`, { unit: "s", advice: SECONDS });
    known.set(name, histogram);
  }
  histogram.record(durationMs / MS_PER_SECOND, labels as Record<string, string>);
}
