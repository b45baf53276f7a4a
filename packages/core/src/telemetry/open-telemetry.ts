import { createRequire } from "node:module";
import type * as OpenTelemetry from "@opentelemetry/api";

/** Where an OpenTelemetry SDK makes itself known to every copy of the API, since 1.0. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

let loaded: typeof OpenTelemetry | undefined;

/**
 * OpenTelemetry's API, where an SDK has been registered in this process and the API can be found. Nothing is loaded
 * otherwise. Synchronous, so that the first call of a program is told of too.
 */
export function openTelemetry(): typeof OpenTelemetry | undefined {
  if (!Reflect.has(globalThis, REGISTERED)) return undefined;
  loaded ??= load();
  return loaded;
}

function load(): typeof OpenTelemetry | undefined {
  try {
    return createRequire(import.meta.url)("@opentelemetry/api") as typeof OpenTelemetry;
  } catch {
    // An optional peer: who wants spans from here installs it beside the SDK.
    return undefined;
  }
}

/** Name under which our spans and instruments are made. */
export const SCOPE = "@sluice/core";
