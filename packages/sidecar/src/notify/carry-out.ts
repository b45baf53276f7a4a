import type { PlannedNotify } from "@sluice/core/plan";
import { callHttp } from "./call-http.js";
import type { NotTold } from "./notify-outcome.js";
import { runCommand } from "./run-command.js";
import { signalProcesses } from "./signal-processes.js";
import { touchFile } from "./touch-file.js";

/** Does one action once. Nothing where it succeeded. */
export async function carryOut(action: PlannedNotify, signal: AbortSignal): Promise<NotTold | undefined> {
  switch (action.do) {
    case "command":
      return runCommand(action.command, signal);
    case "signal":
      return signalProcesses(action);
    case "http":
      return callHttp(action, signal);
    case "touch":
      return touchFile(action.path);
  }
}
