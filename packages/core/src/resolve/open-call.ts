import { randomUUID } from "node:crypto";
import { SELF } from "../provider/identity.js";
import type { ProviderContext } from "../provider/provider-context.js";
import { activeTraceparent } from "../telemetry/in-span.js";
import { CallScope } from "./call-scope.js";
import type { Reader } from "./read-queue.js";
import { DEFAULTS, type RequestOptions } from "./resolver-options.js";

/** One request of a caller: on whose behalf, within which limits. Dispose it when it is over. */
export interface Call extends Reader, Disposable {
  readonly scope: CallScope;
  /** Unique per call. */
  readonly id: string;
  readonly fresh: boolean;
  /** For a verb that is called once, without retries. */
  readonly context: ProviderContext;
}

export type OpenCall = (request?: RequestOptions) => Call;

/** Calls end at the latest when `closed` aborts. Opening one throws the reason of a signal aborted already. */
export function createCallFactory(defaults: { readonly timeoutMs?: number }, closed: AbortSignal): OpenCall {
  return (request = {}) => {
    const timeoutMs = request.timeoutMs ?? defaults.timeoutMs ?? DEFAULTS.timeoutMs;
    const scope = new CallScope(timeoutMs, request.signal ? [closed, request.signal] : [closed]);
    const id = randomUUID();
    const { identity = SELF, fresh = false, traceparent = activeTraceparent() } = request;
    const trace = { id, ...(traceparent !== undefined && { traceparent }) };
    return {
      id,
      scope,
      identity,
      fresh,
      trace,
      context: { signal: scope.signal, deadline: scope.deadline, identity, trace },
      [Symbol.dispose]: () => scope[Symbol.dispose](),
    };
  };
}
