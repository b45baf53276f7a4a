import { constants } from "node:os";
import type { ReferenceOutcome, RequestOptions, SecretResolver } from "@sluice/core";
import type { EnvironmentPlan } from "../environment/environment-plan.js";
import { fillEnvironment, referencesOf } from "../environment/resolve-environment.js";
import { canExec, type Command, execCommand, type StdioModes, superviseCommand } from "../process/index.js";
import { prepareLaunch } from "../process/prepare-launch.js";
import { abortOnSignal } from "./abort-on-signal.js";
import { applyChanges } from "./apply-changes.js";
import { refuseReferencesInArguments } from "./refuse-references.js";
import type { WatchMode } from "./watch-mode.js";

/** A command, and what it is started with. */
export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly plan: EnvironmentPlan;
  readonly resolver: SecretResolver;
  readonly request?: RequestOptions;
  /** Stay and act on changes; without it the command takes this process's place. */
  readonly watch?: WatchMode;
  /** Directories to find the command in: `PATH` as this process has it. */
  readonly path?: string;
  /** What `readStdioModes` said at start-up. */
  readonly stdio?: StdioModes;
  /** Told what happens while the command runs. Never gets a value. */
  readonly onNotice: (text: string) => void;
}

/**
 * Fills an environment and starts a command in it. Fails closed: with a reference unresolved, nothing is
 * started. Where the platform can, the command takes this process's place and this function never returns;
 * else it returns the exit code to end with: the command's own, or 128 + n when signal n ended it.
 *
 * @throws ResolutionError naming every variable that cannot be filled; `SLU4001` to `SLU4003` when the
 * command cannot be started.
 */
export async function runCommand(options: RunOptions): Promise<number> {
  const { plan, resolver, request, watch, stdio } = options;
  refuseReferencesInArguments([options.command, ...options.args]);
  const command = {
    command: options.command,
    args: options.args,
    ...(options.path !== undefined && { path: options.path }),
  };
  // A command that is not there should not cost a read of every secret.
  prepareLaunch({ ...command, env: {} });

  const interrupted = abortOnSignal();
  let outcomes: Readonly<Record<string, ReferenceOutcome>>;
  let env: Command["env"];
  try {
    outcomes = await resolver.settle(referencesOf(plan), { ...request, signal: interrupted.signal });
    ({ env } = fillEnvironment(plan, outcomes));
  } catch (thrown) {
    if (interrupted.received === undefined) throw thrown;
    return 128 + constants.signals[interrupted.received];
  } finally {
    interrupted[Symbol.dispose]();
  }
  // Not disposed of: leases taken for the command are the command's, and sockets close by themselves.
  if (watch === undefined && canExec()) return execCommand({ ...command, env }, stdio);

  const child = superviseCommand({ ...command, env });
  const changes =
    watch && applyChanges({ child, plan, outcomes, resolver, watch, onNotice: options.onNotice });
  try {
    return (await child.exited).code;
  } finally {
    await changes?.stop();
    await resolver[Symbol.asyncDispose]();
  }
}
