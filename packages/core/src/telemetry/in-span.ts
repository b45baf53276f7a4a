import type { Attributes, Span } from "@opentelemetry/api";
import { thrownName } from "../util/thrown-name.js";
import { openTelemetry, SCOPE } from "./open-telemetry.js";

/** What work may add to its span: numbers and names, never a value. */
export type Describe = (attributes: Attributes) => void;

const NOBODY_LISTENS: Describe = () => undefined;

/**
 * Does work within a span of OpenTelemetry, where that is in use. Whatever the work calls, such as a vendor's SDK that
 * is instrumented, finds the span as its parent. An error's message is not recorded: it may quote anything.
 */
export async function inSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (describe: Describe) => Promise<Result>,
): Promise<Result> {
  const api = openTelemetry();
  if (api === undefined) return work(NOBODY_LISTENS);
  const run = async (span: Span): Promise<Result> => {
    try {
      return await work((more) => span.setAttributes(more));
    } catch (thrown) {
      span.setStatus({ code: api.SpanStatusCode.ERROR, message: thrownName(thrown) });
      throw thrown;
    } finally {
      span.end();
    }
  };
  return api.trace.getTracer(SCOPE).startActiveSpan(name, { attributes }, run);
}

/** The `traceparent` of the span that is active, by W3C Trace Context. */
export function activeTraceparent(): string | undefined {
  const context = openTelemetry()?.trace.getActiveSpan()?.spanContext();
  if (context === undefined) return undefined;
  const flags = context.traceFlags.toString(16).padStart(2, "0");
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}
