import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Golden, GoldenCase } from "../templates/golden-case.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

const MODULE = fileURLToPath(new URL("go/template-goldens", import.meta.url));
const BUILD_TIMEOUT_MS = 10 * 60_000;
const RENDER_TIMEOUT_MS = 60_000;

/** consul-template behind a small program, built earlier from these sources, or now if servers are required. */
export async function templateGoldensProgram(): Promise<string | undefined> {
  const folder = cacheFolder(`template-goldens-${await digestOfSources()}`);
  const path = join(folder, "template-goldens");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await mkdir(folder, { recursive: true });
  // Another test file may be building too: the name is there only when all of the file is.
  const half = join(folder, `.template-goldens.${process.pid}`);
  const go = ["env", `GOTOOLCHAIN=${pinnedToolchain()}`, "CGO_ENABLED=0", "go", "-C", MODULE] as const;
  const [command, ...args] = [...go, "build", "-trimpath", "-o", half, "."] as const;
  await runCommand(command, args, BUILD_TIMEOUT_MS);
  await rename(half, path);
  return path;
}

/** Lets consul-template render cases. Its own environment is empty: `env` falls back to that. */
export async function renderGoldens(program: string, cases: readonly GoldenCase[]): Promise<Golden[]> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = { env: {}, timeout: RENDER_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(program, [], options, (error, stdout) => {
    if (error === null) resolve(stdout);
    else reject(error);
  });
  child.stdin?.end(JSON.stringify(cases));
  return JSON.parse(await promise) as Golden[];
}

function pinnedToolchain(): string {
  const [, toolchain] = /^toolchain (go\S+)$/m.exec(readFileSync(join(MODULE, "go.mod"), "utf8")) ?? [];
  if (toolchain === undefined) throw new Error(`${MODULE}/go.mod pins no toolchain`);
  return toolchain;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(await readFile(join(MODULE, name)));
  return hash.digest("hex").slice(0, 12);
}
