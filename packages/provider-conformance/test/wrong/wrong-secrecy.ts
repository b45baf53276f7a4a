import { type SecretProvider, StoreError, type WatchEvent } from "@sluice/core";
import { ROOT } from "../reference/key-of.js";
import type { MemoryServer } from "../reference/memory-server.js";
import { found, outcomes, textOf, type Verbs, type WrongProviders } from "./wrong-provider.js";

type Resolve = SecretProvider["resolve"];

const storedAt = (server: MemoryServer, path: string): Buffer => {
  const content = server.secrets.get(ROOT + path)?.revisions.at(-1)?.content;
  return content instanceof Uint8Array ? Buffer.from(content) : Buffer.of();
};

/** Failures that tell of what they are about. */
const telling = (name: string, tell: (stored: Buffer) => unknown): Verbs =>
  outcomes((outcome, { path }, server) =>
    outcome.status === "found" ? outcome : { ...outcome, [name]: tell(storedAt(server, path)) },
  );

/** Prints what it finds. */
const printing = (print: (text: string) => void): Verbs =>
  found((outcome) => {
    print(textOf(outcome));
    return outcome;
  });

/** Rejects a write with an error that is made of what was to be written. */
const rejecting =
  (fail: (text: string) => Error): Verbs =>
  (right) => ({
    put: async (...[request, context]: Parameters<typeof right.put>) => {
      const outcome = await right.put(request, context);
      if (outcome.status === "invalid") throw fail(Buffer.from(request.value.bytes()).toString());
      return outcome;
    },
  });

export const WRONG_SECRECY: WrongProviders = {
  "5.1": {
    "that quotes in its message": telling("message", (stored) => `"${stored.toString()}" is disabled`),
    "that quotes a part in its remedy": telling(
      "remedy",
      (stored) => `Is ${stored.toString().slice(3, 12)} right?`,
    ),
    "with the value for a reason, as in an address": telling("reason", (stored) =>
      encodeURIComponent(stored.toString()),
    ),
    "with bytes beside it": telling("body", (stored) => ({ bytes: [...stored] })),
    "with the value for a version": found((outcome) => ({ ...outcome, version: textOf(outcome) })),
    "with an etag in base64": found((outcome) => ({
      ...outcome,
      etag: Buffer.from(`W/${textOf(outcome)}`).toString("base64"),
    })),
    "with an etag in hexadecimal": found((outcome) => ({
      ...outcome,
      etag: Buffer.from(textOf(outcome)).toString("hex").toUpperCase(),
    })),
    "with a hidden property": found((outcome) =>
      Object.defineProperty({ ...outcome }, "raw", { value: textOf(outcome) }),
    ),
    "that answers a write with what was written": (right) => ({
      put: async (...[request, context]: Parameters<typeof right.put>) => ({
        ...(await right.put(request, context)),
        request: { value: request.value.textOrUndefined() },
      }),
    }),
    "whose events tell the value": (right, server) => ({
      async *watch(...call: Parameters<typeof right.watch>): AsyncGenerator<WatchEvent> {
        for await (const event of right.watch(...call))
          yield event.kind === "changed"
            ? { ...event, version: storedAt(server(), event.path).toString() }
            : event;
      },
    }),
  },
  "5.2": {
    "that logs": printing((text) => globalThis.console.log({ found: { value: { text } } })),
    "that writes to stderr": printing((text) =>
      process.stderr.write(`${Buffer.from(text).toString("base64url")}\n`),
    ),
    "that warns": printing((text) => process.emitWarning(text)),
    "that rejects with it": rejecting((text) => new Error(`cannot write ${text.slice(0, 40)}`)),
    "that rejects because of it": rejecting(
      (text) => new StoreError("s", { status: "invalid", reason: "value", message: JSON.stringify(text) }),
    ),
    "that rejects with a cause": rejecting(
      (text) => new Error("failed", { cause: { sent: Buffer.from(text) } }),
    ),
  },
  "5.3": {
    "with its last answers": (right) => {
      const last = new Map<string, object>();
      return {
        client: { last },
        resolve: async (...call: Parameters<Resolve>) => {
          const answers = await right.resolve(...call);
          for (const outcome of answers)
            if (outcome.status === "found") last.set(outcome.id, { text: textOf(outcome) });
          return answers;
        },
      };
    },
    "with bytes behind a symbol": (right) => {
      const buffers: Uint8Array[] = [];
      return {
        [Symbol("buffers")]: buffers,
        resolve: async (...call: Parameters<Resolve>) => {
          const answers = await right.resolve(...call);
          for (const outcome of answers)
            if (outcome.status === "found") buffers.push(Buffer.from(textOf(outcome)));
          return answers;
        },
      };
    },
  },
};
