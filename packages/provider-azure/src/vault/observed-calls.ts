import { AsyncLocalStorage } from "node:async_hooks";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";

/** What a call of the SDK gave, and when the vault answered by its own clock: milliseconds since the epoch. */
interface Observed<Result> {
  readonly result: Result;
  readonly storeTime?: number;
  /** Where a listing goes on. */
  readonly nextLink?: string;
}

/** Lets a policy of the SDK's clients know which call of ours a request belongs to. */
export interface ObservedCalls {
  readonly policy: PipelinePolicy;
  readonly observe: <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Observed<Result>>;
}

interface Call {
  readonly signal: AbortSignal;
  storeTime?: number;
  nextLink?: string | undefined;
}

const LISTING = /\/(?:secrets|certificates|keys)\/?\?[^/]*$/;

/**
 * The SDK keeps to itself when an answer was given and where a listing goes on, and hands no signal on to the pages
 * after the first. So these go past it.
 */
export function observedCalls(): ObservedCalls {
  const calls = new AsyncLocalStorage<Call>();
  return {
    policy: {
      name: "sluiceObservedCalls",
      sendRequest: async (request, next) => {
        const call = calls.getStore();
        if (call) request.abortSignal ??= call.signal;
        const response = await next(request);
        const time = Date.parse(response.headers.get("date") ?? "");
        if (call && !Number.isNaN(time)) call.storeTime = time;
        if (call && LISTING.test(request.url)) call.nextLink = nextLinkOf(response.bodyAsText);
        return response;
      },
    },
    observe: async (signal, work) => {
      const call: Call = { signal };
      const result = await calls.run(call, work);
      const { storeTime, nextLink } = call;
      return {
        result,
        ...(storeTime !== undefined && { storeTime }),
        ...(nextLink !== undefined && { nextLink }),
      };
    },
  };
}

/** Names only stand in a listing; what is no listing the SDK itself refuses. */
function nextLinkOf(body: string | null | undefined): string | undefined {
  try {
    const { nextLink } = JSON.parse(body ?? "") as { nextLink?: unknown };
    return typeof nextLink === "string" && URL.canParse(nextLink) ? nextLink : undefined;
  } catch {
    return undefined;
  }
}
