import assert from "node:assert/strict";
import type { Fault } from "../servers/faults/call.js";
import { firstCalls } from "../servers/faults/call.js";
import type { Admission } from "../servers/faults/tcp-proxy.js";
import type { FaultCase } from "./fault-case.js";
import { RETRY } from "./retry-limits.js";

const cut = (ending: "reset" | "silence"): Fault => ({ kind: "cut", afterBytes: 10, ending });

/** What networks, and servers that die, do to connections. Once, trying again helps; for ever, it is told. */
export const NETWORK_FAULTS: readonly FaultCase[] = [
  {
    title: "every byte takes longer",
    allowed: ["found"],
    begin: ({ proxy, reads }) => {
      proxy.network.latency = { toServerMs: 40, toClientMs: 40 };
      return () => assert.equal(reads().length, 1);
    },
  },
  {
    title: "the answer is reset in its body, once",
    allowed: ["found"],
    begin: ({ proxy }) => proxy.http.intercept(firstCalls(cut("reset"))),
  },
  {
    title: "the answer stops in its body with the connection open, once",
    allowed: ["found"],
    begin: ({ proxy }) => proxy.http.intercept(firstCalls(cut("silence"))),
  },
  {
    title: "the connection is reset instead of an answer, once",
    allowed: ["found"],
    begin: ({ proxy }) => proxy.http.intercept(firstCalls({ kind: "reset" })),
  },
  {
    title: "a connection is accepted and nobody answers, once",
    allowed: ["found"],
    begin: ({ proxy }) => {
      const admissions: Admission[] = ["silent"];
      proxy.network.admit = () => admissions.pop() ?? "pass";
    },
  },
  {
    title: "every answer is reset in its body",
    allowed: ["unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => cut("reset")),
  },
  {
    title: "every answer stops in its body with the connection open",
    allowed: ["unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => cut("silence")),
  },
  {
    title: "every connection is accepted and nobody answers",
    allowed: ["unavailable"],
    begin: ({ proxy }) => void (proxy.network.admit = () => "silent"),
  },
  {
    title: "every call is taken and nobody answers",
    allowed: ["unavailable"],
    begin: ({ proxy }) => proxy.http.intercept(() => ({ kind: "silent" })),
  },
  {
    title: "every connection is reset",
    allowed: ["unavailable"],
    begin: ({ proxy }) => void (proxy.network.admit = () => "reset"),
  },
  {
    title: "the connections there are fall silent",
    // They cost one try together, not one each: there are more of them than tries.
    allowed: ["found"],
    begin: async ({ proxy, readBefore, retries }) => {
      // On a busy machine reads come one after another, and share connections: until they do not.
      for (let round = 0; round < 10 && proxy.network.connections() <= RETRY.attempts; round += 1)
        await readBefore(8);
      assert(proxy.network.connections() > RETRY.attempts);
      const before = retries();
      proxy.network.silence();
      return () => assert.equal(retries() - before, 1);
    },
  },
  {
    title: "the connections there are were closed meanwhile",
    allowed: ["found"],
    begin: async ({ proxy, readBefore }) => {
      await readBefore(8);
      proxy.network.closeAll();
    },
  },
];
