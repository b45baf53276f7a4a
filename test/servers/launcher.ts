import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildLauncher, flags, type LauncherArch } from "../../packages/launcher/src/build/build-launcher.js";
import { GO_FOLDER } from "../../packages/launcher/src/build/go-folder.js";
import { cacheFolder } from "./shared/cache-folder.js";
import { runCommand } from "./shared/run-command.js";
import { serversRequired } from "./shared/server.js";

/**
 * The launcher for this machine, or for `arch`, built from the source as it is unless that was done before.
 *
 * @returns nothing where there is no Go to build it with, or no Linux.
 * @throws {Error} without Go, when servers are required.
 */
export async function launcherProgram(
  arch: LauncherArch = process.arch === "arm64" ? "arm64" : "x64",
): Promise<string | undefined> {
  const program = join(cacheFolder(`launcher-${await sourceDigest()}`), arch, "sluice-launch");
  if (existsSync(program)) return program;
  if (!(await hasGo())) return undefined;
  await buildLauncher(arch, program);
  return program;
}

/** Whether the launcher can be built and run here; says loudly that tests are left out where it cannot. */
export async function hasGo(): Promise<boolean> {
  if (process.platform !== "linux") {
    process.stderr.write("\nSKIPPED: tests of the launcher: it runs on Linux only\n\n");
    return false;
  }
  try {
    await runCommand("go", ["version"]);
    return true;
  } catch (cause) {
    if (serversRequired())
      throw new Error("The launcher is built with Go, which is not on the PATH", { cause });
    process.stderr.write("\nSKIPPED: tests of the launcher: Go is not on the PATH\n\n");
    return false;
  }
}

/** Digest of everything that the program is made of. */
async function sourceDigest(): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(flags()));
  const entries = await readdir(GO_FOLDER, { recursive: true });
  for (const name of entries.sort()) {
    if (!/(?:\.go|\.s|go\.mod)$/.test(name) || name.endsWith("_test.go")) continue;
    hash
      .update(name)
      .update("\0")
      .update(await readFile(join(GO_FOLDER, name)));
  }
  return hash.digest("hex").slice(0, 16);
}
