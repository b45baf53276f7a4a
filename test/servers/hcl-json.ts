import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo } from "./go/build-go.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { pipeThrough } from "./shared/pipe-through.js";
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
  const path = join(cacheFolder(`hcl-json-${await digestOfSources()}`), "hcl-json");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await buildGo({ module: MODULE, output: path, timeoutMs: BUILD_TIMEOUT_MS });
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
