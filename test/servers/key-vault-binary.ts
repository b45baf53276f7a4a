import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./shared/cache-folder.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

const MODULE = fileURLToPath(new URL("go/key-vault", import.meta.url));
const BUILD_TIMEOUT_MS = 10 * 60_000;

/** The Key Vault emulator, built earlier from these sources, or now if servers are required: a minute at most. */
export async function keyVaultBinary(): Promise<string | undefined> {
  const folder = cacheFolder(`key-vault-${await digestOfSources()}`);
  const path = join(folder, "key-vault");
  if (existsSync(path)) return path;
  if (!serversRequired()) return undefined;
  await mkdir(folder, { recursive: true });
  // Another test file may be building too: the name is there only when all of the file is.
  const half = join(folder, `.key-vault.${process.pid}`);
  const flags = ["-trimpath", "-ldflags", "-s -w", "-o", half];
  await runCommand("env", ["CGO_ENABLED=0", "go", "-C", MODULE, "build", ...flags, "."], BUILD_TIMEOUT_MS);
  await rename(half, path);
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
