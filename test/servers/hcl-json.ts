import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { pipeThrough } from "./shared/pipe-through.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

const MODULE = fileURLToPath(new URL("go/hcl-json", import.meta.url));
const BUILD_TIMEOUT_MS = 10 * 60_000;

/** A block of HCL. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[] | null;
  /** Evaluated; what refers to something else as it is written. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly blocks: readonly HclBlock[];
}

export interface Hcl {
  /** Whether `terraform fmt` would leave it as it is. */
  readonly formatted: boolean;
  readonly blocks: readonly HclBlock[];
}

/** HashiCorp's parser behind a small program, built earlier from these sources, or now if servers are required. */
export async function hclProgram(): Promise<string | undefined> {
  const folder = cacheFolder(`hcl-json-${await digestOfSources()}`);
  const path = join(folder, "hcl-json");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await mkdir(folder, { recursive: true });
  // Another test file may be building too: the name is there only when all of the file is.
  const half = join(folder, `.hcl-json.${process.pid}`);
  const mod = await readFile(join(MODULE, "go.mod"), "utf8");
  const [, toolchain = "local"] = /^toolchain (go\S+)$/m.exec(mod) ?? [];
  const settings = [`GOTOOLCHAIN=${toolchain}`, "CGO_ENABLED=0"];
  await runCommand(
    "env",
    [...settings, "go", "-C", MODULE, "build", "-trimpath", "-o", half, "."],
    BUILD_TIMEOUT_MS,
  );
  await rename(half, path);
  return path;
}

/** Parses HCL; rejects where it is none. */
export async function parseHcl(program: string, text: string): Promise<Hcl> {
  return JSON.parse(await pipeThrough(program, [], text)) as Hcl;
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(await readFile(join(MODULE, name)));
  return hash.digest("hex").slice(0, 12);
}
