import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const LAST_WORDS = 4000;

/** A program that a test started and ends. */
export class KubernetesProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #orphan = (): unknown => this.#child.kill("SIGKILL");
  #output = "";

  constructor(name: string, path: string, flags: Readonly<Record<string, string>>) {
    this.#name = name;
    const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    this.#child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-LAST_WORDS);
    });
    // A test run that is interrupted must not leave it behind.
    process.once("exit", this.#orphan);
  }

  /** Throws, with what it said last, when it has ended. */
  assertRunning(): void {
    if (this.#ended()) throw new Error(`${this.#name} ended: ${this.#output}`);
  }

  async stop(): Promise<void> {
    process.removeListener("exit", this.#orphan);
    if (this.#ended()) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }

  #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
