import type { Context, Link, Span } from "@opentelemetry/api";
import { SluiceError } from "../errors/sluice-error.js";
import { thrownName } from "../util/thrown-name.js";
import { openTelemetry, SCOPE } from "./open-telemetry.js";
import { recordDuration } from "./record-duration.js";
import { remoteSpan } from "./remote-span.js";

/** What is told of a span: numbers and names, never a value. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What work may add to its span. */
export type Describe = (attributes: SpanAttributes) => void;

/** How a span is made. */
export interface SpanOptions {
  /** The package that makes it; `@sluice/core` by default. */
  readonly scope?: string;
  /** Whose side of a call it is; `internal` by default. */
  readonly kind?: "internal" | "server" | "client";
  /**
   * The `traceparent` that a caller sent. Its span is linked to, and is not the parent: who is not trusted decides
   * neither what is recorded nor in which trace. Whatever is malformed is ignored; `tracestate` and baggage are not read.
   */
  readonly caller?: string;
  /**
   * Attributes by which the time that the work took is told apart in the histogram `NAME.duration`, in seconds. Without
   * them there is none. Each has few values.
   */
  readonly labels?: readonly string[];
}

/** As semantic conventions have it. With it a span has failed, also where nothing was thrown. */
const ERROR_TYPE = "error.type";

const NOBODY_LISTENS: Describe = () => undefined;

/**
 * Does work within a span of OpenTelemetry, where that is in use. Whatever the work calls, such as a vendor's SDK that
 * is instrumented, finds the span as its parent. An error's message is not recorded: it may quote anything. Its
 * `error.type` is the error's code, or its class.
 */
export async function inSpan<Result>(
  name: string,
  attributes: SpanAttributes,
  work: (describe: Describe) => Promise<Result>,
  { scope = SCOPE, kind = "internal", caller, labels }: SpanOptions = {},
): Promise<Result> {
  const api = openTelemetry();
  if (api === undefined) return work(NOBODY_LISTENS);
  const told: Record<string, SpanAttributes[string]> = { ...attributes };
  const startedAt = performance.now();
  const run = async (span: Span): Promise<Result> => {
    const describe: Describe = (more) => {
      Object.assign(told, more);
      span.setAttributes(copied(more));
    };
    try {
      return await work(describe);
    } catch (thrown) {
      const type = SluiceError.isInstance(thrown) ? thrown.code : thrownName(thrown);
      if (told[ERROR_TYPE] === undefined) describe({ [ERROR_TYPE]: type });
      throw thrown;
    } finally {
      if (told[ERROR_TYPE] !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR });
      span.end();
      if (labels !== undefined)
        recordDuration(name, scope, performance.now() - startedAt, picked(told, labels));
    }
  };
  const active: Context = api.context.active();
  const linked = caller === undefined ? undefined : remoteSpan(caller);
  const links: Link[] = linked === undefined ? [] : [{ context: linked }];
  const options = { attributes: copied(attributes), kind: api.SpanKind[KINDS[kind]], links };
  return api.trace.getTracer(scope).startActiveSpan(name, options, active, run);
}

const KINDS = { internal: "INTERNAL", server: "SERVER", client: "CLIENT" } as const;

/** The API wants lists that it may keep. */
function copied(attributes: SpanAttributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === "object" ? [...value] : value]),
  );
}

function picked(told: SpanAttributes, labels: readonly string[]): SpanAttributes {
  const names = new Set([...labels, ERROR_TYPE]);
  return Object.fromEntries(Object.entries(told).filter(([name]) => names.has(name)));
}

/** The `traceparent` of the span that is active, by W3C Trace Context. */
export function activeTraceparent(): string | undefined {
  const context = openTelemetry()?.trace.getActiveSpan()?.spanContext();
  if (context === undefined) return undefined;
  const flags = context.traceFlags.toString(16).padStart(2, "0");
  return `00-${context.traceId}-${context.spanId}-${flags}`;
}
