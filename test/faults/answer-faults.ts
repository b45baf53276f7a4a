import assert from "node:assert/strict";
import type { Answer } from "../servers/faults/call.js";
import { firstCalls } from "../servers/faults/call.js";
import type { FaultCase, Stage } from "./fault-case.js";
import { RETRY } from "./retry-limits.js";

const page = (status: number): Answer => ({
  kind: "answer",
  status,
  headers: { "content-type": "text/html" },
  body: `<!doctype html><title>${status}</title><p>A gateway's page`,
});

const retryAfter = (answer: Answer, value: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, "retry-after": value },
});

/** A timer, and the clock that calls are dated with, may differ by this much. */
const CLOCK_MS = 10;

/** Answers the first read so, and passes on everything else. */
function answerFirstRead({ proxy, subject }: Stage, answer: () => Answer): void {
  let answered = false;
  proxy.http.intercept((call) => {
    if (answered || !subject.isRead(call)) return undefined;
    answered = true;
    return answer();
  });
}

/** What servers, and gateways before them, answer instead of a secret. */
export const ANSWER_FAULTS: readonly FaultCase[] = [
  {
    title: "too many calls, with Retry-After in seconds",
    allowed: ["found"],
    begin: (stage) => {
      answerFirstRead(stage, () => retryAfter(stage.subject.throttled, "1"));
      return () => {
        const [first, second] = stage.reads();
        assert(first && second);
        assert(second.at >= first.at + 1000 - CLOCK_MS, `asked again after ${second.at - first.at} ms`);
      };
    },
  },
  {
    title: "too many calls, with Retry-After as a date",
    allowed: ["found"],
    begin: (stage) => {
      let until = 0;
      answerFirstRead(stage, () => {
        // Dates have whole seconds.
        until = Math.ceil(Date.now() / 1000 + 1) * 1000;
        return retryAfter(stage.subject.throttled, new Date(until).toUTCString());
      });
      return () => {
        const [, second] = stage.reads();
        assert(second);
        assert(second.at >= until - CLOCK_MS, `asked again ${until - second.at} ms too early`);
      };
    },
  },
  {
    title: "too many calls, with a Retry-After past the deadline",
    allowed: ["throttled"],
    begin: (stage) => {
      answerFirstRead(stage, () => retryAfter(stage.subject.throttled, "3600"));
      return ([outcome]) => {
        assert.equal(stage.reads().length, 1);
        assert(outcome && "retryAfterMs" in outcome);
        assert.equal(outcome.retryAfterMs, 3_600_000);
      };
    },
  },
  {
    title: "too many calls, says a gateway, with Retry-After",
    allowed: ["found"],
    begin: (stage) => {
      answerFirstRead(stage, () => retryAfter(page(429), "1"));
      return () => {
        const [first, second] = stage.reads();
        assert(first && second);
        assert(second.at >= first.at + 1000 - CLOCK_MS, `asked again after ${second.at - first.at} ms`);
      };
    },
  },
  {
    title: "a burst of 5xx that all tries but the last meet",
    allowed: ["found"],
    begin: ({ proxy }) => proxy.http.intercept(firstCalls(page(500), page(502), page(503))),
  },
  {
    title: "5xx for ever",
    allowed: ["unavailable"],
    begin: (stage) => {
      stage.proxy.http.intercept(() => page(503));
      return () => assert(stage.proxy.http.calls.length <= RETRY.attempts * (stage.subject.callsPerTry ?? 1));
    },
  },
  {
    title: "a gateway's page that nothing is found",
    allowed: ["invalid", "unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => page(404)),
  },
  {
    title: "a gateway's page that all is well",
    allowed: ["invalid", "unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => page(200)),
  },
  {
    title: "an empty answer that all is well",
    allowed: ["invalid", "unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => ({ kind: "answer", status: 200 })),
  },
  {
    title: "the token has expired for one call of many",
    secrets: 24,
    allowed: ["found", "denied", "unavailable"],
    begin: ({ proxy, subject }) => {
      let reads = 0;
      proxy.http.intercept((call) => {
        if (subject.isRead(call)) reads += 1;
        return subject.isRead(call) && reads === 2 ? subject.expired : undefined;
      });
      return (outcomes) => {
        assert(reads >= 2, "there was no second call");
        assert(outcomes.some(({ status }) => status === "found"));
      };
    },
  },
];
