import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { containerProgram } from "../engine/server-image.js";
import { cacheFolder } from "../shared/cache-folder.js";
import { runCommand } from "../shared/run-command.js";
import { runArguments } from "../shared/server-process.js";

/** A program of a Go module, whose `go.mod` and `go.sum` pin all that it is made of. */
export interface GoBuild {
  /** Folder of the module. */
  readonly module: string;
  /** Package of the program; the module's own by default. */
  readonly source?: string;
  /** Path of the program. */
  readonly output: string;
  readonly timeoutMs: number;
}

/** Settings of Go's that say where modules come from. */
const PASSED_ON = ["GOFLAGS", "GOINSECURE", "GONOSUMDB", "GOPROXY", "GOSUMDB"];

/** Builds it with the machine's Go or, where there is none, with that of a container if an engine runs. */
export async function buildGo({ module, source = ".", output, timeoutMs }: GoBuild): Promise<void> {
  const folder = dirname(output);
  await mkdir(folder, { recursive: true });
  // Another test file may be building too: the name is there only when all of the file is.
  const half = join(folder, `.half-${process.pid}`);
  const args = ["-C", module, "build", "-trimpath", "-ldflags", "-s -w", "-o", half, source];
  const settings = { CGO_ENABLED: "0", ...(await pinnedToolchain(module)) };
  const contained = (await hasGo()) ? undefined : await containerProgram("golang", "go", { pull: true });
  if (contained) {
    const home = cacheFolder("go-home");
    await mkdir(home, { recursive: true });
    const passedOn = PASSED_ON.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
    const env = { HOME: home, ...(Object.fromEntries(passedOn) as Record<string, string>), ...settings };
    const start = { program: contained, args, env, folders: [module, folder, home] };
    await runCommand(contained.engine, runArguments(start, contained), timeoutMs);
  } else {
    const variables = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    await runCommand("env", [...variables, "go", ...args], timeoutMs);
  }
  await rename(half, output);
}

async function pinnedToolchain(module: string): Promise<{ GOTOOLCHAIN?: string }> {
  const [, GOTOOLCHAIN] = /^toolchain (go\S+)$/m.exec(await readFile(join(module, "go.mod"), "utf8")) ?? [];
  return GOTOOLCHAIN === undefined ? {} : { GOTOOLCHAIN };
}

async function hasGo(): Promise<boolean> {
  return runCommand("go", ["version"]).then(
    () => true,
    () => false,
  );
}
