import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Golden, GoldenCase } from "../templates/golden-case.js";
import { buildGo } from "./go/build-go.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { serversRequired } from "./shared/server.js";

const MODULE = fileURLToPath(new URL("go/template-goldens", import.meta.url));
const BUILD_TIMEOUT_MS = 10 * 60_000;
const RENDER_TIMEOUT_MS = 60_000;

/** consul-template behind a small program, built earlier from these sources, or now if servers are required. */
export async function templateGoldensProgram(): Promise<string | undefined> {
  const path = join(cacheFolder(`template-goldens-${await digestOfSources()}`), "template-goldens");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await buildGo({ module: MODULE, output: path, timeoutMs: BUILD_TIMEOUT_MS });
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

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(await readFile(join(MODULE, name)));
  return hash.digest("hex").slice(0, 12);
}
