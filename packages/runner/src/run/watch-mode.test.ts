import { expect, it } from "vitest";
import { parseWatchMode } from "./watch-mode.js";

it.each([
  ["restart", { kind: "restart" }],
  ["none", { kind: "none" }],
  ["signal:HUP", { kind: "signal", signal: "SIGHUP" }],
  ["signal:SIGUSR1", { kind: "signal", signal: "SIGUSR1" }],
  ["signal:usr2", { kind: "signal", signal: "SIGUSR2" }],
])("reads %s", (text, mode) => expect(parseWatchMode(text)).toEqual(mode));

it.each(["", "signal", "signal:", "signal:NOPE", "Restart", "signal:HUP,USR1"])("refuses %j", (text) =>
  expect(parseWatchMode(text)).toBeUndefined(),
);
