import type { JsonSchema } from "../provider/json-schema.js";

/** What is done when a file has changed. */
export type PlannedNotify = NotifyCommand | NotifySignal | NotifyHttp | NotifyTouch;

/** Starts a program, without a shell, and waits for its end. */
export interface NotifyCommand {
  readonly do: "command";
  /** Program and arguments. */
  readonly command: readonly string[];
}

/** Signals processes of the same user by their name: needs a process namespace that is shared. */
export interface NotifySignal {
  readonly do: "signal";
  readonly signal: string;
  /** As `ps -o comm` shows it: 15 bytes at most. */
  readonly process: string;
}

/** Calls a port of the same machine or pod. */
export interface NotifyHttp {
  readonly do: "http";
  readonly method: "GET" | "POST" | "PUT";
  /** `http://127.0.0.1:PORT/PATH`, `localhost` or `[::1]`. */
  readonly url: string;
}

/** Sets the time of a file to now, and makes an empty one where there is none. */
export interface NotifyTouch {
  readonly do: "touch";
  /** Absolute. */
  readonly path: string;
}

/** Signals that ask a program to do something, and that it may well have a handler for. */
export const NOTIFY_SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGUSR1",
  "SIGUSR2",
  "SIGTERM",
  "SIGCONT",
  "SIGWINCH",
] as const;

function action(name: PlannedNotify["do"], required: readonly string[], properties: JsonSchema) {
  return {
    if: { properties: { do: { const: name } } },
    // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
    then: { required, properties },
  };
}

/** The shape of one {@link PlannedNotify}. */
export const NOTIFY_SCHEMA: JsonSchema = {
  type: "object",
  required: ["do"],
  properties: { do: { enum: ["command", "signal", "http", "touch"] } },
  allOf: [
    action("command", ["command"], {
      command: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 64 },
    }),
    action("signal", ["signal", "process"], {
      signal: { enum: [...NOTIFY_SIGNALS] },
      process: { type: "string", pattern: "^[^/\\u0000]{1,15}$" },
    }),
    action("http", ["method", "url"], {
      method: { enum: ["GET", "POST", "PUT"] },
      url: {
        type: "string",
        pattern: "^http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:\\d{1,5})?(/[^\\s\\\\]*)?$",
      },
    }),
    action("touch", ["path"], { path: { type: "string", pattern: "^/[^\\u0000]+$", maxLength: 4096 } }),
  ],
};
