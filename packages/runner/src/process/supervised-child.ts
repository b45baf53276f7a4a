import { ChildGroup, type ExitStatus } from "./child-group.js";
import type { Command } from "./command.js";
import type { Launch } from "./launch.js";
import { onSignals } from "./on-signals.js";
import { prepareLaunch } from "./prepare-launch.js";

/** Signals that ask a command to end. After one of them nothing is started again. */
const ENDING: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT", "SIGQUIT"]);

/**
 * A command as our child, which can be restarted. See {@link superviseCommand}. States: running, being
 * restarted, asked to end, ended.
 */
export class SupervisedChild {
  /** Settles when the command has ended and is not being restarted; rejects with `SLU4002` when it could not be started. */
  readonly exited: Promise<ExitStatus>;
  readonly #command: Command;
  readonly #gracePeriodMs: number;
  readonly #end: PromiseWithResolvers<ExitStatus> = Promise.withResolvers();
  #group: ChildGroup | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #restarting = false;
  #ending = false;

  constructor(command: Command, gracePeriodMs: number) {
    this.#command = command;
    this.#gracePeriodMs = gracePeriodMs;
    this.exited = this.#end.promise;
  }

  /** Process id of the command, which is that of its group too. Changes with a restart. */
  get pid(): number | undefined {
    return this.#group?.pid;
  }

  /** To be called once. Throws `SLU4001`, `SLU4002` or `SLU4003`; nothing was started then. */
  start(): void {
    const launch = prepareLaunch(this.#command);
    const stop = onSignals((signal) => this.#receive(signal));
    this.exited.then(stop, stop);
    this.#run(launch);
  }

  /** Sends `signal` to the group. `false` when nobody got it: all have ended, or belong to another user. */
  signal(signal: NodeJS.Signals): boolean {
    if (ENDING.has(signal)) this.#ending = true;
    return this.#group?.send(signal) ?? false;
  }

  /**
   * Ends the command with its whole group (SIGTERM, after the grace period SIGKILL) and starts it again
   * with `env`. Restarts queue up. Does nothing once the command has ended or was asked to end. Rejects
   * with `SLU4001`, `SLU4002` or `SLU4003` when it could not be started so; it then runs on as it was.
   */
  restart(env: Command["env"]): Promise<void> {
    const restart = this.#queue.then(() => this.#restart(env));
    // Its caller hears of the failure; the next in the queue has a chance of its own.
    this.#queue = restart.catch(() => undefined);
    return restart;
  }

  async #restart(env: Command["env"]): Promise<void> {
    const group = this.#group;
    if (this.#ending || group === undefined) return;
    const launch = prepareLaunch({ ...this.#command, env });
    this.#restarting = true;
    await group.stop(this.#gracePeriodMs, () => this.#ending);
    this.#restarting = false;
    if (this.#ending) this.#end.resolve(await group.exited);
    else this.#run(launch);
  }

  #run(launch: Launch): void {
    this.#group = new ChildGroup(launch);
    this.#group.exited.then((status) => this.#ended(status), this.#end.reject);
  }

  #ended(status: ExitStatus): void {
    if (this.#restarting && !this.#ending) return; // #restart goes on from here
    this.#ending = true;
    this.#end.resolve(status);
  }

  #receive(signal: NodeJS.Signals): void {
    // Windows has no signals: the console itself tells the command of Ctrl-C, all we need is to stay.
    if (process.platform === "win32") return;
    if (signal !== "SIGTSTP") {
      this.signal(signal);
      return;
    }
    // A session of its own has no shell that could continue it, so the kernel drops SIGTSTP there.
    this.signal("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  }
}
