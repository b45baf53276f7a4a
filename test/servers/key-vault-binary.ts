import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo } from "./go/build-go.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { serversRequired } from "./shared/server.js";

const MODULE = fileURLToPath(new URL("go/key-vault", import.meta.url));
const BUILD_TIMEOUT_MS = 10 * 60_000;

/**
 * The Key Vault emulator, built earlier from these sources, or now if servers are required: a minute at most. It is
 * ours, so there is no image of it; where Go is missing a container has that.
 */
export async function keyVaultBinary(): Promise<string | undefined> {
  const path = join(cacheFolder(`key-vault-${await digestOfSources()}`), "key-vault");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await buildGo({ module: MODULE, output: path, timeoutMs: BUILD_TIMEOUT_MS });
  return path;
}

/** Of what it is built from, the versions of its modules included. */
async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(MODULE)).sort()) {
    hash.update(name);
    hash.update(await readFile(join(MODULE, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
