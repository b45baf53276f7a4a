import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { basename } from "node:path";
import { runCommand } from "./run-command.js";
import type { ServerProgram } from "./server-program.js";

/** As much of what a server said last as is told of one that fails. */
const LAST_WORDS = 4000;

/** What a server is started with. */
export interface ServerStart {
  readonly program: ServerProgram;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that it reads and writes, under the same paths in a container. */
  readonly folders?: readonly string[];
}

/** A server that a test started, in a container or not, and that ends with the test run at the latest. */
export class ServerProcess {
  readonly #program: ServerProgram;
  /** Of the container, if it is one. */
  readonly #name = `sluice-${randomUUID()}`;
  readonly #child: ChildProcess;
  readonly #orphan = (): void => this.#kill();
  #output = "";

  constructor(start: ServerStart) {
    const { program } = start;
    this.#program = program;
    this.#child =
      program.kind === "installed"
        ? spawn(program.path, start.args, { stdio: ["ignore", "ignore", "pipe"], env: { ...start.env } })
        : spawn(program.engine, runArguments(start, program, this.#name), {
            stdio: ["ignore", "ignore", "pipe"],
          });
    const keep = (text: string): void => void (this.#output = (this.#output + text).slice(-LAST_WORDS));
    this.#child.stderr?.on("data", (chunk: Buffer) => keep(chunk.toString()));
    this.#child.on("error", ({ message }) => keep(message));
    // A test run that is interrupted must not leave it behind.
    process.once("exit", this.#orphan);
  }

  /** Throws, with what it said last, when it has ended. */
  assertRunning(): void {
    if (this.#hasEnded) throw new Error(`${this.#title} ended: ${this.#output}`);
  }

  async stop(): Promise<void> {
    process.removeListener("exit", this.#orphan);
    if (this.#hasEnded) return;
    const exited = once(this.#child, "exit");
    if (this.#program.kind === "container") await this.#removeContainer(this.#program.engine);
    else this.#child.kill("SIGKILL");
    await exited;
  }

  get #title(): string {
    return basename(this.#program.kind === "container" ? this.#program.image : this.#program.path);
  }

  get #hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The client of an engine ends with its container; killed, it would leave the container behind. */
  async #removeContainer(engine: string): Promise<void> {
    try {
      await runCommand(engine, ["rm", "--force", this.#name]);
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw error;
    }
  }

  #kill(): void {
    if (this.#program.kind === "container") spawnSync(this.#program.engine, ["rm", "--force", this.#name]);
    this.#child.kill("SIGKILL");
  }
}

/** What an engine runs a program with: in a container it has our network and user, as if it were installed. */
export function runArguments(
  { args, env = {}, folders = [] }: ServerStart,
  { engine, image, entrypoint }: ServerProgram & { readonly kind: "container" },
  name = `sluice-${randomUUID()}`,
): readonly string[] {
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  // Without it, our user in a container of an engine without root is nobody outside of it.
  const asUs = basename(engine) === "podman" ? ["--userns", "keep-id"] : [];
  const shared = folders.flatMap((folder) => ["--volume", `${folder}:${folder}`]);
  const variables = Object.entries(env).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]);
  const placed = ["--pull", "never", "--network", "host", "--name", name, "--user", user];
  return [
    "run",
    "--rm",
    ...placed,
    ...asUs,
    ...shared,
    ...variables,
    "--entrypoint",
    entrypoint,
    image,
    ...args,
  ];
}
