import { access, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";

/** A virtual environment in the cache with what one file of requirements pins. */
export class PythonEnvironment {
  readonly #name: string;
  readonly #requirements: string;

  /** @param requirements name of a file beside this one, which pins `version` and has a hash for every file */
  constructor(name: string, version: string, requirements: string) {
    this.#name = `${name}-${version}`;
    this.#requirements = fileURLToPath(new URL(requirements, import.meta.url));
  }

  get #folder(): string {
    return cacheFolder(this.#name);
  }

  /** Its interpreter, if it is installed. */
  async installed(): Promise<string | undefined> {
    const python = interpreterIn(this.#folder);
    return access(python).then(
      () => python,
      () => undefined,
    );
  }

  /** Installs from PyPI, every file checked against its pinned hash. Returns the interpreter. */
  async install(): Promise<string> {
    // Made beside its place and moved there when it is whole: tests that install at once do not see halves.
    const draft = `${this.#folder}.${process.pid}`;
    await mkdir(dirname(this.#folder), { recursive: true });
    try {
      await runCommand(process.platform === "win32" ? "python" : "python3", ["-m", "venv", draft]);
      const checked = ["--quiet", "--require-hashes", "--requirement", this.#requirements];
      await runCommand(interpreterIn(draft), ["-m", "pip", "install", ...checked]);
      await rename(draft, this.#folder);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      // Somebody else was first, which is as good.
      if ((await this.installed()) === undefined) throw error;
    }
    return interpreterIn(this.#folder);
  }
}

function interpreterIn(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}
